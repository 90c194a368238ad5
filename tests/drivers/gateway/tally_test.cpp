// The figures of a function, by hand.
#include "drivers/gateway/tally.hpp"

#include <gtest/gtest.h>

namespace thaw::gateway {
namespace tally_test {

using namespace std::chrono_literals;

TEST(Tally, AddsUpWhatIsInServiceAndWhatWaits) {
  constexpr Instant kStart{1h};
  Tally tally;
  const TimePoint noon{100h};
  tally.arrived(kStart);
  tally.cold();
  tally.queued(kStart);
  tally.unqueued(kStart + 2s);
  tally.started(kStart + 2s);
  tally.waited(2s);
  tally.arrived(kStart + 3s);
  tally.started(kStart + 3s);
  Traffic traffic = tally.traffic(kStart + 4s, noon);
  EXPECT_EQ(traffic.concurrency_ns, Duration(2s + 1s + 2s).count()) << "waits 2 s; one; two";
  EXPECT_EQ(traffic.last_activity, noon) << "now, while a call is on";
  EXPECT_EQ(traffic.in_flight, 2U);
  tally.stopped(kStart + 5s);
  tally.completed(200, 5s);
  tally.ended(kStart + 5s, Outcome::completed);
  tally.stopped(kStart + 6s);
  tally.ended(kStart + 6s, Outcome::unfinished);
  traffic = tally.traffic(kStart + 16s, noon);
  EXPECT_EQ(traffic.last_activity, noon - 10s);
  EXPECT_EQ(traffic.concurrency_ns, Duration(2s + 1s + 4s + 1s).count());
  EXPECT_EQ(traffic.total, 2U);
  EXPECT_EQ(traffic.completed, 1U);
  EXPECT_EQ(traffic.succeeded, 1U);
  EXPECT_EQ(traffic.unfinished, 1U);
  EXPECT_EQ(traffic.cold, 1U);
  EXPECT_EQ(traffic.wait.counts[8], 1U) << "at most 2.5 s";
  EXPECT_EQ(traffic.latency.counts[9], 1U) << "at most 5 s: a bound is in its bucket";
  EXPECT_EQ(traffic.latency.sum_s, 5.0);
}

}  // namespace tally_test
}  // namespace thaw::gateway
