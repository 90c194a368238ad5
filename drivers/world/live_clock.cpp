#include "drivers/world/live_clock.hpp"

namespace thaw::world {

LiveClock::LiveClock(boost::asio::any_io_executor executor, std::function<void(FunctionId)> ring,
                     const Pace& pace)
    : pace_(pace), ring_(std::move(ring)), timer_(std::move(executor)) {}

TimePoint LiveClock::now() const { return ringing_.value_or(real_now()); }

void LiveClock::set_alarm(FunctionId id, TimePoint t) {
  cancel_alarm(id);
  alarms_[id] = t;
  due_.emplace(t, id);
  arm();
}

void LiveClock::cancel_alarm(FunctionId id) {
  const auto found = alarms_.find(id);
  if (found == alarms_.end()) return;
  due_.erase({found->second, id});
  alarms_.erase(found);
}

// A timer that rings early finds nothing due and is armed again.
void LiveClock::arm() {
  if (due_.empty() || due_.begin()->first >= armed_) return;
  armed_ = due_.begin()->first;
  timer_.expires_at(pace_.when(armed_));
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    armed_ = TimePoint::never();
    ring_due();
  });
}

void LiveClock::ring_due() {
  if (ringing_) return;
  while (!due_.empty() && due_.begin()->first <= real_now()) {
    const auto [instant, id] = *due_.begin();
    cancel_alarm(id);
    ringing_ = instant;
    ring_(id);
    ringing_.reset();
  }
  arm();
}

}  // namespace thaw::world
