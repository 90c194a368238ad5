// TH208: settings that the autoscaler itself refuses: out of its range, misspelt, contradictory.
//
// The policies judge, as they do when a run begins; what they say is what the real one's own
// validation says. Keys are told as the user wrote them.
#include <array>
#include <string>
#include <string_view>

#include "engine/lint/rule.hpp"

namespace thaw::lint::setting {
namespace {

struct System {
  std::string_view policy, key, name, version_key;
  Version Versions::*version;
};
constexpr std::array<System, 4> kSystems{
    {{"alert_factor.", "com.openfaas.scale.", "OpenFaaS", "openfaas", &Versions::openfaas},
     {"concurrency.", "autoscaling.knative.dev/", "Knative", "knative", &Versions::knative},
     {"idle_timeout.", "SlimFaas/", "SlimFaas", "slimfaas", &Versions::slimfaas},
     {"hpa.", "spec.", "Kubernetes", "kubernetes", &Versions::kubernetes}}};

const System* system_of(std::string_view key) {
  for (const System& system : kSystems)
    if (key.starts_with(system.policy)) return &system;
  return nullptr;
}

// As it stands in the manifest.
std::string written(const std::string& key) {
  const System* const system = system_of(key);
  if (!system) return key;
  const std::string rest = key.substr(system->policy.size());
  if (rest.starts_with("env.")) return rest.substr(4);
  if (rest.starts_with("config.")) return "config-autoscaler: " + rest.substr(7);
  if (rest == "container-concurrency") return "containerConcurrency";
  if (rest == "progress-deadline") return "serving.knative.dev/" + rest;
  return std::string(system->key) + rest;
}

std::string message_of(const Diagnostic& problem) {
  return (problem.key.empty() ? "" : written(problem.key) + ": ") + problem.message;
}

void check(const Subject& subject, Report& report) {
  for (const Diagnostic& problem : subject.settings)
    report.add(problem.place, message_of(problem), "");
  for (const Diagnostic& problem : subject.settings_of_newest) {
    const System* const system = system_of(problem.key);
    if (!system) {
      report.add(problem.place, message_of(problem), "");
      continue;
    }
    const std::string newest = to_text(Versions{}.*system->version);
    const std::string oldest = to_text(kOldestVersions.*system->version);
    const std::string name(system->name);
    report.add(Severity::warning, problem.place,
               message_of(problem) + " (" + name + " " + newest + "; " + oldest + " takes it)",
               "what both take; or, if it is " + name + " " + oldest +
                   ", a scenario around the files that says so: versions: {" +
                   std::string(system->version_key) + ": \"" + oldest + "\"}");
  }
}

}  // namespace

Rule rule() {
  return {"TH208", "setting", Severity::error, "a setting that its autoscaler refuses", check};
}

}  // namespace thaw::lint::setting
