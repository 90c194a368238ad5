#include "tests/sim/fluid_fixture.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace thaw::sim {

void in_own_process(const std::function<void()>& body) {
  std::fflush(nullptr);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    body();
    std::exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << "the child died of signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0) << "see the failure that the child printed";
}

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
