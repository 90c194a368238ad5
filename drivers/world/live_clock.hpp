// The controller's clock in the live world: the wall clock read once, then the steady clock, so
// that no step of the wall clock moves an idle timeout. What a scenario plays has a time of its
// own.
//
// A timer rings a little late, and policies decide on a grid of their own: while an alarm rings it
// is the instant that it was set for. Time never goes back for a policy as long as whoever asks it
// out of turn calls ring_due() before.
//
// Threads: the io_context's one thread; alarms ring on it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "drivers/pace.hpp"
#include "engine/ports.hpp"

namespace thaw::world {

class LiveClock final : public Clock {
 public:
  LiveClock(boost::asio::any_io_executor executor, std::function<void(FunctionId)> ring,
            const Pace& pace = Pace::real());

  TimePoint now() const override;
  void set_alarm(FunctionId id, TimePoint t) override;
  void cancel_alarm(FunctionId id) override;

  void ring_due();
  TimePoint real_now() const { return pace_.now(); }  // from any thread, whatever rings
  const Pace& pace() const { return pace_; }

 private:
  void arm();

  const Pace pace_;
  std::function<void(FunctionId)> ring_;
  boost::asio::steady_timer timer_;
  TimePoint armed_ = TimePoint::never();
  std::optional<TimePoint> ringing_;
  std::map<FunctionId, TimePoint> alarms_;
  std::set<std::pair<TimePoint, FunctionId>> due_;
};

}  // namespace thaw::world
