#include "engine/report/notation.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <utility>

namespace thaw {
namespace {

constexpr std::int64_t kMicrosecond = 1'000;
constexpr std::int64_t kMillisecond = 1'000 * kMicrosecond;
constexpr std::int64_t kSecond = 1'000 * kMillisecond;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

std::int64_t round_to(std::int64_t ns, std::int64_t step) { return (ns + step / 2) / step * step; }

// ns as a decimal number of `unit`s, trailing zeros cut. `unit` is a power of ten.
std::string decimal(std::int64_t ns, std::int64_t unit) {
  std::string text = fmt::format("{}", ns / unit);
  if (ns % unit == 0) return text;
  const auto digits = fmt::formatted_size("{}", unit) - 1;
  text += fmt::format(".{:0{}}", ns % unit, digits);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

// Below a minute; empty when rounding reaches the minute.
std::string below_a_minute(std::int64_t ns) {
  if (ns < kMicrosecond) return ns == 0 ? "0s" : fmt::format("{}ns", ns);
  for (const auto& [unit, name] : {std::pair{kMicrosecond, "us"}, std::pair{kMillisecond, "ms"}}) {
    const std::int64_t step = ns < 10 * unit ? unit / 100 : ns < 100 * unit ? unit / 10 : unit;
    const std::int64_t rounded = round_to(ns, step);
    if (rounded < 1'000 * unit) return decimal(rounded, unit) + name;
  }
  const std::int64_t rounded = round_to(ns, kSecond / 100);
  return rounded < kMinute ? decimal(rounded, kSecond) + "s" : "";
}

// Two neighbouring units, the smaller one with two digits; empty when rounding reaches the next
// unit.
std::string two_units(std::int64_t ns, std::int64_t big, const char* big_name, std::int64_t small,
                      const char* small_name, std::int64_t limit) {
  const std::int64_t rounded = round_to(ns, small);
  if (rounded >= limit) return "";
  return fmt::format("{}{}{:02}{}", rounded / big, big_name, rounded % big / small, small_name);
}

std::string length_of(std::int64_t ns) {
  constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();
  if (ns < kMinute) {
    if (auto text = below_a_minute(ns); !text.empty()) return text;
  }
  if (ns < kHour) {
    if (auto text = two_units(ns, kMinute, "min", kSecond, "s", kHour); !text.empty()) return text;
  }
  if (ns < kDay) {
    if (auto text = two_units(ns, kHour, "h", kMinute, "min", kDay); !text.empty()) return text;
  }
  return two_units(ns, kDay, "d", kHour, "h", kNoLimit);
}

}  // namespace

std::string exact_seconds(Duration d) {
  const std::int64_t ns = d.count();
  return ns < 0 ? "-" + decimal(-ns, kSecond) : decimal(ns, kSecond);
}

std::string readable_length(Duration d) {
  return d.count() < 0 ? "-" + length_of(-d.count()) : length_of(d.count());
}

std::string readable_instant(Duration since_start) {
  const std::int64_t ns = since_start.count();
  if (round_to(ns, kSecond) < kHour) return readable_length(since_start);
  const std::int64_t rounded = round_to(ns, kSecond);
  const std::string clock =
      fmt::format("{:02}min{:02}s", rounded % kHour / kMinute, rounded % kMinute / kSecond);
  if (rounded < kDay) return fmt::format("{}h{}", rounded / kHour, clock);
  return fmt::format("{}d{:02}h{}", rounded / kDay, rounded % kDay / kHour, clock);
}

}  // namespace thaw
