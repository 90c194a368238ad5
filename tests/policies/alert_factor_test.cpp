// alert_factor: the counter, the rule, the group, and the steps that come of them.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "policies/openfaas/alerting.hpp"
#include "policies/openfaas/scraped_counter.hpp"
#include "tests/policies/shown.hpp"

namespace thaw {

PolicyInfo alert_factor_policy();

namespace alert_factor_test {

Load completed(Duration after, double a_second) {
  Load report{.at = kStart + after};
  report.completions = a_second;
  return report;
}

using Steps = std::vector<std::pair<Duration, std::int32_t>>;

// Runs the policy under a load of so many completions a second, asked whenever it wants to be and
// at each multiple of `often`; what it writes holds at once.
struct Story {
  explicit Story(Settings settings) : shown(alert_factor_policy, settings) {}

  void run(double a_second, Duration until, Duration often = 0s) {
    for (; now < until; now += 100ms) {
      if (now % 1s == 0s && now > 0s) shown.reports.push_back(completed(now, a_second));
      const bool first = now == 0s, due = kStart + now >= ask_again;
      if (first || due || (often > 0s && now % often == 0s)) ask(first);
    }
  }
  void ask(bool first) {
    const Decision decision = shown.ask(now, first ? Cause::start : Cause::timer);
    ++questions;
    ask_again = decision.ask_again;
    if (!decision.desired) return;
    steps.emplace_back(now, decision.desired->count);
    shown.replicas(decision.desired->count);
    why = decision.why;
  }

