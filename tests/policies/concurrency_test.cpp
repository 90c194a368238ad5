// The concurrency policy on the seam: a revision under load, without, and back.
#include <gtest/gtest.h>

#include "tests/policies/knative/world.hpp"
#include "tests/policies/shown.hpp"

namespace thaw {

PolicyInfo concurrency_policy();

namespace concurrency_test {

using Changes = std::vector<std::string>;

constexpr auto kAllowZero = std::pair("config.allow-zero-initial-scale", "true");
constexpr auto kZeroAtFirst = std::pair("initial-scale", "0");

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ConcurrencyPolicy, ANewRevisionStartsAtItsInitialScale) {
  EXPECT_EQ(RevisionWorld().changes, (Changes{"1@0s"}));
  EXPECT_EQ(RevisionWorld({{"initial-scale", "3"}}).changes, (Changes{"3@0s"}));
  EXPECT_EQ(RevisionWorld({{"min-scale", "2"}}).changes, (Changes{"2@0s"}));
  EXPECT_EQ(RevisionWorld({kAllowZero, kZeroAtFirst}).changes, Changes{});
}

TEST(ConcurrencyPolicy, FollowsAStepOfLoadInTheNextTick) {
  RevisionWorld world({{"target", "10"}}, 1);
  world.run(10s, 5);
  EXPECT_EQ(world.changes, Changes{});  // 5 / 7 asks for the one there is
  world.run(60s, 30);
  // At 12 s the stable window has (10 · 5 + 2 · 30) / 12 = 9.2, for two replicas; the panic window,
  // of whose six seconds one is still to come, (3 · 5 + 2 · 30) / 5 = 15, for three of one: panic.
  EXPECT_EQ(world.changes.front(), "3@12s");
  // In the end 30 / 7.
  EXPECT_EQ(world.seen.spec, Replicas(5));
  EXPECT_TRUE(has(world.words(), "/ (target 10 × 0.7)")) << world.words();
}

// Its windows wait until the clock has caught up, as Knative's do; its ticks go on.
TEST(ConcurrencyPolicy, TicksOnWhenItsClockIsSetBack) {
  Shown f(concurrency_policy);
  f.replicas(1);
  f.ask(0s, Cause::start);
  f.ask(1h);
  for (const Duration after : {Duration{10min}, Duration{-30min}}) {
    const Duration next = f.ask(after).ask_again - kStart;
    EXPECT_GT(next, after);
    EXPECT_LE(next, after + 2s);
  }
}

TEST(ConcurrencyPolicy, RespectsMaxScaleAndSaysSo) {
  RevisionWorld world({{"target", "2"}, {"max-scale", "5"}, {"window", "10s"}}, 1);
  world.run(30s, 15);
  EXPECT_EQ(world.changes, (Changes{"5@2s"}));  // 15 / 1.4 asks for eleven
  EXPECT_EQ(world.words(),
            "15 in flight over 10 s / (target 2 × 0.7) = 10.714 → 5; limit max-scale 5");
}

TEST(ConcurrencyPolicy, PanicsOnABurstAndHoldsItsPeakForAStableWindow) {
  RevisionWorld world({{"target", "10"}}, 1);
  world.run(4s, 70);  // ten replicas of one
  EXPECT_EQ(world.changes, (Changes{"10@2s"}));
  EXPECT_TRUE(has(world.words(), "panic: 70 in flight over 60 s")) << world.words();
  world.run(58s, 7);
  EXPECT_EQ(world.seen.spec, Replicas(10));  // the alarm was at 2 s
  world.run(4s, 7);
  EXPECT_LT(world.seen.spec, Replicas(10));
}

TEST(ConcurrencyPolicy, GoesToZeroAfterAStableWindowAndAGracePeriod) {
  RevisionWorld world({{"target-burst-capacity", "0"}, {"window", "20s"}}, 1);
  world.run(30s, 3);
  EXPECT_EQ(world.seen.path.mode, PathMode::serve);
  // The last load was in second 29: the window of 20 s has lost it at 49, seen at 50.
  world.run(20500ms, 0);
  EXPECT_EQ(world.seen.path.mode, PathMode::proxy);
  EXPECT_EQ(world.changes, Changes{});
  EXPECT_EQ(world.words(), "no load; the last replica stays for 29.5 s");
  world.run(30s, 0);
  EXPECT_EQ(world.changes, (Changes{"0@1min20s"}));
}

TEST(ConcurrencyPolicy, WithTheGatewayInThePathZeroNeedsNoFurtherGrace) {
  RevisionWorld world({{"window", "20s"}}, 1);
  world.run(40s, 3);
  world.run(60s, 0);
  EXPECT_EQ(world.changes, (Changes{"0@1min"}));  // 39 + 20, and the tick
}

TEST(ConcurrencyPolicy, OneReplicaIsHeldUntilTheRevisionWasActiveForAWindow) {
  RevisionWorld world({kAllowZero, kZeroAtFirst, {"window", "20s"}});
  world.startup = 10s;
  world.call_at_zero();
  world.run(4s, 5);
  world.run(20s, 0);
  // Ready, and active, since 12 s; the window has lost its load at 24 s.
  EXPECT_EQ(world.words(), "no load; the last replica stays for 8 s");
  world.run(20s, 0);
  EXPECT_EQ(world.changes, (Changes{"1@2s", "0@32s"}));
}

TEST(ConcurrencyPolicy, ACallAtZeroBringsAReplicaAtOnce) {
  RevisionWorld world({{"window", "6s"}}, 1);
  world.run(200s, 0);
  ASSERT_EQ(world.seen.spec, Replicas(0));
  world.run(500ms, 0);
  EXPECT_EQ(world.call_at_zero().desired, Replicas(1));
}

TEST(ConcurrencyPolicy, ANewRevisionAtZeroWaitsForTheTick) {
  RevisionWorld world({kAllowZero, kZeroAtFirst});
  world.run(500ms, 0);
  const Decision& decision = world.call_at_zero();
  EXPECT_EQ(decision.desired, std::nullopt);
  EXPECT_EQ(decision.ask_again, kStart + 2s);
  world.run(2s, 1);
  EXPECT_EQ(world.changes, (Changes{"1@2s"}));
}

TEST(ConcurrencyPolicy, ANewRevisionThatSleptLongStillWaitsForTheTick) {
  RevisionWorld world({kAllowZero, kZeroAtFirst});
  world.run(60500ms, 0);
  EXPECT_EQ(world.call_at_zero().desired, std::nullopt);
  world.run(2s, 1);
  EXPECT_EQ(world.changes, (Changes{"1@1min2s"}));
}

TEST(ConcurrencyPolicy, SleepsAtZeroAndWakesOnItsOwnGrid) {
  RevisionWorld world({{"tick-offset", "300ms"}, {"window", "6s"}}, 1);
  EXPECT_EQ(world.last.ask_again, kStart + 300ms);
  world.run(200s, 0);
  EXPECT_EQ(world.last.ask_again, TimePoint::never());
  world.run(500ms, 0);
  world.call_at_zero();
  EXPECT_EQ((world.last.ask_again - kStart) % 2s, 300ms);
}

TEST(ConcurrencyPolicy, WithoutReportsItLeavesReplicasAlone) {
  RevisionWorld world({{"window", "6s"}}, 1);
  world.run(10s, 5);
  for (int tick = 10; tick < 60; tick += 2) {  // nothing is heard any more
    world.seen.now = kStart + std::chrono::seconds(tick + 10);
    world.ask(Cause::timer);
  }
  EXPECT_EQ(world.changes, Changes{});
  EXPECT_EQ(world.words(), "no report in the window: left alone");
}

TEST(ConcurrencyPolicy, CountsRequestsWhereToldTo) {
  RevisionWorld world({{"metric", "rps"}, {"target", "10"}}, 1);
  world.run(60s, 6);  // five a second each: 30 / 7
  EXPECT_EQ(world.seen.spec, Replicas(5));
}

TEST(ConcurrencyPolicy, WhatTheGatewayReportsTooIsCountedOnce) {
  RevisionWorld world({{"target", "10"}}, 1);
  for (int second = 1; second <= 10; ++second) {
    world.seen.now = kStart + std::chrono::seconds(second);
    world.reports.push_back(
        {.at = world.seen.now, .concurrency = 20, .proxied_concurrency = 15, .requests = 0});
    world.ask(Cause::timer);
  }
  EXPECT_EQ(world.changes, Changes{});  // 5 / 7
}

TEST(ConcurrencyPolicy, GivesUpAReplicaThatDoesNotGetReady) {
  RevisionWorld world({kAllowZero, kZeroAtFirst, {"progress-deadline", "60s"}});
  world.startup = 1h;
  world.call_at_zero();
  world.run(200s, 0);
  EXPECT_EQ(world.changes.front(), "1@2s");
  EXPECT_TRUE(has(world.changes.back(), "0@")) << world.changes.back();
}

TEST(ConcurrencyPolicy, GivesUpAnInitialReplicaThatDoesNotGetReady) {
  RevisionWorld world;
  world.startup = 1h;
  world.ready_at = kStart + 1h;
  world.run(700s, 0);
  // 600 s, half a minute more, and strictly longer: the next look of this world.
  EXPECT_EQ(world.changes, (Changes{"1@0s", "0@10min30.5s"}));
}

TEST(ConcurrencyPolicy, LeavesThePathToReplicasWithCapacityToSpare) {
  RevisionWorld world({{"target-burst-capacity", "50"}}, 1);
  EXPECT_EQ(world.last.path, PathMode::proxy);
  EXPECT_EQ(world.last.gateways, 2);
  world.run(10s, 10);  // 100 - 50 - 10
  EXPECT_EQ(world.seen.path.mode, PathMode::serve);
  world.run(20s, 60);  // 100 - 50 - 60
  EXPECT_EQ(world.seen.path.mode, PathMode::proxy);
}

TEST(ConcurrencyPolicy, ARestartForgetsTheWindowsAndPanicsWithMoreThanOne) {
  RevisionWorld world({{"target", "10"}, {"window", "20s"}}, 3);
  world.run(30s, 5);
  EXPECT_EQ(world.seen.spec, Replicas(1));  // 3 were held as in a panic, for a window
  world.seen.spec = world.seen.ready = Replicas(3);
  world.start();
  EXPECT_EQ(world.last.desired, std::nullopt);
  world.run(19s, 5);
  EXPECT_EQ(world.seen.spec, Replicas(3));
}

TEST(ConcurrencyPolicy, KeepsTheConditionOverARestartAndNothingElse) {
  RevisionWorld before({{"target-burst-capacity", "0"}, {"window", "20s"}}, 1);
  before.run(30s, 3);
  before.run(22s, 0);  // inactive since 50 s
  SavedState saved;
  StateWriter writer(saved);
  before.policy->save(writer);
  EXPECT_EQ(saved.version, 1);
  EXPECT_EQ(saved.fields.at("since"), (kStart + 50s).ns());

  RevisionWorld after({{"target-burst-capacity", "0"}, {"window", "20s"}}, 1);
  EXPECT_TRUE(after.policy->restore(StateReader(saved)));
  after.seen = before.seen;
  after.start();
  after.run(40s, 0);
  EXPECT_EQ(after.changes, (Changes{"0@1min20s"}));

  saved.version = 2;
  EXPECT_FALSE(after.policy->restore(StateReader(saved)));
}

TEST(ConcurrencyPolicy, NewSettingsKeepWindowsAndPanic) {
  RevisionWorld world({{"target", "10"}}, 1);
  world.run(20s, 30);
  EXPECT_EQ(world.seen.spec, Replicas(5));
  Spec spec;
  spec.name = "f";
  spec.params = params_of({{"target", "10"}, {"max-scale", "2"}, {"window", "30s"}});
  world.policy->reconfigure(spec, world.diagnostics);
  world.ask(Cause::timer);
  EXPECT_EQ(world.changes.back(), "2@20s");
}

TEST(ConcurrencyPolicy, TellsTheUserOfValuesThatKnativeRefuses) {
  EXPECT_TRUE(has(RevisionWorld({{"window", "5s"}}).problem(), "concurrency.window"));
  EXPECT_EQ(RevisionWorld({{"window", "6s"}}).problem(), "");
}

}  // namespace concurrency_test
}  // namespace thaw
