#include "app/decide/fields.hpp"

#include <cmath>
#include <utility>

#include "engine/diagnostic.hpp"

namespace thaw::app {

void fail_at(std::string path, std::string message) {
  throw InputError({Diagnostic{{}, std::move(path), std::move(message)}});
}

std::string kind_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::string:
      return "a text";
    case Json::value_t::boolean:
      return "a boolean";
    default:
      return "a number";
  }
}

Fields::Fields(const Json& object, std::string path) : object_(&object), path_(std::move(path)) {
  if (!object.is_object()) fail_at(path_, "expected an object, found " + kind_of(object));
}

const Json* Fields::find(std::string_view key) const {
  const auto found = object_->find(key);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

std::string Fields::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void Fields::fail(std::string_view key, const std::string& message) const {
  fail_at(path_of(key), message);
}

const Json& Fields::value(std::string_view key) const {
  if (const Json* found = find(key)) return *found;
  fail(key, "missing");
}

double Fields::number(std::string_view key) const {
  const Json& found = value(key);
  if (!found.is_number()) fail(key, "expected a number, found " + kind_of(found));
  return found.get<double>();
}

double Fields::number(std::string_view key, double fallback) const {
  return has(key) ? number(key) : fallback;
}

std::int32_t Fields::integer(std::string_view key, std::int32_t least, std::int32_t most) const {
  const double found = number(key);
  if (std::floor(found) != found || found < least || found > most) {
    fail(key, "expected an integer from " + std::to_string(least) + " to " + std::to_string(most) +
                  ", found " + value(key).dump());
  }
  return static_cast<std::int32_t>(found);
}

std::int32_t Fields::integer_or(std::string_view key, std::int32_t fallback,
                                std::int32_t least) const {
  return has(key) ? integer(key, least) : fallback;
}

bool Fields::boolean(std::string_view key) const {
  const Json& found = value(key);
  if (!found.is_boolean()) fail(key, "expected true or false, found " + kind_of(found));
  return found.get<bool>();
}

bool Fields::boolean(std::string_view key, bool fallback) const {
  return has(key) ? boolean(key) : fallback;
}

std::string Fields::text(std::string_view key) const {
  const Json& found = value(key);
  if (!found.is_string()) fail(key, "expected a text, found " + kind_of(found));
  return found.get<std::string>();
}

Duration Fields::duration(std::string_view key) const {
  const double found = number(key);
  if (std::abs(found) > seconds(kFarthest)) {
    fail(key, "expected at most " + std::to_string(kFarthest / 1s) + " seconds, found " +
                  value(key).dump());
  }
  return Duration(std::llround(found * 1e9));
}

Duration Fields::duration(std::string_view key, Duration fallback) const {
  return has(key) ? duration(key) : fallback;
}

std::optional<Duration> Fields::optional_duration(std::string_view key) const {
  return has(key) ? std::optional(duration(key)) : std::nullopt;
}

Fields Fields::object(std::string_view key) const { return Fields(value(key), path_of(key)); }

std::vector<Fields> Fields::objects(std::string_view key) const {
  const Json& found = value(key);
  if (!found.is_array()) fail(key, "expected a list, found " + kind_of(found));
  std::vector<Fields> items;
  items.reserve(found.size());
  for (const Json& item : found) {
    items.emplace_back(item, path_of(key) + "[" + std::to_string(items.size()) + "]");
  }
  return items;
}

}  // namespace thaw::app
