// Knative's own settings: the ConfigMap config-autoscaler, the annotations of a revision, and what
// the two come to.
//
// Keys are Knative's without prefix ("min-scale"; its camelCase twin "minScale" is read too). What
// cannot be parsed counts as absent, as at run time; what Knative's webhooks would refuse is told
// as a Problem besides, for whoever reads a user's settings. Units: ratios are 0..1; times
// durations. Errors: Problems; nothing is thrown. Source: Knative Serving 1.23,
// pkg/autoscaler/config, pkg/apis/autoscaling (register, annotation_validation) and
// pkg/reconciler/autoscaling/resources.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy.hpp"
#include "policies/knative/bucket_window.hpp"
#include "policies/knative/decider.hpp"

namespace thaw::knative {

struct Problem {
  std::string key, message;
};

// The text of a key, if it is set.
using Texts = std::function<std::optional<std::string>(const std::string& key)>;

struct ClusterConfig {
  bool scale_to_zero = true, allow_zero_initial_scale = false;
  std::int32_t initial_scale = 1, min_scale = 0, max_scale = 0, max_scale_limit = 0;
  double concurrency_utilisation = 0.7, concurrency_target = 100, rps_target = 200;
  double target_burst_capacity = 211, activator_capacity = 100;
  double max_scale_up_rate = 1000, max_scale_down_rate = 2;
  double panic_window_percentage = 10, panic_threshold_percentage = 200;
  Duration stable_window = 60s, scale_to_zero_grace_period = 30s;
  Duration pod_retention_period = 0s, scale_down_delay = 0s;

  static ClusterConfig read(const Texts& config_map, std::vector<Problem>& problems);
};

enum class ScalingMetric : std::uint8_t { concurrency, rps };
std::string_view name_of(ScalingMetric metric);

struct Annotations {
  ScalingMetric metric = ScalingMetric::concurrency;
  Aggregation aggregation = Aggregation::linear;
  std::optional<double> target, target_utilization_percentage, target_burst_capacity;
  std::optional<double> panic_window_percentage, panic_threshold_percentage;
  std::optional<std::int32_t> min_scale, max_scale, initial_scale, activation_scale;
  std::optional<Duration> window, scale_down_delay, pod_retention_period, progress_deadline;

  static Annotations read(const Texts& annotations, const ClusterConfig& cluster,
                          std::vector<Problem>& problems);
};

// One revision's parameters.
struct Settings {
  DeciderSpec decider;
  ScalingMetric metric = ScalingMetric::concurrency;
  Aggregation aggregation = Aggregation::linear;
  double utilisation = 0.7;
  Duration panic_window = 6s;
  std::int32_t min_scale = 0, max_scale = 0, initial_scale = 1;  // max_scale 0: without bound
  double activator_capacity = 100;
  bool scale_to_zero = true;
  Duration scale_to_zero_grace_period = 30s, pod_retention_period = 0s;
  Duration progress_deadline = 600s;

  bool scrapes() const { return decider.target_burst_capacity != -1; }
};

struct Revision {
  std::int32_t container_concurrency = 0;  // 0: without bound
  bool reachable = true;
  Duration progress_deadline = 600s;  // of the ConfigMap config-deployment
};

Settings resolve(const ClusterConfig& cluster, const Annotations& annotations,
                 const Revision& revision);

// Every key of the ConfigMap ("config." in front) and every annotation, as users may set them.
std::span<const ParamInfo> documented_settings();

}  // namespace thaw::knative
