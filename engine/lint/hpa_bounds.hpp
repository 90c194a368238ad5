// An autoscaler's metrics as rules of hpa_algebra.hpp, where their bounds are known.
#pragma once

#include <optional>
#include <string>

#include "engine/lint/hpa_algebra.hpp"
#include "engine/lint/hpa_metrics.hpp"

namespace thaw::lint {

struct BoundedMetric {
  HpaMetric metric;
  HpaRule rule;
  std::string why;                  // the bound: "avg of DCGM_FI_DEV_GPU_UTIL, at most 100"
  bool falls = true, rises = true;  // false: spec.behavior forbids it
};

// Empty: nobody knows how large it gets, or its settings make no sense.
std::optional<BoundedMetric> bounded(const HpaObject& hpa, const HpaMetric& metric,
                                     const Subject& subject);

}  // namespace thaw::lint
