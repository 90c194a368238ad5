#include "app/governors.hpp"

#include <utility>

#include "engine/scenario/governance.hpp"
#include "policies/all.hpp"

namespace thaw::app {

std::vector<sim::Governor> governors_of(const Scenario& scenario,
                                        const std::vector<std::string>& chosen,
                                        Diagnostics& problems) {
  std::vector<PolicyChoice> choices;
  for (const std::string& text : chosen) choices.push_back(PolicyChoice::parse(text, problems));
  std::vector<std::string> names;
  for (const PolicyInfo& policy : all_policies()) names.emplace_back(policy.name);
  std::vector<sim::Governor> governors;
  for (Governance& one : govern(scenario, choices, problems)) {
    if (one.policy.empty()) continue;
    const PolicyInfo* policy = find_policy(one.policy);
    if (policy) {
      governors.push_back({std::move(one.spec), policy});
      continue;
    }
    std::string known;
    for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
    problems.error({"--policy", 0, 0}, "",
                   "there is no policy \"" + one.policy + "\"; there are: " + known);
  }
  return governors;
}

}  // namespace thaw::app
