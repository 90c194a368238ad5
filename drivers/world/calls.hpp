// What is known of the calls of functions, at every gateway of the cluster together.
//
// Each gateway counts for itself and tells all that it has counted so far, with the instant: this
// process's own several times a second, the others' as they are published. From what they add a
// report is closed at each full second, as the simulator's gateways do: calls in flight or waiting,
// averaged over the second; calls that arrived; calls answered with success. Since they see all
// calls, `proxied` is 0. Of another gateway the average is that between its last two words, and
// where it said nothing new, what it said last.
//
// A function with a call on is active now. A gateway that said so and then nothing for 15 s is
// gone: its calls count as last active when it was heard. Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "drivers/gateway/traffic.hpp"
#include "drivers/world/activity.hpp"
#include "engine/load_reports.hpp"
#include "engine/policy.hpp"

namespace thaw::world {

// Of one function at one gateway; those of the first line only grow.
struct CallCounts {
  std::int64_t arrived = 0, succeeded = 0, concurrency_ns = 0;
  std::int64_t in_flight = 0, queued = 0;
  std::optional<TimePoint> last_activity;

  std::int64_t on() const { return in_flight + queued; }
  friend bool operator==(const CallCounts&, const CallCounts&) = default;
};

// What one gateway told.
struct GatewayCalls {
  TimePoint at;
  TimePoint since;  // it began to count: another one counts anew
  std::map<FunctionName, CallCounts> functions;
};

// `scale`: of scenario time, in which the others are; the gateway counts time on the wall.
GatewayCalls calls_of(const std::vector<gateway::Traffic>& traffic, TimePoint since, TimePoint now,
                      int scale = 1);

class Calls {
 public:
  void tell(const std::string& gateway, GatewayCalls told, TimePoint now);
  void forget(const std::string& gateway) { gateways_.erase(gateway); }

  // Whose reports somebody asks for, from now on.
  void listen(std::vector<FunctionName> functions);
  void close_seconds(TimePoint now);  // each second that has ended since
  void take_load(const FunctionName& function, std::vector<Load>& into);

  // All gateways added up, those that are gone left out.
  CallCounts of(const FunctionName& function, TimePoint now) const;
  void refresh(Activity& activity, TimePoint now) const;

 private:
  struct Heard {
    GatewayCalls last, closed;  // closed: with the last second
    TimePoint heard;
    bool news = false;  // since then
  };
  struct Added {
    double concurrency = 0, arrived = 0, succeeded = 0;
  };
  static bool gone(const Heard& gateway, TimePoint now);
  static Added added(const Heard& gateway, const FunctionName& function);

  std::map<std::string, Heard> gateways_;
  std::map<FunctionName, LoadReports> reports_;
  std::optional<TimePoint> second_;  // that ended last
};

}  // namespace thaw::world
