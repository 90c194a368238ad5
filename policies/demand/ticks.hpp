// A policy's own grid of ticks, from its start on; each is taken once.
#pragma once

#include <optional>

#include "engine/policy.hpp"

namespace thaw {

// No replica, and nobody who waits for one: but for what is foreseen only a call changes anything.
inline bool is_asleep(const Observation& seen, Replicas desired) {
  return desired.count == 0 && seen.ready.count == 0 && seen.in_flight == 0 && seen.queued == 0;
}

class Ticks {
 public:
  // Whether it starts with this question.
  bool begins(const Observation& seen, Duration period) {
    period_ = period;
    if (seen.cause != Cause::start && started_) return false;
    started_ = seen.now;
    taken_.reset();
    return true;
  }
  bool take(TimePoint now) {
    if ((now - *started_) % period_ != Duration{0} || taken_ == now) return false;
    taken_ = now;
    return true;
  }
  // The next tick; none while asleep.
  TimePoint next(const Observation& seen, const Decision& decision) const {
    return is_asleep(seen, decision.desired.value_or(seen.spec)) ? TimePoint::never()
                                                                 : after(seen.now);
  }
  TimePoint after(TimePoint t) const { return t - (t - *started_) % period_ + period_; }
  TimePoint started() const { return *started_; }

 private:
  std::optional<TimePoint> started_, taken_;
  Duration period_{1};
};

}  // namespace thaw
