#include "drivers/world/kept_state.hpp"

#include <nlohmann/json.hpp>

namespace thaw::world {
namespace {

using Json = nlohmann::json;

std::optional<Kept> kept_of(const std::string& text) {
  const Json value = Json::parse(text, nullptr, false);
  if (!value.is_object()) return std::nullopt;
  Kept kept;
  if (const auto policy = value.find("policy"); policy != value.end() && policy->is_string())
    kept.policy = policy->get<std::string>();
  if (const auto last = value.find("last_activity_ns");
      last != value.end() && last->is_number_integer())
    kept.last_activity = TimePoint{Duration(last->get<std::int64_t>())};
  if (const auto up = value.find("up"); up != value.end() && up->is_boolean())
    kept.up = up->get<bool>();
  if (const auto version = value.find("version");
      version != value.end() && version->is_number_integer())
    kept.state.version = version->get<int>();
  if (const auto fields = value.find("fields"); fields != value.end() && fields->is_object())
    for (const auto& [name, field] : fields->items())
      if (field.is_number_integer()) kept.state.fields[name] = field.get<std::int64_t>();
  return kept;
}

}  // namespace

std::map<std::string, std::string> to_strings(const std::map<FunctionName, Kept>& kept) {
  std::map<std::string, std::string> strings;
  for (const auto& [name, one] : kept) {
    Json value = {{"policy", one.policy}, {"up", one.up}, {"version", one.state.version}};
    if (one.last_activity) value["last_activity_ns"] = one.last_activity->ns();
    if (!one.state.fields.empty()) value["fields"] = one.state.fields;
    strings[name.first + "_" + name.second] = value.dump();
  }
  return strings;
}

std::map<FunctionName, Kept> from_strings(const std::map<std::string, std::string>& strings) {
  std::map<FunctionName, Kept> all;
  for (const auto& [key, text] : strings) {
    const std::size_t between = key.find('_');
    if (between == std::string::npos || between == 0) continue;
    if (auto kept = kept_of(text))
      all[{key.substr(0, between), key.substr(between + 1)}] = std::move(*kept);
  }
  return all;
}

}  // namespace thaw::world
