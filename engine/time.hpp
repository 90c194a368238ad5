// Time as both worlds share it: integer nanoseconds, no wall clock.
//
// A Duration is a length; a TimePoint counts nanoseconds from the Unix epoch (UTC, leap seconds
// ignored as POSIX does). Range: the years 1678 to 2262. Arithmetic does not check for overflow:
// every duration that comes from outside is bounded where it is parsed (engine/scenario/units.hpp).
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <string>

namespace thaw {

using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

struct TimePoint {
  Duration since_epoch{0};

  static constexpr TimePoint never() {
    return {Duration{std::numeric_limits<std::int64_t>::max()}};
  }
  constexpr std::int64_t ns() const { return since_epoch.count(); }

  friend constexpr auto operator<=>(const TimePoint&, const TimePoint&) = default;
  friend constexpr TimePoint operator+(TimePoint t, Duration d) { return {t.since_epoch + d}; }
  friend constexpr TimePoint operator-(TimePoint t, Duration d) { return {t.since_epoch - d}; }
  friend constexpr Duration operator-(TimePoint a, TimePoint b) {
    return a.since_epoch - b.since_epoch;
  }
};

// Seconds as the nearest double; for reports and for arithmetic that leaves integers on purpose.
constexpr double seconds(Duration d) { return static_cast<double>(d.count()) / 1e9; }

// "1.5s", "10min", "2h3min", "250ms", "0s": exact, the form that the scenario file reads back.
// Below a second the unit is the largest that fits; after hours or minutes, seconds stay seconds
// ("1h0.5s"). A negative length has '-' in front, for messages: a scenario has none.
std::string to_text(Duration d);

// "2026-01-05T00:00:00Z"; a fraction of a second is printed only when there is one.
std::string to_text(TimePoint t);

}  // namespace thaw
