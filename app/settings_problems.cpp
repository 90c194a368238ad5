#include "app/settings_problems.hpp"

#include "engine/scenario/governance.hpp"
#include "policies/all.hpp"

namespace thaw::app {

std::vector<Diagnostic> settings_problems(const Scenario& scenario) {
  Diagnostics problems;
  for (const Governance& one : govern(scenario, {}, problems)) {
    const PolicyInfo* const policy = find_policy(one.policy);
    if (policy) policy->make(one.spec, problems);
  }
  try {
    problems.throw_if_any();
  } catch (const InputError& error) {
    return error.problems();
  }
  return {};
}

}  // namespace thaw::app
