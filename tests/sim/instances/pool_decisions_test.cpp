// What a pool does for policies that decide more than how long an idle instance stays.
#include <gtest/gtest.h>

#include <limits>

#include "tests/sim/instances/pool_bed.hpp"

namespace thaw::sim {
namespace pool_decisions_test {

constexpr std::int64_t ns(Duration d) { return d.count(); }

// --- pre-warming: a start takes 5 s in all, a warm service 2 s ---

TEST(PrewarmedInstances, GoAtOnceAndComeBackByThemselves) {
  Bed bed(KeepAlive{.idle = 10s, .prewarm_after = 60s});
  bed.arrive(0s);  // served until 5 s, back from 65 s to 75 s
  bed.end_until(6s);
  EXPECT_EQ(bed.pool->alive(), 0);
  bed.close(70s);
  EXPECT_EQ(bed.pool->alive(), 1);
  EXPECT_EQ(bed.tally.alive_ns, ns(5s + 5s));
  EXPECT_EQ(bed.tally.cold, 1) << "coming back is no cold start";
  EXPECT_EQ(bed.tally.created, 2);
  EXPECT_EQ(bed.tally.prewarmed, 1);
}

TEST(PrewarmedInstances, ServeWarmWhileTheyAreThereAndGoAgain) {
  Bed bed(KeepAlive{.idle = 10s, .prewarm_after = 60s});
  bed.arrive(0s);
  bed.arrive(70s);
  bed.end_until(72s);
  EXPECT_EQ(bed.last_end, 72s);  // 2 s, warm
  EXPECT_EQ(bed.tally.cold, 1);
  bed.close(200s);  // again from 132 s to 142 s, and nobody came
  EXPECT_EQ(bed.tally.alive_ns, ns(5s + 7s + 10s));
  EXPECT_EQ(bed.pool->alive(), 0);
}

TEST(PrewarmedInstances, AreNotMissedTwice) {
  Bed bed(KeepAlive{.idle = 10s, .prewarm_after = 60s});
  bed.arrive(0s);
  bed.arrive(20s);  // in between: a start of its own, until 25 s; back at 85 s instead of 65 s
  bed.end_until(66s);
  EXPECT_EQ(bed.tally.cold, 2);
  EXPECT_EQ(bed.pool->alive(), 0);
  bed.end_until(86s);
  EXPECT_EQ(bed.pool->alive(), 1);
  EXPECT_EQ(bed.tally.prewarmed, 1);
}

TEST(PrewarmedInstances, StayAwayWhereTheFunctionIsFull) {
  Standalone rules;
  rules.instances_max = 1;
  Bed bed(KeepAlive{.idle = 1000s, .prewarm_after = 60s}, rules);
  bed.arrive(0s);
  bed.arrive(64s, 20s);  // takes the place of the one that was to be back at 65 s
  bed.end_until(66s);
  EXPECT_EQ(bed.pool->alive(), 1);
  EXPECT_EQ(bed.tally.prewarmed, 0);
}

// --- new decisions ---

TEST(NewDecisions, EndWhoeverIsIdleForTooLongNowAndNotBefore) {
  Bed bed(KeepAlive{.idle = 100s});
  bed.arrive(0s);  // idle from 5 s on
  bed.end_until(50s);
  bed.pool->keep({50s}, {.idle = 10s}, bed.arena, bed.tally);
  EXPECT_EQ(bed.pool->alive(), 0);
  EXPECT_EQ(bed.tally.alive_ns, ns(50s));
}

TEST(NewDecisions, HoldForThoseWhoAreIdleAlready) {
  Bed bed(KeepAlive{.idle = 100s});
  bed.arrive(0s);
  bed.end_until(50s);
  bed.pool->keep({50s}, {.idle = 60s}, bed.arena, bed.tally);
  bed.close(300s);
  EXPECT_EQ(bed.tally.alive_ns, ns(65s));
}

TEST(IdleTimes, AreFromTheLastEndToTheNextArrival) {
  Bed bed(KeepAlive{.idle = 10s});
  bed.pool->note_idle_times();
  bed.arrive(0s);
  bed.arrive(1s);  // nobody is idle: both at work until 6 s
  bed.arrive(20s);
  bed.arrive(21s);
  bed.arrive(100s);  // the last end was that of 26 s
  EXPECT_EQ(bed.pool->idle_times(), (std::vector<Duration>{14s, 74s}));
}

// --- foresight ---

TEST(Foresight, KeepsWhatWillBeUsedAndHasLetTheRestGo) {
  Bed bed(KeepAlive{.idle = 10s, .foresees = true});
  bed.arrive(0s);   // until 5 s
  bed.arrive(12s);  // 7 s later: kept. Until 14 s
  bed.arrive(30s);  // 16 s later: it had gone at 14 s. Until 35 s
  bed.close(40s);   // and the rest is over
  EXPECT_EQ(bed.tally.cold, 2);
  EXPECT_EQ(bed.tally.alive_ns, ns(14s + 5s));
  EXPECT_EQ(bed.tally.busy_ns, ns(5s + 2s + 5s));
}

// --- greedy-dual ---

struct Evicted : Bed {
  Evicted() : Bed(KeepAlive{.worth = 3}) {}
};

TEST(GreedyDualEviction, KeepsIdleInstancesWithoutEndAndCountsTheirUses) {
  Evicted bed;
  EXPECT_EQ(bed.pool->least_worth(bed.arena), std::numeric_limits<double>::infinity());
  bed.arrive(0s);
  bed.arrive(100'000s);
  bed.end_until(200'000s);
  EXPECT_EQ(bed.tally.cold, 1);
  EXPECT_DOUBLE_EQ(bed.pool->least_worth(bed.arena), 2 * 3);
}

TEST(GreedyDualEviction, LetsWhoeverIsNotUsedGrowOld) {
  Evicted bed;
  bed.arena.clock = 5;
  bed.arrive(0s);
  bed.arrive(1s);
  bed.end_until(7s);
  bed.arena.clock = 40;  // others went meanwhile
  bed.arrive(8s);        // renews the younger of the two
  bed.end_until(20s);
  EXPECT_DOUBLE_EQ(bed.pool->least_worth(bed.arena), 5 + 3 * 3);
  bed.pool->evict({20s}, bed.arena, bed.tally);
  EXPECT_DOUBLE_EQ(bed.arena.clock, 40) << "the clock never goes back";
  EXPECT_DOUBLE_EQ(bed.pool->least_worth(bed.arena), 40 + 3 * 3);
  bed.pool->evict({21s}, bed.arena, bed.tally);
  EXPECT_DOUBLE_EQ(bed.arena.clock, 49);
  EXPECT_EQ(bed.tally.alive_ns, ns(20s + 20s));
  bed.arrive(30s);
  bed.end_until(40s);
  EXPECT_DOUBLE_EQ(bed.pool->least_worth(bed.arena), 49 + 3) << "uses count anew";
}

// --- levels: idle for 10 s it is ready, until 60 s at level 2, until 1000 s at level 1 ---

struct Stepped : Bed {
  static Standalone rules() {
    Standalone rules;
    rules.levels = {{"image", 1, 0, Distribution::constant(3s)},
                    {"host memory", 2, 0, Distribution::constant(1s)}};
    return rules;
  }
  inline static const Rest kRests[] = {{2, 60s}, {1, 1000s}};
  Stepped() : Bed(KeepAlive{.idle = 10s, .rests = kRests}, rules()) {}
};

TEST(LowerLevels, AreLeftOneAfterAnotherAndStartedFrom) {
  Stepped bed;
  bed.arrive(0s);   // idle from 5 s on
  bed.arrive(35s);  // 30 s later, level 2 since 20 s: 1 s + 2 s
  bed.end_until(40s);
  EXPECT_EQ(bed.last_end, 38s);
  bed.arrive(238s);  // 200 s later, level 1 since 140 s: 3 s + 2 s
  bed.end_until(300s);
  EXPECT_EQ(bed.last_end, 243s);
  bed.arrive(2000s);  // long gone: 5 s
  bed.end_until(2010s);
  EXPECT_EQ(bed.last_end, 2005s);
  EXPECT_EQ(bed.tally.cold, 4);
  const auto uses = bed.pool->remains().uses(ns(2010s), 0);
  EXPECT_EQ(uses[2].kept_ns, ns(20s + 50s + 50s));
  EXPECT_EQ(uses[2].starts, 1);
  EXPECT_EQ(uses[1].kept_ns, ns(140s + 940s));
  EXPECT_EQ(uses[1].starts, 1);
  EXPECT_EQ(bed.tally.longest_start, ns(3s));
}

TEST(LowerLevels, AreStartedFromTheHighest) {
  Stepped bed;
  bed.arrive(0s);       // idle from 5 s on
  bed.arrive(1s, 50s);  // idle from 54 s on
  bed.arrive(75s);      // they stand at levels 1 and 2
  bed.end_until(80s);
  EXPECT_EQ(bed.last_end, 78s);
  bed.arrive(78s);  // the one that just ended is ready, the other still at level 1
  bed.arrive(79s);
  bed.end_until(84s);
  EXPECT_EQ(bed.last_end, 84s);
}

TEST(LowerLevels, CountUntilNowAndAfterTheWarmUp) {
  Stepped bed;
  bed.arena.warm_up = ns(30s);
  bed.arrive(0s);  // idle from 5 s on, at level 2 from 15 s to 65 s
  bed.end_until(40s);
  bed.pool->expire({40s}, bed.arena, bed.tally);
  EXPECT_EQ(bed.pool->remains().uses(ns(40s), bed.arena.warm_up)[2].kept_ns, ns(10s));
}

}  // namespace pool_decisions_test
}  // namespace thaw::sim
