#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/policies/asked.hpp"

namespace thaw {
namespace idle_timeout_test {

TEST(IdleTimeout, TheFirstPassIsOnePeriodAfterTheStart) {
  Asked f(k081);
  f.replicas(1);
  const Decision start = f.ask(0s, Cause::start);
  EXPECT_EQ(start.desired, std::nullopt);
  EXPECT_EQ(start.why.code, ReasonCode::waiting_for_tick);
  EXPECT_EQ(start.ask_again, kStart + 1s);
}

TEST(IdleTimeout, WhatNobodyCalledGoesInTheFirstPass) {
  Asked f(k081, {{"ReplicasMin", "0"}});
  f.replicas(1);
  f.ask(0s, Cause::start);
  const Decision pass = f.ask(1s);
  EXPECT_EQ(pass.desired, Replicas(0));
  EXPECT_EQ(pass.why.code, ReasonCode::idle_timeout);
  EXPECT_EQ(pass.why.number[0], -1);   // never called
  EXPECT_EQ(pass.why.number[1], 300);  // the default
}

TEST(IdleTimeout, UpByDefaultKeepsAndBringsUpWhatNobodyCalled) {
  const Settings up{{"env.SlimFaas__PodScaledUpByDefaultWhenInfrastructureHasNeverCalled", "true"}};
  Asked kept(k081, up);
  kept.replicas(1);
  kept.ask(0s, Cause::start);
  EXPECT_EQ(kept.ask(1s).why.code, ReasonCode::active);
  EXPECT_EQ(kept.ask(86400s).desired, std::nullopt);
  kept.called(86400s);
  EXPECT_EQ(kept.ask(86700s).desired, std::nullopt);
  EXPECT_EQ(kept.ask(86701s).desired, Replicas(0));  // 300 s after its first call

  Asked brought(k081, up);
  brought.ask(0s, Cause::start);
  const Decision pass = brought.ask(1s);
  EXPECT_EQ(pass.desired, Replicas(1));
  EXPECT_EQ(pass.why.code, ReasonCode::never_called);
}

TEST(IdleTimeout, IsIdleOnlyPastItsTimeout) {
  Asked f(k081, {{"TimeoutSecondBeforeSetReplicasMin", "1200"}});
  f.replicas(2);
  f.called(0s);
  f.ask(0s, Cause::start);
  const Decision up = f.ask(1s);
  EXPECT_EQ(up.why.code, ReasonCode::active);
  EXPECT_EQ(up.ask_again, kStart + 1201s);  // 0 + 1200 < 1200 does not hold
  EXPECT_EQ(f.ask(1200s).desired, std::nullopt);

  const Decision idle = f.ask(1201s);
  EXPECT_EQ(idle.desired, Replicas(0));
  EXPECT_EQ(to_words(idle.why), "no call for 1201 s (idle timeout 1200 s) → ReplicasMin 0");
}

TEST(IdleTimeout, ACallPutsTheEndOff) {
  Asked f(k081, {{"TimeoutSecondBeforeSetReplicasMin", "60"}});
  f.replicas(1);
  f.called(0s);
  f.ask(0s, Cause::start);
  f.ask(1s);
  f.called(30s);
  EXPECT_EQ(f.ask(61s).ask_again, kStart + 91s);
  EXPECT_EQ(f.ask(91s).desired, Replicas(0));
}

TEST(IdleTimeout, WakesAtTheNextPassAfterACall) {
  Asked f(k081, {{"ReplicasAtStart", "3"}});
  f.ask(0s, Cause::start);
  EXPECT_EQ(f.ask(1s).ask_again, TimePoint::never());

  f.called(5500ms);
  f.seen.queued = 1;
  const Decision poked = f.ask(5500ms, Cause::arrival_at_zero);
  EXPECT_EQ(poked.desired, std::nullopt);
  EXPECT_EQ(poked.why.code, ReasonCode::waiting_for_tick);
  EXPECT_EQ(poked.ask_again, kStart + 6s);

  const Decision pass = f.ask(6s);
  EXPECT_EQ(pass.desired, Replicas(3));
  EXPECT_EQ(pass.why.code, ReasonCode::wake);
  EXPECT_EQ(pass.why.number[0], 0.5);
}

TEST(IdleTimeout, SeesTheClusterAsOfTheLastPoll) {
  for (const auto& [version, wakes_at] : {std::pair{k024, 1s}, std::pair{k081, 3s}}) {
    Asked f(version);
    f.replicas(1);
    f.called(0s);
    f.ask(0s, Cause::start);
    f.replicas(0);  // by somebody else
    f.ask(500ms, Cause::pods);
    for (auto pass = 1s; pass < wakes_at; pass += 1s) EXPECT_EQ(f.ask(pass).desired, std::nullopt);
    EXPECT_EQ(f.ask(wakes_at).desired, Replicas(1));
  }
}

TEST(IdleTimeout, BelievesItsOwnWriteUntilTheNextPoll) {
  Asked f(k081);
  f.replicas(1);  // and stays: each write is refused
  f.ask(0s, Cause::start);
  EXPECT_EQ(f.ask(1s).desired, Replicas(0));
  EXPECT_EQ(f.ask(2s).desired, std::nullopt);
  EXPECT_EQ(f.ask(3s).desired, Replicas(0));  // a poll, then the pass
  f.ask(3s, Cause::pods);                     // too late for this poll
  EXPECT_EQ(f.ask(4s).desired, std::nullopt);
  EXPECT_EQ(f.ask(6s).desired, Replicas(0));
}

TEST(IdleTimeout, WritesOnceAPass) {
  Asked f(k081);
  f.replicas(1);
  f.ask(0s, Cause::start);
  EXPECT_EQ(f.ask(1s).desired, Replicas(0));
  f.replicas(0);
  f.called(1s);
  const Decision poked = f.ask(1s, Cause::arrival_at_zero);
  EXPECT_EQ(poked.desired, std::nullopt);
  EXPECT_EQ(poked.ask_again, kStart + 2s);
  EXPECT_EQ(f.ask(2s).desired, Replicas(1));
}

TEST(IdleTimeout, ARestartMovesBothGrids) {
  Asked f(k081);
  f.called(0s);
  f.ask(0s, Cause::start);
  f.ask(1s);
  f.replicas(0);
  EXPECT_EQ(f.ask(10300ms, Cause::start).ask_again, kStart + 11300ms);
  EXPECT_EQ(f.ask(11s).why.code, ReasonCode::waiting_for_tick);
  EXPECT_EQ(f.ask(11300ms).desired, Replicas(1));
}

TEST(IdleTimeout, BelowMinimum024DoesNothingAndLaterReleasesRaise) {
  const Settings settings{{"ReplicasMin", "3"}, {"ReplicasAtStart", "2"}};
  Asked old(k024, settings);
  old.replicas(1);
  old.ask(0s, Cause::start);
  const Decision left = old.ask(1s);
  EXPECT_EQ(left.desired, std::nullopt);
  EXPECT_EQ(left.why.code, ReasonCode::below_min);

  Asked idle(k050, settings);
  idle.replicas(1);
  idle.ask(0s, Cause::start);
  EXPECT_EQ(idle.ask(1s).desired, Replicas(3));  // idle: ReplicasMin

  Asked called(k050, settings);
  called.replicas(1);
  called.called(0s);
  called.ask(0s, Cause::start);
  EXPECT_EQ(called.ask(1s).desired, Replicas(2));  // called: ReplicasAtStart
}

TEST(IdleTimeout, AtItsMinimumItSleeps) {
  for (const char* least : {"0", "2"}) {
    Asked f(k081, {{"ReplicasMin", least}});
    f.replicas(std::stoi(least));
    f.ask(0s, Cause::start);
    const Decision pass = f.ask(1s);
    EXPECT_EQ(pass.why.code, ReasonCode::at_min);
    EXPECT_EQ(pass.ask_again, TimePoint::never());
  }
}

TEST(IdleTimeout, DoesNotGrowWhileAPodIsUnschedulableFrom050) {
  for (const Version version : {k024, k050}) {
    Asked f(version);
    f.pods = {{.id = 1,
               .phase = PodPhase::pending,
               .ready = Condition::no,
               .deleting = false,
               .unschedulable = true,
               .created = kStart}};
    f.called(0s);
    f.ask(0s, Cause::start);
    const Decision pass = f.ask(1s);
    EXPECT_EQ(pass.desired.has_value(), version == k024);
    EXPECT_EQ(pass.why.code, version == k024 ? ReasonCode::wake : ReasonCode::pod_unschedulable);
    f.pods.clear();
    f.ask(1500ms, Cause::pods);
    EXPECT_EQ(f.ask(3s).desired, Replicas(1));  // polled by now, and spec is still 0
  }
}

TEST(IdleTimeout, AnUnschedulablePodDoesNotHinderShrinking) {
  Asked f(k081);
  f.replicas(2);
  f.pods = {{.id = 1,
             .phase = PodPhase::pending,
             .ready = Condition::no,
             .deleting = false,
             .unschedulable = true,
             .created = kStart}};
  f.ask(0s, Cause::start);
  EXPECT_EQ(f.ask(1s).desired, Replicas(0));
}

TEST(IdleTimeout, WaitsForTheFunctionsItDependsOn) {
  Asked f(with_peers(spec_of(k081, {{"DependsOn", "db, store"}}),
                     {{"db", params_of({{"ReplicasAtStart", "2"}})}, {"store", {}}, {"web", {}}}));
  EXPECT_EQ(f.policy->wants().peers.size(), 2u);  // web does not matter
  f.peers = {{.id = 10, .ready = Replicas(1), .last_activity = {}},
             {.id = 11, .ready = Replicas(1), .last_activity = {}}};
  f.called(0s);
  f.ask(0s, Cause::start);
  const Decision pass = f.ask(1s);
  EXPECT_EQ(pass.desired, std::nullopt);
  EXPECT_EQ(to_words(pass.why), "a dependency has 1 of the 2 ready replicas it needs");
  EXPECT_EQ(pass.ask_again, kStart + 2s);

  f.peers[0].ready = Replicas(2);
  EXPECT_EQ(f.ask(1500ms, Cause::pods).desired, std::nullopt);
  EXPECT_EQ(f.ask(2s).desired, std::nullopt);  // not polled yet
  EXPECT_EQ(f.ask(3s).desired, Replicas(1));
}

TEST(IdleTimeout, DependingOnItselfItNeverLeavesZero) {
  Asked f(k081, {{"DependsOn", "llm"}});
  f.called(0s);
  f.ask(0s, Cause::start);
  EXPECT_EQ(f.ask(3s).why.code, ReasonCode::dependency_not_ready);
}

TEST(IdleTimeout, ACallOfWhatDependsOnItIsACall) {
  Asked f(with_peers(spec_of(k081), {{"web", params_of({{"DependsOn", "llm"}})}, {"other", {}}}));
  ASSERT_EQ(f.policy->wants().peers.size(), 1u);
  f.peers = {{.id = 10, .ready = Replicas(0), .last_activity = {}}};
  f.ask(0s, Cause::start);
  EXPECT_EQ(f.ask(1s).ask_again, kStart + 2s);  // a peer's call comes without a poke
  f.peers[0].last_activity = kStart + 1500ms;
  EXPECT_EQ(f.ask(2s).desired, Replicas(1));
}

TEST(IdleTimeout, CallsOfAnyFunctionCountWhereAnnotatedSo) {
  Asked f(with_peers(spec_of(k081, {{"ReplicasStartAsSoonAsOneFunctionRetrieveARequest", "true"}}),
                     {{"web", {}}}));
  f.peers = {{.id = 10, .ready = Replicas(0), .last_activity = kStart}};
  f.ask(0s, Cause::start);
  EXPECT_EQ(f.ask(1s).desired, Replicas(1));
}

TEST(IdleTimeout, AWakeUpOfTheScheduleIsACall) {
  Asked f(k081, {{"Schedule.TimeZoneID", "UTC"},
                 {"Schedule.Default.WakeUp.0", "07:00"},
                 {"TimeoutSecondBeforeSetReplicasMin", "60"}});
  f.ask(0s, Cause::start);
  const Decision night = f.ask(1s);
  EXPECT_EQ(night.desired, std::nullopt);
  EXPECT_EQ(night.ask_again, kStart + 7h);
  EXPECT_EQ(f.ask(7h).desired, Replicas(1));
}

TEST(IdleTimeout, TheScheduleChangesTheTimeout) {
  Asked f(k081, {{"Schedule.TimeZoneID", "UTC"},
                 {"Schedule.Default.ScaleDownTimeout.0.Time", "00:10"},
                 {"Schedule.Default.ScaleDownTimeout.0.Value", "60"},
                 {"TimeoutSecondBeforeSetReplicasMin", "3600"}});
  f.replicas(1);
  f.called(0s);
  f.ask(0s, Cause::start);
  EXPECT_EQ(f.ask(1s).ask_again, kStart + 601s);  // in force right after 00:10
  EXPECT_EQ(f.ask(600s).desired, std::nullopt);
  EXPECT_EQ(f.ask(601s).desired, Replicas(0));
}

TEST(IdleTimeout, WhatIsSavedIsRestoredAndNewerCallsWin) {
  SavedState kept;
  Asked before(with_peers(spec_of(k081), {{"web", params_of({{"DependsOn", "llm"}})}}));
  before.peers = {{.id = 10, .ready = Replicas(0), .last_activity = kStart + 20s}};
  before.called(10s);
  before.ask(30s, Cause::start);
  before.called(35s);  // seen by look(), not by a question
  before.seen.now = kStart + 40s;
  before.policy->look(before.seen);
  StateWriter writer(kept);
  before.policy->save(writer);
  EXPECT_EQ(kept.version, 1);
  EXPECT_EQ(kept.fields.at("last_call"), (kStart + 35s).ns());
  EXPECT_EQ(kept.fields.at("last_call.web"), (kStart + 20s).ns());

  Asked after(k081);
  ASSERT_TRUE(after.policy->restore(StateReader(kept)));
  after.replicas(1);
  after.ask(50s, Cause::start);
  EXPECT_EQ(after.ask(51s).ask_again, kStart + 336s);  // first pass past 35 s + 300 s
  after.called(100s);
  EXPECT_EQ(after.ask(336s).ask_again, kStart + 401s);
  after.called(20s);  // older than what was restored
  EXPECT_EQ(after.ask(400s).desired, Replicas(0));
}

TEST(IdleTimeout, AnUnknownStateIsLeftAlone) {
  Asked f(k081);
  const SavedState unknown{.version = 2, .fields = {{"last_call", kStart.ns()}}};
  EXPECT_FALSE(f.policy->restore(StateReader(unknown)));
  f.replicas(1);
  f.ask(0s, Cause::start);
  EXPECT_EQ(f.ask(1s).desired, Replicas(0));  // as if never called
}

TEST(IdleTimeout, ReconfiguredItKeepsItsStateAndItsGrid) {
  Asked f(k081);
  const SavedState kept{.version = 1, .fields = {{"last_call", kStart.ns()}}};
  ASSERT_TRUE(f.policy->restore(StateReader(kept)));
  f.replicas(1);
  f.ask(500ms, Cause::start);
  const Spec shorter = spec_of(k081, {{"TimeoutSecondBeforeSetReplicasMin", "10"}});
  f.policy->reconfigure(shorter, f.diagnostics);
  EXPECT_EQ(f.ask(1500ms).ask_again, kStart + 10500ms);
  EXPECT_EQ(f.ask(10500ms).desired, Replicas(0));
}

TEST(IdleTimeout, ReconfiguredItPollsAnew) {
  Asked f(k081);
  f.called(0s);
  f.ask(0s, Cause::start);
  const Spec depends = with_peers(spec_of(k081, {{"DependsOn", "db"}}), {{"db", {}}});
  f.policy->reconfigure(depends, f.diagnostics);
  EXPECT_EQ(f.policy->wants().peers.size(), 1u);
  f.peers = {{.id = 10, .ready = Replicas(1), .last_activity = {}}};
  EXPECT_EQ(f.ask(1s).desired, Replicas(1));  // db is ready in this poll, and was not asked before
}

}  // namespace idle_timeout_test
}  // namespace thaw
