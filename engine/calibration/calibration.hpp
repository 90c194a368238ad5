// What a simulation should be told so that it takes as long as what was recorded.
//
// Each figure is a lognormal's, or of a metric's age a uniform one's, fitted to what was observed,
// with its 95 % interval; beside it how far the observations are from that shape (Kolmogorov and
// Smirnov's distance, and the distance that one in twenty of that shape and as many observations
// exceeds: Stephens, J. American Statistical Association 69, 1974, table 1A).
// Errors: none.
#pragma once

#include <string>
#include <vector>

#include "engine/calibration/log_normal.hpp"
#include "engine/calibration/observed.hpp"
#include "engine/calibration/uniform.hpp"

namespace thaw::calibration {

enum class Quantity : unsigned char { provisioning, container_start, service, metric_age };

struct Fitted {
  Quantity quantity = Quantity::service;
  std::string name;    // of the pool, or of the function
  std::string metric;  // of a metric's age
  std::size_t observed = 0;
  std::optional<LogNormal> fit;       // empty: too few, or they do not differ
  std::optional<Uniform> age;         // instead, of a metric's age; empty: in step, or too few
  std::optional<double> constant;     // they do not differ
  double least = 0, most = 0;         // observed
  double distance = 0, critical = 0;  // from the shape; beyond `critical` it is another
  double instance_ratio = 0, boot_ratio = 0, gpu_ratio = 0;  // of provisioning
};

std::vector<Fitted> calibrate(const Observed& observed);

std::string to_text(const std::vector<Fitted>& fitted);
std::string to_json(const std::vector<Fitted>& fitted);
// A variant of the scenario: what of it a scenario can say.
std::string to_overlay(const std::vector<Fitted>& fitted, const std::string& base);

}  // namespace thaw::calibration
