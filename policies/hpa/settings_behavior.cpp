#include <string>
#include <string_view>
#include <utility>

#include "policies/hpa/settings.hpp"
#include "policies/hpa/tolerance.hpp"

namespace thaw::hpa {
namespace {

constexpr std::int64_t kMostPeriod = 1800, kMostWindow = 3600;
constexpr std::int64_t kMostValue = std::numeric_limits<std::int32_t>::max();

std::int32_t integer(ParamsReader& reader, const std::string& key, std::int64_t least,
                     std::int64_t most) {
  return static_cast<std::int32_t>(reader.integer(key, least, least, most));
}

RatePolicy read_policy(const Params& params, ParamsReader& reader, const std::string& path) {
  RatePolicy policy;
  for (const std::string_view field : {".type", ".value", ".periodSeconds"}) {
    const std::string key = path + std::string(field);
    if (!params.has(key)) reader.error(key, "missing");
  }
  const std::string type = reader.one_of(path + ".type", "Pods", {"Pods", "Percent"});
  policy.type = type == "Pods" ? PolicyType::pods : PolicyType::percent;
  policy.value = integer(reader, path + ".value", 1, kMostValue);
  policy.period_s = integer(reader, path + ".periodSeconds", 1, kMostPeriod);
  return policy;
}

// An object or a list that is there without anything in it.
bool is_empty_one(const Params& params, const std::string& key, std::string_view text) {
  const Params::Entry* entry = params.find(key);
  return entry && (entry->value == text || entry->value.empty());
}

GivenRules read_rules(const Params& params, ParamsReader& reader, const std::string& path) {
  GivenRules rules;
  if (is_empty_one(params, path, "{}")) reader.ignore(path);
  const std::string window = path + ".stabilizationWindowSeconds";
  reader.ignore(window);  // known, set or not
  if (params.has(window)) rules.window_s = integer(reader, window, 0, kMostWindow);

  const std::string select = path + ".selectPolicy";
  const std::string selected = reader.one_of(select, "Max", {"Max", "Min", "Disabled"});
  if (params.has(select)) {
    rules.select = selected == "Min"        ? SelectPolicy::min
                   : selected == "Disabled" ? SelectPolicy::disabled
                                            : SelectPolicy::max;
  }

  const std::string policies = path + ".policies";
  if (has_any(params, policies)) rules.policies.emplace();
  if (is_empty_one(params, policies, "[]")) {
    reader.ignore(policies);
    reader.error(policies, "expected at least one policy");
  }
  for (std::size_t i = 0;; ++i) {
    const std::string one = policies + "." + std::to_string(i);
    if (!has_any(params, one)) break;
    rules.policies->push_back(read_policy(params, reader, one));
  }

  const std::string tolerance = path + ".tolerance";
  const std::string text = reader.text(tolerance, "");
  if (params.has(tolerance)) {
    rules.tolerance = parse_tolerance(text);
    if (!rules.tolerance) {
      reader.error(tolerance,
                   "expected a quantity of at least 0 such as 100m, found \"" + text + "\"");
    }
  }
  return rules;
}

}  // namespace

std::optional<Behavior> read_behavior(const Params& params, ParamsReader& reader) {
  if (is_empty_one(params, "behavior", "{}")) reader.ignore("behavior");
  GivenRules up = read_rules(params, reader, "behavior.scaleUp");
  GivenRules down = read_rules(params, reader, "behavior.scaleDown");
  if (!has_any(params, "behavior")) return {};
  return with_defaults(std::move(up), std::move(down));
}

}  // namespace thaw::hpa
