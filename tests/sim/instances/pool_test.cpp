#include <gtest/gtest.h>

#include "tests/sim/instances/pool_bed.hpp"

namespace thaw::sim {
namespace pool_test {

using Answer = InstancePool::Answer;

Wide ns(Duration d) { return d.count(); }

TEST(Pool, TheServiceOfAColdStartReplacesTheWarmOne) {
  Bed bed(10s);
  EXPECT_EQ(bed.arrive(0s), Answer::served);
  bed.end_until(100s);
  EXPECT_EQ(bed.last_end, 5s) << "the cold service, not cold and warm";
  EXPECT_EQ(bed.tally.cold, 1);
  Bed twice(10s);
  twice.arrive(0s);
  twice.arrive(6s);
  twice.end_until(100s);
  EXPECT_EQ(twice.last_end, 8s) << "warm: 6 s + 2 s";
  EXPECT_EQ(twice.tally.cold, 1);
}

TEST(Pool, WithoutAColdServiceAStartCostsWhatAnyRequestCosts) {
  FunctionSpec spec;
  spec.standalone.emplace();
  spec.service.duration = Distribution::constant(kWarm);
  InstancePool pool(spec, 0, {.idle = 10s}, pool_luck());
  InstanceArena arena;
  FinishHeap ends;
  InstanceTally tally;
  pool.arrive({0s}, 0, {}, true, arena, ends, tally);
  EXPECT_EQ(Duration{ends.top().at}, kWarm);
}

// A trace's duration is a warm one: its start costs the difference of the means more.
TEST(Pool, ARequestsOwnDurationIsAWarmOne) {
  Bed bed(10s);
  bed.arrive(0s, 7s);
  bed.end_until(100s);
  EXPECT_EQ(bed.last_end, 10s);  // 7 s + (5 s - 2 s)
  bed.arrive(10s, 7s);
  bed.end_until(100s);
  EXPECT_EQ(bed.last_end, 17s);
}

TEST(Pool, AnInstanceIsOverAtTheInstantItsTimeIsUp) {
  for (const auto& [arrival, cold] :
       {std::pair{15s - 1ns, 1}, std::pair{15s + 0ns, 2}, std::pair{15s + 1ns, 2}}) {
    Bed bed(10s);
    bed.arrive(0s);  // ends at 5 s, so it is over at 15 s
    bed.arrive(arrival);
    EXPECT_EQ(bed.tally.cold, cold) << arrival.count();
    EXPECT_EQ(bed.pool->alive(), 1);
  }
}

TEST(Pool, EveryRequestSetsTheIdleClockAgain) {
  Bed bed(10s);
  for (Duration t = 0s; t <= 100s; t += 10s) bed.arrive(t);
  EXPECT_EQ(bed.tally.cold, 1);
  EXPECT_EQ(bed.pool->next_expiry(bed.arena), TimePoint::never()) << "it is busy";
  bed.end_until(102s);
  EXPECT_EQ(bed.pool->next_expiry(bed.arena), TimePoint{112s});
}

TEST(Pool, AnInstanceThatIsFoundLateEndedWhenItShouldHave) {
  Bed bed(10s);
  bed.arrive(0s);
  bed.close(1000s);
  EXPECT_EQ(bed.tally.alive_ns, ns(15s));
  EXPECT_EQ(bed.tally.life_ns, ns(15s));
  EXPECT_EQ(bed.tally.busy_ns, ns(5s));
  EXPECT_EQ(bed.tally.ended, 1);
  EXPECT_EQ(bed.pool->alive(), 0);
}

TEST(Pool, WithoutKeepAliveNoInstanceServesTwice) {
  Bed bed(0s);
  bed.arrive(0s);
  bed.arrive(5s);  // the first ends in this very instant
  EXPECT_EQ(bed.tally.cold, 2);
}

TEST(Pool, BeyondItsOwnCapARequestIsRejected) {
  Standalone rules;
  rules.instances_max = 2;
  Bed bed(10s, rules);
  EXPECT_EQ(bed.arrive(0s), Answer::served);
  EXPECT_EQ(bed.arrive(1s), Answer::served);
  EXPECT_EQ(bed.arrive(2s), Answer::rejected);
  EXPECT_EQ(bed.arrive(5s), Answer::served) << "warm: the first is idle";
  EXPECT_EQ(bed.tally.cold, 2);
}

TEST(Pool, AnInstanceThatIsOverLeavesItsPlaceUnderTheCap) {
  Standalone rules;
  rules.instances_max = 1;
  Bed bed(10s, rules);
  bed.arrive(0s);
  EXPECT_EQ(bed.arrive(100s), Answer::served);
  EXPECT_EQ(bed.tally.cold, 2);
}

TEST(Pool, WhatTheClusterHasNoRoomForIsToldApart) {
  Standalone rules;
  rules.instances_max = 1;
  rules.wait_when_full = true;
  Bed bed(10s, rules);
  EXPECT_EQ(bed.arrive(0s, {}, false), Answer::no_room);
  bed.arrive(0s);
  EXPECT_EQ(bed.arrive(6s, {}, false), Answer::served) << "an idle one needs no room";
}

TEST(Pool, WhoWaitsIsServedInOrderByTheNextThatIsFree) {
  Standalone rules;
  rules.instances_max = 1;
  rules.wait_when_full = true;
  rules.queue_max = 2;
  Bed bed(10s, rules);
  EXPECT_EQ(bed.arrive(0s), Answer::served);
  EXPECT_EQ(bed.arrive(1s, 3s), Answer::waits);
  EXPECT_EQ(bed.arrive(2s, 4s), Answer::waits);
  EXPECT_EQ(bed.pool->waiting(), 2);
  EXPECT_EQ(bed.arrive(3s), Answer::rejected);
  EXPECT_EQ(bed.arrive(5s), Answer::waits) << "one has left the line";
  bed.close(100s);
  // Ends at 5, 5 + 3, 8 + 4, 12 + 2 s; who waits pays no cold start.
  EXPECT_EQ(bed.last_end, 14s);
  EXPECT_EQ(bed.tally.cold, 1);
  EXPECT_EQ(bed.tally.completed, 4);
  EXPECT_EQ(bed.tally.waited, 3);
  EXPECT_EQ(bed.tally.wait.max(), 7s);  // 12 s - 5 s
  EXPECT_EQ(bed.tally.in_system_ns, ns(5s + (8s - 1s) + (12s - 2s) + (14s - 5s)));
  EXPECT_EQ(bed.tally.busy_ns, ns(14s));
}

TEST(Pool, OnlyWhatLiesAfterTheWarmUpCounts) {
  Bed bed(10s);
  bed.arena.warm_up = Duration{3s}.count();
  bed.arrive(0s);  // its start, its arrival and its first 3 s do not count
  bed.arrive(4s);
  bed.close(20s);  // ends at 5 s and 9 s; over at 15 s and 19 s
  EXPECT_EQ(bed.tally.cold, 1);
  EXPECT_EQ(bed.tally.created, 1);
  EXPECT_EQ(bed.tally.completed, 1);
  EXPECT_EQ(bed.tally.ended, 2);
  EXPECT_EQ(bed.tally.busy_ns, ns(2s + 5s));
  EXPECT_EQ(bed.tally.alive_ns, ns(12s + 15s));
  EXPECT_EQ(bed.tally.life_ns, ns(15s + 15s)) << "a life is told whole";
}

TEST(Pool, AnInstanceThatEndedInTheWarmUpIsForgotten) {
  Bed bed(10s);
  bed.arena.warm_up = Duration{50s}.count();
  bed.arrive(0s);
  bed.close(100s);
  EXPECT_EQ(bed.tally.ended, 0);
  EXPECT_EQ(bed.tally.life_ns, 0);
  EXPECT_EQ(bed.tally.alive_ns, 0);
}

TEST(Pool, PlacesOfEndedInstancesAreUsedAgain) {
  Bed bed(1s);
  for (Duration t = 0s; t < 1000s; t += 10s) bed.arrive(t);
  EXPECT_EQ(bed.tally.cold, 100);
  EXPECT_EQ(bed.arena.all.size(), 1U);
}

}  // namespace pool_test
}  // namespace thaw::sim
