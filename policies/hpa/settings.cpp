#include "policies/hpa/settings.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/scenario/units.hpp"

namespace thaw::hpa {
namespace {

// Scaling to zero by a condition of the object; then at once at creation, and the gate on.
constexpr Version kZeroByCondition{1, 36, 0}, kBeta{1, 37, 0};
// behavior.*.tolerance: off, on, and on for good.
constexpr Version kToleranceBeta{1, 35, 0}, kToleranceLocked{1, 37, 0};

constexpr std::int64_t kMostInt32 = std::numeric_limits<std::int32_t>::max();
constexpr Duration kMostTime = std::chrono::hours(24 * 36525);  // keeps instants in range

constexpr ParamInfo kParams[] = {
    {"minReplicas", "1", "0 needs HPAScaleToZero, and an Object or External metric"},
    {"maxReplicas", "", "needed"},
    {"metrics.N.type", "", "Resource, ContainerResource, Pods, Object or External"},
    {"metrics.N.resource.name", "", "cpu, memory; without any metric: cpu at 80 % of the request"},
    {"metrics.N.resource.target.type", "", "Utilization or AverageValue"},
    {"metrics.N.resource.target.averageUtilization", "", "per cent of the request"},
    {"metrics.N.object.describedObject.kind", "", "with .name: the object the metric is of"},
    {"metrics.N.object.metric.name", "", "likewise of pods and external"},
    {"metrics.N.object.metric.selector.matchLabels.KEY", "", "likewise of pods and external"},
    {"metrics.N.object.target.value", "", "against the ready replicas"},
    {"metrics.N.object.target.averageValue", "", "for each replica"},
    {"behavior.scaleUp.stabilizationWindowSeconds", "0", "the lowest of this window counts"},
    {"behavior.scaleUp.selectPolicy", "Max", "Max, Min or Disabled"},
    {"behavior.scaleUp.policies.N.type", "", "Pods or Percent; default 4 Pods and 100 Percent"},
    {"behavior.scaleUp.policies.N.value", "", "at most so many more"},
    {"behavior.scaleUp.policies.N.periodSeconds", "", "in so long a time; default 15"},
    {"behavior.scaleUp.tolerance", "", "default flags.tolerance"},
    {"behavior.scaleDown.stabilizationWindowSeconds", "",
     "the highest of this window counts; default flags.downscale-stabilization"},
    {"behavior.scaleDown.policies.N.type", "", "default 100 Percent in 15 s"},
    {"flags.sync-period", "15s", "time between passes"},
    {"flags.downscale-stabilization", "5m0s", "the highest of this window counts"},
    {"flags.tolerance", "0.1", "no change while usage is as near as this to the target"},
    {"flags.cpu-initialization-period", "5m0s", "cpu of pods younger than this is doubted"},
    {"flags.initial-readiness-delay", "30s", "pods that left Ready later than this were ready"},
    {"gates.HPAScaleToZero", "", "default on from 1.37"},
    {"gates.HPAConfigurableTolerance", "", "default on from 1.35"},
    {"sync-offset", "0s", "how much later than the start the autoscaler comes into being"},
};

Duration flag(ParamsReader& reader, const std::string& key, std::string_view fallback,
              Duration least) {
  const std::string text = reader.text(key, std::string(fallback));
  const auto value = units::go_duration(text);
  if (value && *value >= least && *value <= kMostTime) return *value;
  reader.error(key, "expected a duration " + std::string(least > 0ns ? "above 0 " : "") +
                        "such as " + std::string(fallback) + ", found \"" + text + "\"");
  return *units::go_duration(fallback);
}

Controller read_controller(const Spec& spec, ParamsReader& reader) {
  Controller c;
  c.sync_period = flag(reader, "flags.sync-period", "15s", 1ns);
  c.downscale_stabilization = flag(reader, "flags.downscale-stabilization", "5m0s", 0ns);
  c.cpu_initialization = flag(reader, "flags.cpu-initialization-period", "5m0s", 0ns);
  c.initial_readiness_delay = flag(reader, "flags.initial-readiness-delay", "30s", 0ns);
  if (const std::string text = reader.text("flags.tolerance", "");
      spec.params.has("flags.tolerance")) {
    const auto value = units::number(text);
    if (value && *value >= 0) {
      c.tolerance = *value;
    } else {
      reader.error("flags.tolerance", "expected a number of at least 0, found \"" + text + "\"");
    }
  }
  const Version version = spec.versions.kubernetes;
  c.zero_rule = version >= kZeroByCondition ? ZeroRule::by_condition : ZeroRule::by_min;
  c.scale_to_zero = reader.boolean("gates.HPAScaleToZero", version >= kBeta);
  return c;
}

// An API server with the gate off takes a tolerance and drops it.
void drop_tolerance(const Spec& spec, ParamsReader& reader, Diagnostics& diagnostics,
                    std::optional<Behavior>& behavior) {
  const std::string gate = "gates.HPAConfigurableTolerance";
  const Version version = spec.versions.kubernetes;
  const bool on = reader.boolean(gate, version >= kToleranceBeta);
  if (!on && version >= kToleranceLocked) {
    reader.error(gate, "locked to true in Kubernetes " + to_text(version));
  }
  if (on || !behavior || !(behavior->up.tolerance || behavior->down.tolerance)) return;
  behavior->up.tolerance.reset();
  behavior->down.tolerance.reset();
  diagnostics.notice("hpa: behavior's tolerance is dropped without HPAConfigurableTolerance");
}

void read_bounds(HpaSpec& hpa, bool scale_to_zero, const Params& params, ParamsReader& reader) {
  const auto replicas = [&](const std::string& key, std::int64_t fallback, std::int64_t least) {
    return static_cast<std::int32_t>(reader.integer(key, fallback, least, kMostInt32));
  };
  hpa.min = replicas("minReplicas", 1, scale_to_zero ? 0 : 1);
  if (!params.has("maxReplicas")) reader.error("maxReplicas", "missing");
  hpa.max = replicas("maxReplicas", hpa.min, 1);
  if (hpa.max < hpa.min) {
    reader.error("maxReplicas", "expected at least minReplicas " + std::to_string(hpa.min) +
                                    ", found " + std::to_string(hpa.max));
    hpa.max = hpa.min;
  }
  const bool without_pods =
      std::any_of(hpa.metrics.begin(), hpa.metrics.end(), [](const Metric& metric) {
        return metric.ref.source == MetricSource::object ||
               metric.ref.source == MetricSource::external;
      });
  if (hpa.min == 0 && !without_pods) {
    reader.error("minReplicas", "0 needs at least one Object or External metric");
  }
}

}  // namespace

bool has_any(const Params& params, const std::string& path) {
  if (params.has(path)) return true;
  const std::string below = path + ".";
  return std::any_of(params.entries().begin(), params.entries().end(),
                     [&](const auto& entry) { return entry.first.starts_with(below); });
}

Settings Settings::read(const Spec& spec, ParamsReader& reader, Diagnostics& diagnostics) {
  Settings s;
  s.controller = read_controller(spec, reader);
  s.hpa.metrics = read_metrics(spec.params, reader);
  s.hpa.behavior = read_behavior(spec.params, reader);
  drop_tolerance(spec, reader, diagnostics, s.hpa.behavior);
  read_bounds(s.hpa, s.controller.scale_to_zero, spec.params, reader);

  s.sync_at_once = spec.versions.kubernetes >= kBeta;
  const std::string offset = reader.text("sync-offset", "0s");
  if (const auto value = units::duration(offset)) {
    s.sync_offset = *value;
  } else {
    reader.error("sync-offset", "expected a duration such as 7s, found \"" + offset + "\"");
  }
  for (const auto& [key, entry] : spec.params.entries()) {
    if (key.starts_with("scaleTargetRef.")) reader.ignore(key);
  }
  return s;
}

std::span<const ParamInfo> Settings::documented() { return kParams; }

}  // namespace thaw::hpa
