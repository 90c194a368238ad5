// Wall-clock time in a named zone, by the system's tz database (Debian package tzdata).
//
// Errors: a zone that the database lacks is empty, and so is every zone where there is no database.
// A date that no calendar has (month 13, 30 February) or that is outside of TimePoint's range is a
// bug of the caller.
#pragma once

#include <optional>
#include <string>

#include "engine/time.hpp"

namespace thaw {

struct CivilTime {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  friend constexpr bool operator==(const CivilTime&, const CivilTime&) = default;
};

class TimeZone {
 public:
  // "Europe/Paris", "GB", "UTC"; empty if the database has no such zone.
  static std::optional<TimeZone> find(const std::string& name);

  CivilTime local(TimePoint t) const;  // fractions of a second are cut off, towards the past
  // A local time that does not exist (spring) or exists twice (autumn) takes the earlier offset:
  // the one that was in force before the clocks changed.
  TimePoint instant(const CivilTime& local) const;

 private:
  explicit TimeZone(const void* zone) : zone_(zone) {}
  const void* zone_;  // owned by the database
};

}  // namespace thaw
