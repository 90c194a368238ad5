// Wall-clock time in a named zone, by the system's tz database (Debian package tzdata).
#pragma once

#include <optional>
#include <string>

#include "engine/time.hpp"

namespace thaw {

struct CivilTime {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

class TimeZone {
 public:
  // "Europe/Paris", "GB", "UTC"; empty if the database has no such zone.
  static std::optional<TimeZone> find(const std::string& name);

  CivilTime local(TimePoint t) const;
  // A local time that does not exist (spring) or exists twice (autumn) takes the earlier offset.
  TimePoint instant(const CivilTime& local) const;

 private:
  explicit TimeZone(const void* zone) : zone_(zone) {}
  const void* zone_;  // owned by the database
};

}  // namespace thaw
