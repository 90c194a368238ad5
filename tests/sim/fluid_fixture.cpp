#include "tests/sim/fluid_fixture.hpp"

namespace thaw::sim {

void TestPump::run_until(TimePoint now) {
  while (!stopped_ && next() <= now) {
    const auto first = events_.begin();
    EXPECT_GE(first->first, now_) << "an own event fired late";
    now_ = first->first;
    const std::function<void()> what = std::move(first->second);
    events_.erase(first);
    ++fired_;
    what();
  }
  now_ = now;
}

std::ostream& operator<<(std::ostream& out, const End& end) {
  return out << "flow " << end.id << (end.completed ? " completed" : " failed") << " after "
             << end.after_start.count() << " ns";
}

void World::to_the_end() {
  while (!pump.stopped() && (fluid->active() > 0 || pump.next() != TimePoint::never())) {
    if (fluid->active() > 0) {
      fluid->advance(pump, *this);
    } else {
      pump.run_until(pump.next());
    }
  }
}

void World::flow_ended(FlowId id, TimePoint when, bool completed) {
  EXPECT_EQ(when, pump.now()) << "own events up to an end fire before it, and none after it";
  ends.push_back({id, when - kStart, completed});
  if (on_end) on_end(ends.back());
}

}  // namespace thaw::sim
