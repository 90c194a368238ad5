#include "policies/idle_metric_settings.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "engine/scenario/units.hpp"

namespace thaw {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int32_t>::min();

const std::vector<RatePolicy> kUp{{.percent = true, .value = 100, .period_s = 15},
                                  {.percent = false, .value = 4, .period_s = 15}};
const std::vector<RatePolicy> kDown{{.percent = true, .value = 100, .period_s = 15}};
constexpr std::int64_t kDownWindow = 300;

double threshold_of(ParamsReader& reader, const std::string& key) {
  const std::string text = reader.text(key, "0");
  const auto value = units::number(text);
  if (!value) reader.error(key, "expected a number, found \"" + text + "\"");
  return value.value_or(0);
}

void read_triggers(const Spec& spec, ParamsReader& reader, Diagnostics& diagnostics,
                   MetricSettings& s) {
  const std::size_t count = reader.children("Scale.Triggers").size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string key = "Scale.Triggers." + std::to_string(i);
    MetricTrigger trigger;
    trigger.average = reader.one_of(key + ".MetricType", "AverageValue",
                                    {"AverageValue", "Value"}) == "AverageValue";
    trigger.threshold = threshold_of(reader, key + ".Threshold");
    reader.ignore(key + ".MetricName");  // a name for people
    const std::string query = reader.text(key + ".Query", "");
    trigger.has_query = query.find_first_not_of(" \t\r\n") != std::string::npos;
    if (trigger.has_query) {
      trigger.metric = s.metrics.size();
      trigger.instant = query.find('[') == std::string::npos;
      s.metrics.push_back({MetricSource::query, query, {}, {}, {}});
    }
    if (!trigger.has_query || trigger.threshold <= 0) {
      diagnostics.notice(spec.name + ": trigger " + std::to_string(i) +
                         " of SlimFaas/Scale has no " +
                         (trigger.has_query ? "Threshold above 0" : "Query") +
                         ": it never counts, and keeps the function from shrinking");
    }
    s.triggers.push_back(trigger);
  }
}

ScalingDirection read_direction(ParamsReader& reader, const std::string& key,
                                const ScalingDirection& otherwise) {
  const bool given = !reader.children(key).empty();
  ScalingDirection direction;
  direction.window_s = reader.integer(key + ".StabilizationWindowSeconds",
                                      given ? 0 : otherwise.window_s, kLeast, kMost);
  const std::size_t count = reader.children(key + ".Policies").size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string policy = key + ".Policies." + std::to_string(i);
    RatePolicy p;
    p.percent = reader.one_of(policy + ".Type", "Percent", {"Percent", "Pods"}) == "Percent";
    p.value = reader.integer(policy + ".Value", p.value, kLeast, kMost);
    p.period_s = reader.integer(policy + ".PeriodSeconds", p.period_s, kLeast, kMost);
    direction.policies.push_back(p);
  }
  if (count == 0) direction.policies = otherwise.policies;
  return direction;
}

constexpr ParamInfo kMetricParams[] = {
    {"Scale.ReplicaMax", "", "replicas that metrics may ask for at most"},
    {"Scale.Triggers.N.MetricType", "AverageValue", "AverageValue: a replica; Value: in all"},
    {"Scale.Triggers.N.Query", "", "what is read"},
    {"Scale.Triggers.N.Threshold", "0", "the value that is aimed at; above 0"},
    {"Scale.ScrapeIntervalMilliseconds", "", "between two scrapes; otherwise the setting below"},
    {"Scale.Behavior.ScaleUp.StabilizationWindowSeconds", "0", "see ScaleDown's"},
    {"Scale.Behavior.ScaleUp.Policies.N.Type", "Percent", "Percent or Pods"},
    {"Scale.Behavior.ScaleUp.Policies.N.Value", "100", "as much as policy N lets it grow"},
    {"Scale.Behavior.ScaleUp.Policies.N.PeriodSeconds", "15", "in this time"},
    {"Scale.Behavior.ScaleDown.StabilizationWindowSeconds", "300",
     "no further down than the highest that was asked for in this time"},
    {"Scale.Behavior.ScaleDown.Policies.N.Type", "Percent", "Percent or Pods"},
    {"Scale.Behavior.ScaleDown.Policies.N.Value", "100", "as much as policy N lets it shrink"},
    {"Scale.Behavior.ScaleDown.Policies.N.PeriodSeconds", "15", "in this time"},
    {"env.SlimFaas__MetricsScraping__ScrapeIntervalMilliseconds", "2000",
     "between two scrapes of metrics"},
};

}  // namespace

MetricSettings MetricSettings::read(const Spec& spec, ParamsReader& reader,
                                    Diagnostics& diagnostics) {
  MetricSettings s;
  reader.ignore("Scale.ReplicaMax");  // known, even where it is not set
  if (spec.params.has("Scale.ReplicaMax")) {
    s.replica_max =
        static_cast<std::int32_t>(reader.integer("Scale.ReplicaMax", kMost, kLeast, kMost));
  }
  const auto all =
      reader.integer("env.SlimFaas__MetricsScraping__ScrapeIntervalMilliseconds", 2000, 1, kMost);
  s.scrape = std::chrono::milliseconds(
      reader.integer("Scale.ScrapeIntervalMilliseconds", all, 1000, 300000));
  read_triggers(spec, reader, diagnostics, s);
  s.up = read_direction(reader, "Scale.Behavior.ScaleUp", {.window_s = 0, .policies = kUp});
  s.down = read_direction(reader, "Scale.Behavior.ScaleDown",
                          {.window_s = kDownWindow, .policies = kDown});
  for (const auto& [key, entry] : spec.params.entries()) {
    if (!key.starts_with("Scale.Sources.")) continue;
    reader.ignore(key);
    diagnostics.notice(spec.name + ": the Sources of SlimFaas/Scale are not modelled");
  }
  return s;
}

std::span<const ParamInfo> MetricSettings::documented() { return kMetricParams; }

}  // namespace thaw
