#include "engine/lint/chart_values.hpp"

#include <algorithm>
#include <array>

namespace thaw::lint {
namespace {

constexpr std::array<ValueSection, 5> kOllama{
    {{"",
      " affinity autoscaling common deployment dnsConfig dnsPolicy extraArgs extraEnv extraEnvFrom "
      "extraObjects fullnameOverride gateway global hostIPC hostNetwork hostPID hostUsers "
      "httpRoute "
      "image imagePullSecrets ingress initContainers knative lifecycle livenessProbe nameOverride "
      "namespaceOverride nodeSelector ollama persistentVolume podAnnotations podDisruptionBudget "
      "podLabels podSecurityContext priorityClassName readinessProbe replicaCount resources "
      "revisionHistoryLimit runtimeClassName schedulerName securityContext service serviceAccount "
      "startupProbe terminationGracePeriodSeconds tests tolerations topologySpreadConstraints "
      "updateStrategy volumeMounts volumes "},
     {"ollama", " defaultModel gpu insecure models mountPath port "},
     {"ollama.gpu",
      " draDriverClass draEnabled draExistingClaimTemplate enabled mig number nvidiaResource "
      "type "},
     {"ollama.models", " clean create pull run "},
     {"persistentVolume",
      " accessModes annotations enabled existingClaim size storageClass subPath volumeMode "
      "volumeName "}}};

constexpr std::array<ValueSection, 3> kAdapter{
    {{"",
      " affinity apiService automountServiceAccountToken certManager commonLabels "
      "customAnnotations "
      "customLabels deploymentAnnotations dnsConfig dnsPolicy env extraArguments extraContainers "
      "extraManifests extraVolumeMounts extraVolumes fullnameOverride global hostNetwork image "
      "initContainers listenPort livenessProbe logLevel metricsRelistInterval nameOverride "
      "namespaceOverride nodeSelector podAnnotations podDisruptionBudget podLabels "
      "podSecurityContext priorityClassName prometheus psp rbac readinessProbe replicas resources "
      "revisionHistoryLimit rules securityContext service serviceAccount startupProbe strategy tls "
      "tolerations topologySpreadConstraints "},
     {"prometheus", " path port url "},
     {"rules", " custom default existing external resource "}}};

struct Mistake {
  std::string_view chart, path, meant;
};
constexpr std::array<Mistake, 10> kMistakes{
    {{"ollama", "defaultModel", "ollama.models.run"},
     {"ollama", "models", "ollama.models.pull"},
     {"ollama", "gpu", "ollama.gpu"},
     {"ollama", "env", "extraEnv"},
     {"ollama", "persistence", "persistentVolume"},
     {"ollama", "replicas", "replicaCount"},
     {"ollama", "ollama.persistentVolume", "persistentVolume"},
     {"prometheus-adapter", "replicaCount", "replicas"},
     {"prometheus-adapter", "extraArgs", "extraArguments"},
     {"prometheus-adapter", "relistInterval", "metricsRelistInterval"}}};

}  // namespace

bool ValueSection::has(std::string_view key) const {
  return keys.find(" " + std::string(key) + " ") != std::string_view::npos;
}

std::vector<std::string> ValueSection::all() const {
  std::vector<std::string> names;
  for (std::size_t at = 1; at < keys.size();) {
    const std::size_t end = keys.find(' ', at);
    names.emplace_back(keys.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

std::span<const ValueSection> sections_of(std::string_view chart) {
  if (chart == "ollama") return kOllama;
  if (chart == "prometheus-adapter") return kAdapter;
  return {};
}

std::string_view meant_by(std::string_view chart, std::string_view path) {
  const auto found = std::ranges::find_if(
      kMistakes, [&](const Mistake& one) { return one.chart == chart && one.path == path; });
  return found == kMistakes.end() ? std::string_view() : found->meant;
}

}  // namespace thaw::lint
