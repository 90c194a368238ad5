// The policy takes its memory when it starts: a decision allocates nothing.
#include <gtest/gtest.h>

#include <cstddef>

#include "tests/allocations.hpp"
#include "tests/policies/knative/world.hpp"

namespace thaw {
namespace allocation_test {

TEST(ConcurrencyAllocation, ADecisionAllocatesNothing) {
  RevisionWorld world({{"scale-down-delay", "30s"},
                       {"metric-aggregation-algorithm", "weighted-exponential"},
                       {"window", "10s"}});
  Load report{.at = kStart, .concurrency = 500};
  std::size_t decisions = 0;
  for (Duration t = 500ms; t < 300s; t += 500ms) {
    world.seen.now = report.at = kStart + t;
    report.concurrency = t < 150s ? 500 : 0;
    world.seen.load = {&report, 1};
    world.seen.cause = t % 7s == 0ns ? Cause::pods : Cause::timer;
    const std::size_t before = allocations;
    const Decision decision = world.policy->decide(world.seen);
    ASSERT_EQ(allocations, before) << "after " << to_text(t);
    if (decision.desired) world.seen.spec = world.seen.ready = *decision.desired, ++decisions;
  }
  EXPECT_GE(decisions, 3u);  // it did something: up, down, and to zero
}

}  // namespace allocation_test
}  // namespace thaw
