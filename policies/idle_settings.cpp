#include "policies/idle_settings.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

namespace thaw {
namespace {

// Assumption: the rules of 0.24 and of 0.50 are known, those between are not; all that differs
// between the two is taken to have changed at 0.50.
constexpr Version kReworked{0, 50, 0};
// From here on settings are named Section__Key; the names before are no longer read.
constexpr Version kSections{0, 61, 0};
constexpr Version kWakeIsAChange{0, 84, 0};

// A setting of SlimFaas itself, by its name before and after 0.61.
struct Renamed {
  std::string_view before, after;

  // The key that this version reads; the other one, if set, is said to be without effect.
  std::string key(const Spec& spec, Diagnostics& diagnostics) const {
    const bool sections = spec.versions.slimfaas >= kSections;
    const std::string read(sections ? after : before);
    const std::string other(sections ? before : after);
    if (spec.params.has("env." + other)) {
      diagnostics.notice("SlimFaas " + to_text(spec.versions.slimfaas) + " does not read " + other +
                         ": its name is " + read + " there");
    }
    return "env." + read;
  }
};

constexpr Renamed kUpByDefault{"POD_SCALED_UP_BY_DEFAULT_WHEN_INFRASTRUCTURE_HAS_NEVER_CALLED",
                               "SlimFaas__PodScaledUpByDefaultWhenInfrastructureHasNeverCalled"};
constexpr Renamed kPollDelay{"REPLICAS_SYNCHRONISATION_WORKER_DELAY_MILLISECONDS",
                             "Workers__ReplicasSynchronizationDelayMilliseconds"};
constexpr Renamed kPassDelay{"SCALE_REPLICAS_WORKER_DELAY_MILLISECONDS",
                             "Workers__ScaleReplicasDelayMilliseconds"};

// Known to SlimFaas, and no matter of scaling: the gateway's and the asynchronous queue's.
constexpr std::string_view kElsewhere[] = {"Function",
                                           "NumberParallelRequest",
                                           "NumberParallelRequestPerPod",
                                           "SubscribeEvents",
                                           "DefaultVisibility",
                                           "PathsStartWithVisibility",
                                           "DefaultTrust",
                                           "ExcludeDeploymentsFromVisibilityPrivate",
                                           "Configuration"};
constexpr std::string_view kElsewherePrefixes[] = {"env.", "Configuration."};

bool is_elsewhere(std::string_view key) {
  return std::any_of(std::begin(kElsewherePrefixes), std::end(kElsewherePrefixes),
                     [&](std::string_view prefix) { return key.starts_with(prefix); });
}

constexpr ParamInfo kSlimFaasParams[] = {
    {"ReplicasMin", "0", "replicas once idle"},
    {"ReplicasAtStart", "1", "replicas on waking from zero"},
    {"TimeoutSecondBeforeSetReplicasMin", "300", "idle time in seconds"},
    {"ReplicasStartAsSoonAsOneFunctionRetrieveARequest", "false", "calls of any function count"},
    {"DependsOn", "", "functions that must be ready before this one leaves zero"},
    {"Schedule.TimeZoneID", "GB", "zone of the times of day below"},
    {"Schedule.Default.WakeUp.N", "", "HH:mm: counts as a call"},
    {"Schedule.Default.ScaleDownTimeout.N.Time", "00:00",
     "HH:mm: the idle time N holds from here on"},
    {"Schedule.Default.ScaleDownTimeout.N.Value", "0", "idle time N in seconds"},
    {"env.SlimFaas__PodScaledUpByDefaultWhenInfrastructureHasNeverCalled", "false",
     "a function that nobody called yet is kept up"},
    {"env.Workers__ReplicasSynchronizationDelayMilliseconds", "3000",
     "time between polls of the cluster (before 0.50: 1000)"},
    {"env.Workers__ScaleReplicasDelayMilliseconds", "1000", "time between passes"},
};

}  // namespace

IdleSettings IdleSettings::read(const Spec& spec, ParamsReader& reader, Diagnostics& diagnostics) {
  const auto replicas = [&](const std::string& key, std::int64_t fallback) {
    return static_cast<std::int32_t>(reader.integer(key, fallback, 0, kMost));
  };
  IdleSettings s;
  s.reworked = spec.versions.slimfaas >= kReworked;
  s.replicas_min = replicas("ReplicasMin", 0);
  s.replicas_at_start = replicas("ReplicasAtStart", 1);
  s.timeout =
      std::chrono::seconds(reader.integer("TimeoutSecondBeforeSetReplicasMin", 300, 0, kMost));
  s.any_call_counts = reader.boolean("ReplicasStartAsSoonAsOneFunctionRetrieveARequest", false);
  s.schedule = IdleSchedule::read(
      spec.params, reader,
      s.reworked ? IdleSchedule::Rule::by_instant : IdleSchedule::Rule::by_minute);

  const auto period = [&](const Renamed& setting, std::int64_t fallback_ms) {
    const std::string key = setting.key(spec, diagnostics);
    return std::chrono::milliseconds(reader.integer(key, fallback_ms, 1, kMost));
  };
  s.up_by_default = reader.boolean(kUpByDefault.key(spec, diagnostics), false);
  s.poll = period(kPollDelay, s.reworked ? 3000 : 1000);
  s.pass = period(kPassDelay, 1000);

  for (const auto& [key, entry] : spec.params.entries()) {
    if (is_elsewhere(key)) reader.ignore(key);
  }
  for (const std::string_view key : kElsewhere) reader.ignore(std::string(key));
  s.read_metrics(spec, reader, diagnostics);
  return s;
}

void IdleSettings::read_metrics(const Spec& spec, ParamsReader& reader, Diagnostics& diagnostics) {
  if (reworked) {
    metrics = MetricSettings::read(spec, reader, diagnostics);
    wake_is_a_change = spec.versions.slimfaas >= kWakeIsAChange;
    return;
  }
  for (const auto& [key, entry] : spec.params.entries()) {
    if (key != "Scale" && !key.starts_with("Scale.")) continue;
    reader.ignore(key);
    diagnostics.notice("SlimFaas " + to_text(spec.versions.slimfaas) +
                       " has no metric scaler: SlimFaas/Scale is not read");
  }
}

std::span<const ParamInfo> IdleSettings::documented() {
  static const std::vector<ParamInfo> kAll = [] {
    std::vector<ParamInfo> all(std::begin(kSlimFaasParams), std::end(kSlimFaasParams));
    const auto metrics = MetricSettings::documented();
    all.insert(all.end(), metrics.begin(), metrics.end());
    return all;
  }();
  return kAll;
}

}  // namespace thaw
