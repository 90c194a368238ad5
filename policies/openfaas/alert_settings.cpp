#include "policies/openfaas/alert_settings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "policies/setting_values.hpp"

namespace thaw {
namespace {

// The labels of Pro, whose mere presence makes CE refuse a function, and of which the gateways
// before it know nothing.
constexpr std::array<const char*, 3> kRefused{"zero-duration", "target", "type"};
constexpr std::array<const char*, 2> kIgnored{"target-proportion", "down.window"};

constexpr ParamInfo kAlertParams[] = {
    {"edition", "ce", "ce: 2023 and later; classic: the gateways before"},
    {"min", "1", "replicas once the alert is resolved"},
    {"max", "5", "replicas at most (classic: 20)"},
    {"factor", "10", "per cent of max that a notification adds (classic: 20)"},
    {"ce-cap", "5", "5: never more; none: as a build without the limit (classic: none)"},
    {"threshold", "5", "completions a second; strictly more fires"},
    {"scrape", "5s", "between two scrapes of the gateway"},
    {"window", "10s", "of the rate"},
    {"evaluation", "15s", "between two evaluations of the rule"},
    {"for", "5s", "how long it must hold before it fires"},
    {"group-wait", "5s", "from the first alert of a group to its notification"},
    {"group-interval", "10s", "between two looks at a group"},
    {"repeat-interval", "30s", "after which an unchanged alert is told again"},
    {"shared-group", "true", "all functions are one group: only noted"},
};

void read_labels_of_pro(const Spec& spec, bool community, ParamsReader& reader,
                        Diagnostics& diagnostics) {
  const auto without_effect = [&](const std::string& key) {
    diagnostics.notice(spec.name + ": OpenFaaS's label " + key + " has no effect in this edition");
  };
  const bool zero = reader.boolean("zero", false);
  if (zero && community) reader.error("zero", "refused by OpenFaaS CE: scale to zero is Pro's");
  if (zero && !community) without_effect("zero");
  for (const std::string key : kRefused) {
    reader.ignore(key);
    if (!spec.params.has(key)) continue;
    if (community) {
      reader.error(key, "refused by OpenFaaS CE: this label is Pro's");
    } else {
      without_effect(key);
    }
  }
  for (const std::string key : kIgnored) {
    reader.ignore(key);
    if (spec.params.has(key)) without_effect(key);
  }
}

}  // namespace

std::int32_t AlertSettings::step() const {
  return static_cast<std::int32_t>(std::ceil(static_cast<double>(max) / 100 * factor));
}

AlertSettings AlertSettings::read(const Spec& spec, Diagnostics& diagnostics) {
  ParamsReader reader(spec.params, diagnostics, "alert_factor");
  AlertSettings s;
  s.community = reader.one_of("edition", "ce", {"ce", "classic"}) == "ce";
  s.capped = reader.one_of("ce-cap", s.community ? "5" : "none", {"none", "5"}) == "5";

  const bool refuses = s.community && s.capped;
  const auto replicas = [&](const std::string& key, std::int64_t fallback, std::int64_t least) {
    const auto value =
        reader.integer(key, fallback, least, std::numeric_limits<std::int32_t>::max());
    if (refuses && value > kCap) {
      reader.error(key, "refused by OpenFaaS CE: at most 5, found " + std::to_string(value));
    }
    return static_cast<std::int32_t>(value);
  };
  s.min = replicas("min", 1, s.community ? 1 : 0);
  s.max = replicas("max", s.community ? 5 : 20, 1);
  if (s.capped) s.max = std::min(s.max, kCap);
  s.factor = static_cast<std::int32_t>(
      reader.integer("factor", s.community ? 10 : 20, s.community ? 1 : 0, 100));

  s.threshold = read_number(reader, "threshold", "5", 0, 1e9);
  s.scrape = read_duration(reader, "scrape", "5s", 1ms);
  s.window = read_duration(reader, "window", "10s", 1ms);
  s.evaluation = read_duration(reader, "evaluation", "15s", 1ms);
  s.hold = read_duration(reader, "for", "5s", 0s);
  s.group.wait = read_duration(reader, "group-wait", "5s", 0s);
  s.group.interval = read_duration(reader, "group-interval", "10s", 1ms);
  s.group.repeat = read_duration(reader, "repeat-interval", "30s", 1ms);

  read_labels_of_pro(spec, s.community, reader, diagnostics);
  if (reader.boolean("shared-group", true) && !spec.peers.empty()) {
    diagnostics.notice(spec.name +
                       ": that OpenFaaS's alerts share one notification group, so that one "
                       "function's alert gives another a further step, is not modelled");
  }
  reader.finish();
  return s;
}

std::span<const ParamInfo> AlertSettings::documented() { return kAlertParams; }

}  // namespace thaw