  Shown shown;
  Duration now{0};
  TimePoint ask_again = TimePoint::never();
  Steps steps;
  Reason why;
  int questions = 0;
};

const Settings kSeed{{"edition", "classic"}, {"min", "12"}, {"max", "100"}, {"factor", "40"}};

// The scrapes at 10 and 15 s make the rate at 15 s: 6 a second, pending. At 30 s it fires, at 35 s
// it is told, and again at 75 and 115 s: at 65 s the last time is exactly 30 s ago, and not longer.
// The load ends at 116 s; at 120 s the rate is 6 / 5 s = 1.2, and the flush at 125 s tells the end.
TEST(AlertFactor, StepsUpFromTwelveToAHundredAndBack) {
  Story story(kSeed);
  story.shown.replicas(12);
  story.run(6, 117s);
  story.run(0, 300s);
  EXPECT_EQ(story.steps, (Steps{{35s, 52}, {75s, 92}, {115s, 100}, {125s, 12}}));
}

TEST(AlertFactor, SaysWhatItAdds) {
  Story story(kSeed);
  story.shown.replicas(12);
  story.run(6, 36s);
  EXPECT_EQ(to_words(story.why), "6 completions/s > 5: 12 + 40 → 52");
  story.run(0, 300s);
  EXPECT_EQ(to_words(story.why), "the alert is resolved → min 12");
}

TEST(AlertFactor, FiresOnlyAboveTheThreshold) {
  Story at(kSeed), above(kSeed);
  at.shown.replicas(12), above.shown.replicas(12);
  at.run(5, 300s);
  above.run(5.1, 300s);
  EXPECT_TRUE(at.steps.empty());
  EXPECT_FALSE(above.steps.empty());
}

// ceil(5 / 100 × 10) = 1 a notification, up to 5.
TEST(AlertFactor, TheCommunityEditionStepsByOneUpToFive) {
  Story story({});
  story.shown.replicas(1);
  story.run(100, 300s);
  EXPECT_EQ(story.steps, (Steps{{35s, 2}, {75s, 3}, {115s, 4}, {155s, 5}}));
}

// ceil(20 / 100 × 20) = 4.
TEST(AlertFactor, TheClassicDefaultsAreOneTwentyAndTwenty) {
  Story story({{"edition", "classic"}});
  story.shown.replicas(1);
  story.run(100, 80s);
  EXPECT_EQ(story.steps, (Steps{{35s, 5}, {75s, 9}}));
}

TEST(AlertFactor, WithoutItsCapTheCommunityEditionGoesFurther) {
  Story story({{"ce-cap", "none"}, {"max", "50"}, {"factor", "100"}});
  story.shown.replicas(1);
  story.run(100, 40s);
  EXPECT_EQ(story.steps, (Steps{{35s, 50}}));
}

TEST(AlertFactor, AFactorOfZeroHoldsTheMinimum) {
  Story story({{"edition", "classic"}, {"factor", "0"}, {"min", "2"}});
  story.shown.replicas(7);
  story.run(100, 40s);
  EXPECT_EQ(story.steps, (Steps{{35s, 2}}));
}

TEST(AlertFactor, SleepingIsNotObservable) {
  for (const Duration often : {Duration(100ms), Duration(1s), Duration(7s)}) {
    Story asleep(kSeed), awake(kSeed);
    for (Story* story : {&asleep, &awake}) {
      story->shown.replicas(12);
      const Duration extra = story == &awake ? often : 0s;
      story->run(8, 90s, extra);
      story->run(0, 140s, extra);
      story->run(30, 260s, extra);
      story->run(2, 400s, extra);
    }
    EXPECT_EQ(asleep.steps, awake.steps);
    EXPECT_GE(asleep.steps.size(), 5u);
    EXPECT_LT(asleep.questions, 80);
  }
}

// Nothing of the load is lost if it is shown by look() alone.
TEST(AlertFactor, CountsWhatItSeesWithoutAQuestion) {
  Shown f(alert_factor_policy, kSeed);
  f.replicas(12);
  f.ask(0s, Cause::start);
  for (int s = 1; s <= 35; ++s) {
    f.reports.push_back(completed(s * 1s, 6));
    f.look(s * 1s);
  }
  EXPECT_EQ(f.ask(35s).desired, Replicas(52));
}

// A report of second 15 that comes at 16 s belongs to the scrape at 15 s.
TEST(AlertFactor, ALateReportGoesToItsOwnSecond) {
  const auto rate_at_20 = [](bool late) {
    ScrapedCounter counter;
    counter.begin(kStart, 5s, 10s);
    for (int s = 1; s <= 20; ++s) {
      if (s == 15 && late) continue;
      counter.add(completed(s * 1s, s == 15 ? 50 : 5));
      if (s == 16 && late) counter.add(completed(15s, 50));
    }
    return counter.rate(kStart + 20s);
  };
  EXPECT_DOUBLE_EQ(*rate_at_20(false), 5);  // (15, 20] only: 25 / 5 s
  EXPECT_DOUBLE_EQ(*rate_at_20(true), 5);
}

TEST(ScrapedCounter, NeedsTwoSamplesOfASeriesThatIsThere) {
  ScrapedCounter counter;
  counter.begin(kStart, 5s, 10s);
  EXPECT_EQ(counter.rate(kStart + 15s), std::nullopt);  // nothing was ever completed
  counter.add(completed(20s, 7));
  EXPECT_EQ(counter.rate(kStart + 20s), std::nullopt);  // the first sample: 7 out of nothing
  EXPECT_DOUBLE_EQ(*counter.rate(kStart + 25s), 0);
}

// At 17 s the window of 20 s has the samples 20, 40 and 60 of 5, 10 and 15 s. It begins 8 s before
// the first, more than 1.1 gaps of 5 s: half a gap counts there, and at its end the whole 2 s.
// 40 × (10 + 2.5 + 2) / 10 / 20 s = 2.9.
TEST(ScrapedCounter, StretchesToTheEndsOfTheWindow) {
  ScrapedCounter counter;
  counter.begin(kStart, 5s, 20s);
  for (int s = 1; s <= 15; ++s) counter.add(completed(s * 1s, 4));
  EXPECT_DOUBLE_EQ(*counter.rate(kStart + 17s), 2.9);
}

// Samples of 1 and 41 at 10 and 15 s: the count was zero 5 s × 1/40 = 0.125 s before the first, and
// no further back does it stretch: 40 × (5 + 0.125) / 5 / 10 s = 4.1.
TEST(ScrapedCounter, DoesNotStretchBelowACountOfZero) {
  ScrapedCounter counter;
  counter.begin(kStart, 5s, 10s);
  counter.add(completed(10s, 1));
  counter.add(completed(11s, 40));
  EXPECT_DOUBLE_EQ(*counter.rate(kStart + 15s), 4.1);
}

TEST(AlertRule, FiresOnceItHeldLongEnough) {
  AlertRule rule;
  rule.hold(20s);
  EXPECT_EQ(rule.evaluate(kStart, true), std::nullopt);
  EXPECT_EQ(rule.evaluate(kStart + 15s, true), std::nullopt);
  EXPECT_EQ(rule.evaluate(kStart + 30s, true), AlertStatus::firing);
  EXPECT_EQ(rule.fired_at(), kStart + 30s);
  EXPECT_EQ(rule.evaluate(kStart + 45s, false), AlertStatus::resolved);
}

TEST(AlertRule, BeginsAnewAfterAGap) {
  AlertRule rule;
  rule.hold(15s);
  EXPECT_EQ(rule.evaluate(kStart, true), std::nullopt);
  EXPECT_EQ(rule.evaluate(kStart + 15s, false), std::nullopt);
  EXPECT_EQ(rule.evaluate(kStart + 30s, true), std::nullopt);
  EXPECT_EQ(rule.evaluate(kStart + 45s, true), AlertStatus::firing);
}

TEST(AlertRule, IsSentAgainAfterAMinute) {
  AlertRule rule;
  rule.hold(0s);
  std::vector<int> sent;
  for (int s = 0; s <= 150; s += 15) {
    if (rule.evaluate(kStart + s * 1s, s < 60)) sent.push_back(s);
  }
  EXPECT_EQ(sent, (std::vector<int>{0, 60, 135}));  // fires; resolved; more than 60 s later
}

TEST(NotificationGroup, TellsChangesAtItsOwnFlushes) {
  NotificationGroup group;
  group.begin(kStart, {5s, 10s, 30s});
  EXPECT_EQ(group.due(), TimePoint::never());
  group.insert(AlertStatus::firing, kStart + 1s, kStart + 1s);
  EXPECT_EQ(group.due(), kStart + 6s);
  EXPECT_EQ(group.flush(), AlertStatus::firing);
  EXPECT_EQ(group.flush(), std::nullopt);  // 16 s
  group.insert(AlertStatus::resolved, kStart + 1s, kStart + 17s);
  EXPECT_EQ(group.flush(), AlertStatus::resolved);  // 26 s
  EXPECT_TRUE(group.empty());
  // Still there: the next alert waits for the flush at 36 s and not for 5 s.
  group.insert(AlertStatus::firing, kStart + 27s, kStart + 27s);
  EXPECT_EQ(group.due(), kStart + 36s);
}

TEST(NotificationGroup, AnAlertThatWentBeforeItsFlushIsNeverTold) {
  NotificationGroup group;
  group.begin(kStart, {5s, 10s, 30s});
  group.insert(AlertStatus::firing, kStart + 1s, kStart + 1s);
  group.insert(AlertStatus::resolved, kStart + 1s, kStart + 3s);
  EXPECT_EQ(group.flush(), std::nullopt);
  EXPECT_TRUE(group.empty());
}

TEST(NotificationGroup, GoesOnceItIsFoundEmpty) {
  NotificationGroup group;
  group.begin(kStart, {5s, 10s, 30s});
  group.insert(AlertStatus::firing, kStart, kStart);
  group.flush();
  group.insert(AlertStatus::resolved, kStart, kStart + 10s);
  group.flush();
  EXPECT_EQ(group.maintenance_due(), kStart + 30s);
  group.maintain();
  EXPECT_EQ(group.due(), TimePoint::never());
  group.insert(AlertStatus::firing, kStart + 31s, kStart + 31s);
  EXPECT_EQ(group.due(), kStart + 36s);  // group_wait anew
  EXPECT_EQ(group.flush(), AlertStatus::firing);
}

TEST(AlertFactor, TheCommunityEditionPutsZeroBackToOneAndSixBackToFive) {
  Shown f(alert_factor_policy);
  f.replicas(0);
  EXPECT_EQ(f.ask(0s, Cause::start).desired, Replicas(1));
  f.replicas(6);
  EXPECT_EQ(f.ask(1s, Cause::pods).desired, Replicas(5));
  Shown classic(alert_factor_policy, {{"edition", "classic"}});
  classic.replicas(0);
  EXPECT_EQ(classic.ask(0s, Cause::start).desired, std::nullopt);
  classic.replicas(30);
  EXPECT_EQ(classic.ask(1s, Cause::pods).desired, std::nullopt);
}

TEST(AlertFactor, TheGatewayWakesAFunctionToItsMinimum) {
  Shown f(alert_factor_policy, {{"edition", "classic"}, {"min", "3"}});
  f.replicas(0);
  f.ask(0s, Cause::start);
  f.called(500ms);
  EXPECT_EQ(f.ask(500ms, Cause::arrival_at_zero).desired, Replicas(3));
}

TEST(AlertFactor, RefusesWhatTheCommunityEditionRefuses) {
  const auto refused = [](const char* key, const char* value) {
    return Shown(alert_factor_policy, {{key, value}})
        .complains("alert_factor." + std::string(key) + ": refused by OpenFaaS CE");
  };
  EXPECT_TRUE(refused("max", "6"));
  EXPECT_TRUE(refused("min", "6"));
  EXPECT_TRUE(refused("zero", "true"));
  EXPECT_TRUE(refused("zero-duration", "15m"));
  EXPECT_TRUE(refused("target", "50"));
  EXPECT_TRUE(refused("type", "rps"));
  EXPECT_EQ(Shown(alert_factor_policy, {{"max", "5"}, {"zero", "false"}}).problem(), "");
  EXPECT_TRUE(Shown(alert_factor_policy, {{"factor", "0"}}).complains("found \"0\""));
  EXPECT_TRUE(Shown(alert_factor_policy, {{"window", "10"}}).complains("found \"10\""));
  EXPECT_TRUE(Shown(alert_factor_policy, {{"treshold", "5"}}).complains("did you mean threshold?"));
}

TEST(AlertFactor, NotesWhatHasNoEffectInClassicGateways) {
  Shown f(alert_factor_policy, {{"edition", "classic"}, {"max", "100"}, {"zero", "true"}});
  EXPECT_EQ(f.problem(), "");
  ASSERT_EQ(f.diagnostics.notices().size(), 1u);
  EXPECT_NE(f.diagnostics.notices()[0].find("label zero has no effect"), std::string::npos);
}

TEST(AlertFactor, NotesThatTheSharedGroupIsNotModelled) {
  const auto notices = [](Settings settings) {
    const Spec spec = with_peers(spec_of({}, settings), {{"other", {}}});
    Diagnostics diagnostics;
    alert_factor_policy().make(spec, diagnostics);
    return diagnostics.notices().size();
  };
  EXPECT_EQ(notices({}), 1u);
  EXPECT_EQ(notices({{"shared-group", "false"}}), 0u);
}

// Prometheus and Alertmanager come back empty: the alert has to hold for 15 s once more.
TEST(AlertFactor, ForgetsItsAlertOverARestart) {
  Story story(kSeed);
  story.shown.replicas(12);
  story.run(6, 40s);
  EXPECT_EQ(story.steps, (Steps{{35s, 52}}));
  EXPECT_TRUE(story.shown.restart());
  story.ask(true);  // at 40 s
  story.run(6, 80s);
  EXPECT_EQ(story.steps, (Steps{{35s, 52}, {75s, 92}}));  // 40 s + 35 s
  EXPECT_FALSE(story.shown.restart(1));
}

TEST(AlertFactor, ReconfiguredItKeepsItsAlert) {
  Story story(kSeed);
  story.shown.replicas(12);
  story.run(6, 40s);
  Spec other = story.shown.spec;
  other.params.set("max", "60", {});
  story.shown.policy->reconfigure(other, story.shown.diagnostics);
  story.run(6, 80s);
  EXPECT_EQ(story.steps, (Steps{{35s, 52}, {75s, 60}}));
}

}  // namespace alert_factor_test
}  // namespace thaw
