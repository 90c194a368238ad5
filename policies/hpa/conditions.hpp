// The conditions that a HorizontalPodAutoscaler reports, with the reasons that its users know.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/policy.hpp"

namespace thaw::hpa {

// A condition is not there until it is first set.
struct ConditionState {
  bool status = false;
  std::string_view reason;
};

struct Conditions {
  std::optional<ConditionState> able_to_scale, scaling_active, scaling_limited;
  // Who zeroed the target: True if this autoscaler did. Since 1.36.
  std::optional<ConditionState> scaled_to_zero;
};

// What bounded the number of replicas: the reason of ScalingLimited.
enum class Bound : std::uint8_t { none, min, max, up_limit, down_limit };

constexpr std::string_view reason_of(Bound bound) {
  switch (bound) {
    case Bound::none:
      return "DesiredWithinRange";
    case Bound::min:
      return "TooFewReplicas";
    case Bound::max:
      return "TooManyReplicas";
    case Bound::up_limit:
      return "ScaleUpLimit";
    case Bound::down_limit:
      return "ScaleDownLimit";
  }
  return {};
}

// The reason of ScalingActive=False where a metric of this source cannot be had.
constexpr std::string_view failure_of(MetricSource source) {
  switch (source) {
    case MetricSource::resource:
      return "FailedGetResourceMetric";
    case MetricSource::container_resource:
      return "FailedGetContainerResourceMetric";
    case MetricSource::pods:
      return "FailedGetPodsMetric";
    case MetricSource::object:
      return "FailedGetObjectMetric";
    case MetricSource::external:
      return "FailedGetExternalMetric";
    case MetricSource::query:
      break;
  }
  return "InvalidMetricSourceType";
}

}  // namespace thaw::hpa
