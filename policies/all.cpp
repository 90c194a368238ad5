#include "policies/all.hpp"

#include <algorithm>
#include <array>

#include "engine/invariant.hpp"

// One line a policy, sorted by name; NAME is defined at the end of policies/NAME.cpp.
#define THAW_POLICIES(policy)                                                         \
  policy(alert_factor) policy(break_even) policy(capacity) policy(clairvoyant)        \
      policy(clairvoyant_replicas) policy(concurrency) policy(exec) policy(fixed)     \
          policy(greedy_dual) policy(highest_of) policy(hpa) policy(hybrid_histogram) \
              policy(idle_timeout) policy(keep_alive) policy(modal) policy(mpc)       \
                  policy(multi_slope) policy(randomised_break_even) policy(runpod)    \
                      policy(scheduled) policy(seasonal) policy(thaw)

namespace thaw {

#define THAW_DECLARE(name) PolicyInfo name##_policy();
THAW_POLICIES(THAW_DECLARE)
#undef THAW_DECLARE

std::span<const PolicyInfo> all_policies() {
#define THAW_CALL(name) name##_policy(),
  static const auto kPolicies = std::to_array<PolicyInfo>({THAW_POLICIES(THAW_CALL)});
#undef THAW_CALL
  static const bool kSorted =
      std::adjacent_find(kPolicies.begin(), kPolicies.end(), [](const auto& a, const auto& b) {
        return a.name >= b.name;
      }) == kPolicies.end();
  THAW_CHECK(kSorted, "the names of policies are sorted, and each is there once");
  return kPolicies;
}

const PolicyInfo* find_policy(std::string_view name) {
  for (const PolicyInfo& policy : all_policies()) {
    if (policy.name == name) return &policy;
  }
  return nullptr;
}

}  // namespace thaw
