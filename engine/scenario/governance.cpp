#include "engine/scenario/governance.hpp"

#include <algorithm>

#include "engine/scenario/economics.hpp"
#include "engine/scenario/instance_prices.hpp"
#include "engine/scenario/openfaas.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"

namespace thaw {
namespace {

constexpr const char* kSlimFaasPolicy = "idle_timeout";
constexpr const char* kKnativePolicy = "concurrency";
constexpr const char* kHpaPolicy = "hpa";
constexpr const char* kOpenFaasPolicy = "alert_factor";
constexpr const char* kExternalPolicy = "exec";
constexpr const char* kUniting = "highest_of";

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

void set_all(Params& params, const std::string& prefix, const Params::Entries& entries) {
  for (const auto& [key, entry] : entries) params.set(prefix + key, entry.value, entry.place);
}

// Annotations of the revision, keys of config-autoscaler ("config.KEY"), and the revision's own
// limit of concurrency.
Params knative_params(const Scenario& scenario, const Workload& workload) {
  constexpr std::string_view kPrefix = "autoscaling.knative.dev/";
  Params params;
  for (const ConfigMapObject& config : scenario.manifests.config_maps)
    set_all(params, "config.", config.data);
  for (const auto& [name, entry] : workload.annotations)
    if (name.starts_with(kPrefix))
      params.set(name.substr(kPrefix.size()), entry.value, entry.place);
  if (const auto deadline = workload.annotations.find("serving.knative.dev/progress-deadline");
      deadline != workload.annotations.end())
    params.set("progress-deadline", deadline->second.value, deadline->second.place);
  params.set("container-concurrency", std::to_string(workload.container_concurrency),
             workload.place);
  return params;
}

bool names(const HpaObject& hpa, const Workload& workload) {
  // What OpenFaaS makes of a function is a Deployment.
  const auto kind = workload.kind == Workload::Kind::openfaas_function ? Workload::Kind::deployment
                                                                       : workload.kind;
  return hpa.ns == workload.ns && hpa.target_name == workload.name &&
         hpa.target_kind == name_of(kind);
}

// The HorizontalPodAutoscaler of this workload; nullptr if there is none. Two are blamed.
const HpaObject* hpa_of(const Scenario& scenario, const Workload& workload, Diagnostics& problems) {
  const HpaObject* found = nullptr;
  for (const HpaObject& hpa : scenario.manifests.hpas) {
    if (!names(hpa, workload)) continue;
    if (found) {
      problems.error(hpa.place, "spec.scaleTargetRef",
                     workload.name + " is scaled by " + found->name + " already");
    }
    found = &hpa;
  }
  return found;
}

void tell_unused_hpas(const Scenario& scenario, Diagnostics& problems) {
  for (const HpaObject& hpa : scenario.manifests.hpas) {
    const bool used = std::any_of(
        scenario.functions.begin(), scenario.functions.end(), [&](const FunctionSpec& function) {
          return !function.standalone &&
                 names(hpa, scenario.manifests.workloads[function.workload]);
        });
    if (!used)
      problems.notice("HorizontalPodAutoscaler " + hpa.name + " scales " + hpa.target_kind + " " +
                      hpa.target_name + ", which is no function, and is not used");
  }
}

// What the manifests ask for.
void govern_by_manifest(const Scenario& scenario, const Workload& workload,
                        const Params& environment, Governance& one, Diagnostics& problems) {
  const HpaObject* const hpa = hpa_of(scenario, workload, problems);
  const auto alone = [&](const std::string& other) {
    if (!hpa) return;
    problems.notice("HorizontalPodAutoscaler " + hpa->name + " and " + other + " both scale " +
                    workload.name + "; " + other + " alone is simulated");
  };
  if (is_slimfaas_function(workload)) {
    one.policy = kSlimFaasPolicy;
    one.spec.params = environment;
    set_all(one.spec.params, "", slimfaas_params(workload, problems).entries());
    alone("SlimFaas");
  } else if (workload.kind == Workload::Kind::knative_service) {
    one.policy = kKnativePolicy;
    one.spec.params = knative_params(scenario, workload);
    alone("Knative");
  } else if (hpa) {
    one.policy = kHpaPolicy;
    one.spec.params = hpa->spec;
    if (workload.kind == Workload::Kind::openfaas_function)
      problems.notice("HorizontalPodAutoscaler " + hpa->name +
                      " and OpenFaaS's alerts both scale " + workload.name +
                      "; the HorizontalPodAutoscaler alone is simulated");
  } else if (workload.kind == Workload::Kind::openfaas_function) {
    one.policy = kOpenFaasPolicy;
    one.spec.params = openfaas_params(workload, scenario.versions);
  }
}

// The scenario's own choice for a function of a manifest. What the manifests say is kept for the
// policy that they ask for: itself, or under its name where several are united by highest_of.
void govern_by_choice(const Scenario& scenario, const FunctionSpec& function, Governance& one,
                      Diagnostics& problems) {
  const Workload& workload = scenario.manifests.workloads[function.workload];
  const PolicyChoice own = PolicyChoice::parse(function.policy, problems);
  const Params asked = one.spec.params;
  const std::string by_manifest = one.policy;
  one.policy = own.policy;
  if (own.policy != by_manifest) one.spec.params = {};
  if (own.policy == kUniting) {
    const Params::Entry* const listed = own.params.find("of");
    const std::string of = "+" + (listed ? listed->value : "concurrency+hpa") + "+";
    const auto unites = [&](const std::string& name) {
      return of.find("+" + name + "+") != std::string::npos;
    };
    if (unites(by_manifest)) set_all(one.spec.params, by_manifest + ".", asked.entries());
    const HpaObject* const hpa = hpa_of(scenario, workload, problems);
    if (hpa && by_manifest != kHpaPolicy && unites(kHpaPolicy))
      set_all(one.spec.params, std::string(kHpaPolicy) + ".", hpa->spec.entries());
  }
  set_all(one.spec.params, "", own.params.entries());
}

constexpr std::string_view kDependsOn = "DependsOn";

// Whether its settings, or those of a policy that it unites with others, ask for others.
bool depends_on_others(const Spec& one) {
  const auto& entries = one.params.entries();
  return std::any_of(entries.begin(), entries.end(),
                     [](const auto& entry) { return entry.first.ends_with(kDependsOn); });
}

// Of a peer's settings those that say what it needs of others, and how many of it they need: with
// all of them memory would grow with the square of the number of functions.
Params asked_of_others(const Spec& peer) {
  Params asked;
  for (const char* key : {"DependsOn", "ReplicasAtStart"})
    if (const Params::Entry* entry = peer.params.find(key))
      asked.set(key, entry->value, entry->place);
  return asked;
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
  if (choice.policy == kExternalPolicy) {
    choice.params.set("command", rest, place);
    return choice;
  }
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    std::string item = rest.substr(0, comma);
    item.erase(0, item.find_first_not_of(' '));  // a text folded over several lines has blanks
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

std::vector<Governance> govern_alone(const Scenario& scenario,
                                     const std::vector<PolicyChoice>& choices,
                                     Diagnostics& problems) {
  std::vector<Governance> all;
  const Params environment = slimfaas_environment(scenario);
  const auto workload = [&](std::size_t f) -> const Workload& {
    return scenario.manifests.workloads[scenario.functions[f].workload];
  };
  const auto is_refused = [&](FunctionId f) {  // then there is nothing to scale
    return !scenario.functions[f].standalone && !workload(f).refused.empty();
  };
  for (FunctionId f = 0; f < scenario.functions.size(); ++f) {
    Governance& one = all.emplace_back();
    one.spec.function = f;
    one.spec.name = scenario.functions[f].name;
    one.spec.versions = scenario.versions;
    if (const auto& alone = scenario.functions[f].standalone) {
      one.spec.levels = scenario::levels_of(scenario.functions[f]);
      if (alone->policy.empty()) continue;
      const PolicyChoice own = PolicyChoice::parse(alone->policy, problems);
      one.policy = own.policy;
      one.spec.params = own.params;
      continue;
    }
    if (is_refused(f)) continue;
    one.spec.levels = levels_of(scenario, scenario.functions[f]);
    govern_by_manifest(scenario, workload(f), environment, one, problems);
    if (!scenario.functions[f].policy.empty())
      govern_by_choice(scenario, scenario.functions[f], one, problems);
  }
  for (const PolicyChoice& choice : choices) {
    bool known = !choice.function;
    for (Governance& one : all) {
      if (choice.function && *choice.function != one.spec.name) continue;
      known = true;
      if (is_refused(one.spec.function)) continue;
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
  tell_unused_hpas(scenario, problems);
  return all;
}

std::vector<Spec::Peer> peers_of(const Scenario& scenario, const std::vector<Governance>& all,
                                 const Spec& one) {
  std::vector<Spec::Peer> peers;
  if (scenario.functions[one.function].standalone) return peers;
  const auto space = [&](const Spec& spec) -> const std::string& {
    return scenario.manifests.workloads[scenario.functions[spec.function].workload].ns;
  };
  peers.reserve(all.size());
  const bool depends = depends_on_others(one);
  for (const Governance& other : all) {
    if (other.spec.function == one.function || space(other.spec) != space(one)) continue;
    Params asked;
    // What a peer that asks for nobody says matters to those alone that may need it.
    if (depends || other.spec.params.has(kDependsOn)) asked = asked_of_others(other.spec);
    peers.push_back({other.spec.function, other.spec.name, std::move(asked)});
  }
  return peers;
}

std::vector<Governance> govern(const Scenario& scenario, const std::vector<PolicyChoice>& choices,
                               Diagnostics& problems) {
  std::vector<Governance> all = govern_alone(scenario, choices, problems);
  for (Governance& one : all) one.spec.peers = peers_of(scenario, all, one.spec);
  return all;
}

}  // namespace thaw
