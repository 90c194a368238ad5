#include "policies/hpa/behavior.hpp"

#include <algorithm>
#include <utility>

namespace thaw::hpa {
namespace {

ScalingRules merged(GivenRules given, ScalingRules rules) {
  if (given.window_s) rules.window_s = given.window_s;
  if (given.select) rules.select = *given.select;
  if (given.policies) rules.policies = *std::move(given.policies);
  rules.tolerance = given.tolerance;
  return rules;
}

}  // namespace

Behavior with_defaults(GivenRules up, GivenRules down) {
  ScalingRules up_defaults, down_defaults;
  up_defaults.window_s = 0;
  up_defaults.policies = {{PolicyType::pods, 4, 15}, {PolicyType::percent, 100, 15}};
  down_defaults.policies = {{PolicyType::percent, 100, 15}};
  return {merged(std::move(up), std::move(up_defaults)),
          merged(std::move(down), std::move(down_defaults))};
}

std::int32_t longest_period_s(const ScalingRules& rules) {
  std::int32_t longest = 0;
  for (const RatePolicy& policy : rules.policies) longest = std::max(longest, policy.period_s);
  return longest;
}

}  // namespace thaw::hpa
