// SlimFaas's `Schedule` annotation: times that count as a call, and idle timeouts by time of day.
//
// "Today" is the date in UTC even where the times are of another zone, as in SlimFaas. A time of
// day that the zone skips or repeats takes the earlier offset.
// Source: SlimFaas ReplicasService, GetLastTicksFromSchedule, GetTimeoutSecondBeforeSetReplicasMin.
// Errors: a time that is not HH:mm, a negative timeout and an unknown zone go to the reader's
// Diagnostics.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/params.hpp"
#include "engine/time.hpp"
#include "engine/time_zone.hpp"

namespace thaw {

class IdleSchedule {
 public:
  // How old releases and new ones choose the timeout in force.
  enum class Rule : std::uint8_t {
    by_minute,   // a single entry never counts; past is an entry whose minute (in UTC) is over
    by_instant,  // a single entry counts once past; past is an entry right after its instant
  };

  // Keys: Schedule.TimeZoneID, Schedule.Default.{WakeUp.N, ScaleDownTimeout.N.Time, .Value}.
  static IdleSchedule read(const Params& params, ParamsReader& reader, Rule rule);

  // The last wake-up that counts as a call at `now`; empty if there is none in the list.
  std::optional<TimePoint> last_wake_up(TimePoint now) const;
  // The idle timeout in force at `now`, `otherwise` where the schedule says nothing.
  Duration timeout(TimePoint now, Duration otherwise) const;
  // The first instant after `now` at which one of the two answers may differ.
  TimePoint next_change(TimePoint now) const;

 private:
  struct TimeOfDay {
    int hour = 0, minute = 0;
  };
  struct Timeout {
    TimeOfDay time;
    Duration value{0};
  };

  static TimeOfDay read_time(ParamsReader& reader, const std::string& key, const std::string& text);
  TimePoint today_at(TimeOfDay time, TimePoint now) const;
  // The instant at which an entry of today begins to count as past.
  TimePoint counts_from(TimeOfDay time, TimePoint now) const;

  Rule rule_ = Rule::by_instant;
  std::optional<TimeZone> zone_;
  std::vector<TimeOfDay> wake_ups_;
  std::vector<Timeout> timeouts_;
};

}  // namespace thaw
