// Reading a case's values, each with the path it stands at, so that what is wrong names its place.
//
// Units: as the case file says; seconds become durations of whole nanoseconds. Errors: InputError
// with the key's path ("spec.targetValue") and what was expected; the file and the case are added
// by whoever knows them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/decide/case.hpp"
#include "engine/time.hpp"

namespace thaw::app {

// An object of a case. It points into the case, which must outlive it.
class Fields {
 public:
  explicit Fields(const Json& object, std::string path = {});

  bool has(std::string_view key) const { return find(key) != nullptr; }
  const Json& value(std::string_view key) const;  // whatever it is; null counts as missing
  const Json& json() const { return *object_; }

  double number(std::string_view key) const;
  double number(std::string_view key, double fallback) const;
  // Integers of JSON, and numbers without a fraction, within 32 bits unless said otherwise.
  std::int32_t integer(std::string_view key,
                       std::int32_t least = std::numeric_limits<std::int32_t>::min(),
                       std::int32_t most = std::numeric_limits<std::int32_t>::max()) const;
  std::int32_t integer_or(std::string_view key, std::int32_t fallback,
                          std::int32_t least = std::numeric_limits<std::int32_t>::min()) const;
  bool boolean(std::string_view key) const;
  bool boolean(std::string_view key, bool fallback) const;
  std::string text(std::string_view key) const;
  Duration duration(std::string_view key) const;  // seconds, at most kFarthest either way
  Duration duration(std::string_view key, Duration fallback) const;
  std::optional<Duration> optional_duration(std::string_view key) const;
  Fields object(std::string_view key) const;
  std::vector<Fields> objects(std::string_view key) const;  // a list of objects

  [[noreturn]] void fail(std::string_view key, const std::string& message) const;

 private:
  const Json* find(std::string_view key) const;
  std::string path_of(std::string_view key) const;

  const Json* object_;
  std::string path_;
};

inline constexpr Duration kFarthest = std::chrono::hours(24 * 366 * 40);

[[noreturn]] void fail_at(std::string path, std::string message);
// "a text", "an object": how a value that does not fit is named.
std::string kind_of(const Json& value);

}  // namespace thaw::app
