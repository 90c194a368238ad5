#include "engine/scenario/governance.hpp"

#include <algorithm>

#include "engine/scenario/slimfaas_annotations.hpp"

namespace thaw {
namespace {

constexpr const char* kSlimFaasPolicy = "idle_timeout";

// SlimFaas's own environment bears on every function that it scales.
Params slimfaas_environment(const Scenario& scenario) {
  Params params;
  for (const Workload& workload : scenario.manifests.workloads) {
    if (!is_slimfaas(workload)) continue;
    const Params settings = slimfaas_settings(workload);
    for (const auto& [name, entry] : settings.entries())
      params.set("env." + name, entry.value, entry.place);
  }
  return params;
}

}  // namespace

PolicyChoice PolicyChoice::parse(const std::string& text, Diagnostics& problems) {
  const Place place{"--policy " + text, 0, 0};
  PolicyChoice choice;
  choice.text = text;
  std::string head = text.substr(0, text.find(':'));
  if (const std::size_t equals = head.find('='); equals != std::string::npos) {
    choice.function = head.substr(0, equals);
    head = head.substr(equals + 1);
  }
  choice.policy = head;
  if (head.empty()) problems.error(place, "", "expected [FUNCTION=]NAME[:key=value,…]");
  if (text.find(':') == std::string::npos) return choice;
  std::string rest = text.substr(text.find(':') + 1);
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string item = rest.substr(0, comma);
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
    const std::size_t equals = item.find('=');
    if (equals == std::string::npos || equals == 0) {
      problems.error(place, "", "expected key=value, found \"" + item + "\"");
      continue;
    }
    choice.params.set(item.substr(0, equals), item.substr(equals + 1), place);
  }
  return choice;
}

std::vector<Governance> govern(const Scenario& scenario, const std::vector<PolicyChoice>& choices,
                               Diagnostics& problems) {
  std::vector<Governance> all;
  const Params environment = slimfaas_environment(scenario);
  const auto workload = [&](std::size_t f) -> const Workload& {
    return scenario.manifests.workloads[scenario.functions[f].workload];
  };
  for (FunctionId f = 0; f < scenario.functions.size(); ++f) {
    Governance& one = all.emplace_back();
    one.spec.function = f;
    one.spec.name = scenario.functions[f].name;
    one.spec.versions = scenario.versions;
    if (const auto& alone = scenario.functions[f].standalone) {
      if (alone->policy.empty()) continue;
      const PolicyChoice own = PolicyChoice::parse(alone->policy, problems);
      one.policy = own.policy;
      one.spec.params = own.params;
      continue;
    }
    if (!is_slimfaas_function(workload(f))) continue;
    one.policy = kSlimFaasPolicy;
    one.spec.params = environment;
    const Params annotations = slimfaas_params(workload(f), problems);
    for (const auto& [key, entry] : annotations.entries())
      one.spec.params.set(key, entry.value, entry.place);
  }
  for (const PolicyChoice& choice : choices) {
    bool known = !choice.function;
    for (Governance& one : all) {
      if (choice.function && *choice.function != one.spec.name) continue;
      known = true;
      if (one.policy != choice.policy) one.spec.params = {};
      one.policy = choice.policy;
      for (const auto& [key, entry] : choice.params.entries())
        one.spec.params.set(key, entry.value, entry.place);
    }
    if (known) continue;
    std::vector<std::string> names;
    for (const Governance& one : all) names.push_back(one.spec.name);
    const std::string near = nearest(*choice.function, names);
    problems.error({"--policy " + choice.text, 0, 0}, "",
                   "there is no function \"" + *choice.function + "\"" +
                       (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
  }
  for (Governance& one : all) {
    if (scenario.functions[one.spec.function].standalone) continue;
    for (const Governance& other : all) {
      const auto& ns = workload(one.spec.function).ns;
      if (other.spec.function == one.spec.function || workload(other.spec.function).ns != ns)
        continue;
      one.spec.peers.push_back({other.spec.function, other.spec.name, other.spec.params});
    }
  }
  return all;
}

}  // namespace thaw
