// How fast replicas may change: spec.behavior of autoscaling/v2, with the API server's defaults.
//
// Units: periods and windows in seconds; policy values in pods or per cent.
// Source: autoscaling/v2 HorizontalPodAutoscalerBehavior and its defaulting. Errors: none; limits
// of the API are checked where the text is read (settings.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace thaw::hpa {

enum class PolicyType : std::uint8_t { pods, percent };
enum class SelectPolicy : std::uint8_t { max, min, disabled };

struct RatePolicy {
  PolicyType type = PolicyType::pods;
  std::int32_t value = 0, period_s = 0;
};

// One direction, as the user wrote it: what is empty takes the default.
struct GivenRules {
  std::optional<std::int32_t> window_s;
  std::optional<SelectPolicy> select;
  std::optional<std::vector<RatePolicy>> policies;  // a list that is there replaces the default
  std::optional<double> tolerance;
};

struct ScalingRules {
  std::optional<std::int32_t> window_s;  // empty: the controller's own
  SelectPolicy select = SelectPolicy::max;
  std::vector<RatePolicy> policies;
  std::optional<double> tolerance;  // empty: the controller's own
};

struct Behavior {
  ScalingRules up, down;
};

Behavior with_defaults(GivenRules up, GivenRules down);

std::int32_t longest_period_s(const ScalingRules& rules);

}  // namespace thaw::hpa
