// A HorizontalPodAutoscaler as the controller sees it: spec with the API's defaults, and the flags
// of the controller-manager that runs it.
//
// Units: replicas; targets in thousandths, utilisation in per cent of the request.
// Source: autoscaling/v2 HorizontalPodAutoscalerSpec; kube-controller-manager's
// --horizontal-pod-autoscaler-* flags.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/policy.hpp"
#include "policies/hpa/behavior.hpp"
#include "policies/hpa/tolerance.hpp"

namespace thaw::hpa {

enum class TargetType : std::uint8_t { value, average_value, utilization };

struct Metric {
  MetricRef ref;
  TargetType type = TargetType::value;
  std::int64_t target = 1;  // thousandths, or per cent
};

// What the API server puts in where spec.metrics is empty: cpu, 80 % of the request.
inline Metric default_metric() {
  return {{MetricSource::resource, "cpu", {}, {}, {}}, TargetType::utilization, 80};
}

// What a target at zero replicas means to the controller.
enum class ZeroRule : std::uint8_t {
  by_min,        // up to 1.35: evaluated if minReplicas is 0
  by_condition,  // since 1.36: evaluated if this autoscaler zeroed it
};

struct Controller {
  Duration sync_period{std::chrono::seconds(15)};
  Duration downscale_stabilization{std::chrono::seconds(300)};
  Duration cpu_initialization{std::chrono::seconds(300)};
  Duration initial_readiness_delay{std::chrono::seconds(30)};
  double tolerance = kDefaultTolerance;
  ZeroRule zero_rule = ZeroRule::by_condition;
  bool scale_to_zero = true;  // the feature gate HPAScaleToZero
};

struct HpaSpec {
  std::int32_t min = 1, max = 1;
  std::vector<Metric> metrics;
  std::optional<Behavior> behavior;
};

}  // namespace thaw::hpa
