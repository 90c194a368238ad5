#include "engine/lint/known_settings.hpp"

#include <algorithm>
#include <array>

#include "engine/knative_spelling.hpp"

namespace thaw::lint {
namespace {

std::vector<std::string> of_knative_autoscaling() {
  std::vector<std::string> known{"class", "metric", "target", "window", "activation-scale"};
  for (const std::string_view key : keys_with_older_spelling()) {
    known.emplace_back(key);
    known.push_back(older_spelling(key));
  }
  return known;
}

constexpr std::array<RenamedVariable, 11> kVariables{
    {{"BASE_FUNCTION_URL", "SlimFaas__BaseFunctionUrl"},
     {"BASE_FUNCTION_POD_URL", "SlimFaas__BaseFunctionPodUrl"},
     {"BASE_SLIMDATA_URL", "SlimFaas__BaseSlimDataUrl"},
     {"SLIMFAAS_PORTS", "SlimFaas__Ports"},
     {"SLIM_WORKER_DELAY_MILLISECONDS", "Workers__QueuesDelayMilliseconds"},
     {"REPLICAS_SYNCHRONISATION_WORKER_DELAY_MILLISECONDS",
      "Workers__ReplicasSynchronizationDelayMilliseconds"},
     {"HISTORY_SYNCHRONISATION_WORKER_DELAY_MILLISECONDS",
      "Workers__HistorySynchronizationDelayMilliseconds"},
     {"SCALE_REPLICAS_WORKER_DELAY_MILLISECONDS", "Workers__ScaleReplicasDelayMilliseconds"},
     {"POD_SCALED_UP_BY_DEFAULT_WHEN_INFRASTRUCTURE_HAS_NEVER_CALLED",
      "SlimFaas__PodScaledUpByDefaultWhenInfrastructureHasNeverCalled"},
     {"SLIMDATA_DIRECTORY", "SlimData__Directory"},
     {"SLIMDATA_CONFIGURATION", "SlimData__Configuration"}}};

void walk(const yaml::Node& node,
          const std::function<void(const yaml::Node&, const yaml::Node&)>& visit) {
  for (const auto& [key, value] : node.map) {
    visit(key, value);
    walk(value, visit);
  }
  for (const yaml::Node& item : node.list) walk(item, visit);
}

}  // namespace

const std::vector<KeyFamily>& key_families() {
  static const std::vector<KeyFamily> families{
      {"autoscaling.knative.dev/", "Knative", of_knative_autoscaling(), true, true},
      {"serving.knative.dev/",
       "Knative",
       {"creator", "lastModifier", "lastPinned", "forceUpgrade", "no-gc", "routes",
        "routingStateModified", "rollout-duration", "rolloutDuration", "progress-deadline"},
       false,
       false},
      {"com.openfaas.scale.",
       "OpenFaaS",
       {"min", "max", "factor", "zero", "zero-duration", "target", "type", "target-proportion",
        "down.window"},
       true,
       false},
      {"SlimFaas/",
       "SlimFaas",
       {"Function", "ReplicasMin", "ReplicasAtStart", "TimeoutSecondBeforeSetReplicasMin",
        "NumberParallelRequest", "NumberParallelRequestPerPod",
        "ReplicasStartAsSoonAsOneFunctionRetrieveARequest", "DependsOn", "Schedule",
        "SubscribeEvents", "DefaultVisibility", "PathsStartWithVisibility", "DefaultTrust",
        "Configuration", "Scale", "ExcludeDeploymentsFromVisibilityPrivate"},
       false,
       true}};
  return families;
}

const RenamedVariable* renamed_variable(std::string_view name) {
  const auto found = std::ranges::find(kVariables, name, &RenamedVariable::before);
  return found == kVariables.end() ? nullptr : &*found;
}

void for_each_key(const Subject& subject,
                  const std::function<void(const yaml::Node&, const yaml::Node&)>& visit) {
  for (const yaml::Node& tree : subject.trees) walk(tree, visit);
}

}  // namespace thaw::lint
