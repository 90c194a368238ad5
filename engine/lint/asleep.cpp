#include "engine/lint/asleep.hpp"

#include <algorithm>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::lint {
namespace {

constexpr const char* kIdle = "TimeoutSecondBeforeSetReplicasMin";
constexpr const char* kDeadline = "serving.knative.dev/progress-deadline";
// Knative waits so much longer than its progress deadline before it takes the replica away.
constexpr Duration kAfterDeadline = 30s;

Duration seconds_in(const Params& params, const std::string& key, Duration fallback) {
  const auto* const entry = params.find(key);
  const auto value = entry ? units::integer(entry->value) : std::nullopt;
  return value && *value >= 0 && *value < 366LL * 86'400 ? std::chrono::seconds(*value) : fallback;
}

// The shortest that holds at any time of day: from two entries of the schedule on there is always
// one in force.
Duration shortest_idle(const Params& params) {
  const Duration always = seconds_in(params, kIdle, 300s);
  std::vector<Duration> by_time;
  for (int i = 0;; ++i) {
    const std::string key = "Schedule.Default.ScaleDownTimeout." + std::to_string(i) + ".Value";
    if (!params.has(key)) break;
    by_time.push_back(seconds_in(params, key, always));
  }
  if (by_time.size() < 2) by_time.push_back(always);
  return *std::ranges::min_element(by_time);
}

std::optional<Asleep> of_slimfaas(const Workload& workload) {
  Diagnostics told_elsewhere;
  const Params params = slimfaas_params(workload, told_elsewhere);
  if (const auto* const min = params.find("ReplicasMin");
      min && units::integer(min->value).value_or(0) > 0)
    return std::nullopt;
  const auto* const idle = params.find(kIdle);
  return Asleep{Asleep::By::slimfaas, shortest_idle(params), std::string("SlimFaas/") + kIdle,
                idle ? idle->place : workload.place};
}

bool says_no(const std::map<std::string, Params::Entry>& data, const std::string& key) {
  const auto found = data.find(key);
  return found != data.end() && (found->second.value == "false" || found->second.value == "False");
}

bool is_positive(const std::map<std::string, Params::Entry>& texts, const std::string& key) {
  const auto found = texts.find(key);
  return found != texts.end() && units::integer(found->second.value).value_or(0) > 0;
}

std::optional<Asleep> of_knative(const Manifests& manifests, const Workload& workload) {
  for (const ConfigMapObject& config : manifests.config_maps) {
    if (says_no(config.data, "enable-scale-to-zero") || is_positive(config.data, "min-scale"))
      return std::nullopt;
  }
  for (const char* key : {"autoscaling.knative.dev/min-scale", "autoscaling.knative.dev/minScale"})
    if (is_positive(workload.annotations, key)) return std::nullopt;
  Asleep sleep{Asleep::By::knative, 600s + kAfterDeadline, kDeadline, workload.place};
  if (const auto set = workload.annotations.find(kDeadline); set != workload.annotations.end()) {
    sleep.place = set->second.place;
    if (const auto value = units::go_duration(set->second.value))
      sleep.gone_after = *value + kAfterDeadline;
  }
  return sleep;
}

// Only the paid editions have it.
std::optional<Asleep> of_openfaas(const Workload& workload) {
  const auto* const zero = workload.scale_labels.find("zero");
  if (!zero || zero->value != "true") return std::nullopt;
  Asleep sleep{Asleep::By::openfaas, 15min, "com.openfaas.scale.zero-duration", zero->place};
  if (const auto* const after = workload.scale_labels.find("zero-duration")) {
    sleep.place = after->place;
    sleep.gone_after = units::go_duration(after->value).value_or(sleep.gone_after);
  }
  return sleep;
}

// At zero for good: somebody else wakes it, or nobody.
std::optional<Asleep> of_replicas(const Manifests& manifests, const Workload& workload) {
  const auto minimum_of_zero = [&](const HpaObject& hpa) {
    const auto* const least = hpa.spec.find("minReplicas");
    return hpa.target_name == workload.name && hpa.ns == workload.ns && least &&
           least->value == "0";
  };
  const auto hpa = std::ranges::find_if(manifests.hpas, minimum_of_zero);
  if (hpa == manifests.hpas.end()) return std::nullopt;
  return Asleep{Asleep::By::nobody, Duration{0}, "minReplicas",
                hpa->spec.find("minReplicas")->place};
}

}  // namespace

std::optional<Asleep> asleep(const Manifests& manifests, const Workload& workload) {
  if (is_slimfaas_function(workload)) return of_slimfaas(workload);
  switch (workload.kind) {
    case Workload::Kind::knative_service:
      return of_knative(manifests, workload);
    case Workload::Kind::openfaas_function:
      return of_openfaas(workload);
    default:
      return of_replicas(manifests, workload);
  }
}

bool is_woken(const Scenario& scenario, const FunctionSpec& function) {
  return std::ranges::any_of(scenario.steps, [&](const Step& step) {
    return step.path == "/wake-functions" || step.path == "/wake-function/" + function.name;
  });
}

std::optional<Version> slimfaas_version_of(const Manifests& manifests) {
  const Workload* const gateway = slimfaas_of(manifests);
  if (!gateway || gateway->images.empty()) return std::nullopt;
  const std::string& image = gateway->images.front();
  const std::size_t colon = image.rfind(':');
  return colon == std::string::npos ? std::nullopt : parse_version(image.substr(colon + 1));
}

}  // namespace thaw::lint
