// capacity: the three loads, the formula, the idle rule and the way back from zero.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "policies/openfaas/scraped_peak.hpp"
#include "tests/policies/shown.hpp"

namespace thaw {

PolicyInfo capacity_policy();

namespace capacity_test {

// Asked each second; what it writes holds at once, and what is asked for is ready at once.
struct Story {
  explicit Story(Settings settings) : shown(capacity_policy, settings) {
    shown.replicas(1);
    answer = shown.ask(0s, Cause::start);
  }
  void run(double completions, double in_flight, Duration until) {
    while (now < until) {
      now += 1s;
      Load report{.at = kStart + now};
      report.completions = completions;
      report.concurrency = in_flight;
      shown.reports.push_back(report);
      if (completions > 0 || in_flight > 0) shown.called(now);
      const bool due = answer.ask_again <= kStart + now;
      answer = shown.ask(now);
      EXPECT_TRUE(due || !answer.desired);
      if (!answer.desired) continue;
      steps.emplace_back(now, answer.desired->count);
      why = answer.why;
      shown.replicas(answer.desired->count);
    }
  }

  Shown shown;
  Duration now{0};
  Decision answer;
  Reason why;
  std::vector<std::pair<Duration, std::int32_t>> steps;
};

using Steps = std::vector<std::pair<Duration, std::int32_t>>;

// 100 a second. At 15 s there are the scrapes of 5, 10 and 15 s, and half a gap before them:
// 1000 × (10 + 2.5) / 10 / 30 s = 41.7, and ceil(42 / (50 × 0.9)) = 1. At 30 s the six scrapes
// reach over the whole window: 2500 × 30 / 25 / 30 s = 100, and ceil(100 / 45) = 3.
TEST(Capacity, FollowsTheRate) {
  Story story({});
  story.run(100, 10, 60s);
  EXPECT_EQ(story.steps, (Steps{{30s, 3}}));
  EXPECT_EQ(to_words(story.why), "1 × 100 a replica / (target 50 × 0.9) → 3");
}

// 20.5 in flight, as a scrape shows them: ceil(21 / (5 × 0.7)) = 6. They count for 45 s after 29 s,
// the last scrape of which is at 25 s: at 60 s they do, at 75 s they do not.
TEST(Capacity, FollowsTheMostInFlight) {
  Story story({{"type", "capacity"}, {"target", "5"}, {"target-proportion", "0.7"}});
  story.run(0, 20.5, 29s);
  story.run(0, 0, 90s);
  EXPECT_EQ(story.steps, (Steps{{15s, 6}, {75s, 1}}));
}

// 3 pods with 400, 500 and 600 thousandths of a core: ceil(1500 / (500 × 0.9)) = ceil(3.33) = 4.
TEST(Capacity, FollowsTheProcessors) {
  Shown f(capacity_policy, {{"type", "cpu"}, {"target", "500"}});
  const Wants wants = f.policy->wants();
  ASSERT_EQ(wants.metrics.size(), 1u);
  EXPECT_EQ(wants.metrics[0].source, MetricSource::resource);
  EXPECT_EQ(wants.metrics[0].name, "cpu");
  EXPECT_FALSE(wants.load);
  f.replicas(3);
  f.ask(0s, Cause::start);
  const std::vector<PodSample> used{{.pod = 1, .value = 400, .taken = kStart},
                                    {.pod = 2, .value = 500, .taken = kStart},
                                    {.pod = 3, .value = 600, .taken = kStart}};
  f.metrics = {{.presence = Presence::ok, .taken = kStart, .series = {}, .pods = used}};
  EXPECT_EQ(f.ask(15s).desired, Replicas(4));
  for (const Presence presence : {Presence::error, Presence::nan}) {
    f.metrics[0].presence = presence;
    EXPECT_EQ(f.ask(presence == Presence::nan ? 40s : 30s).desired, std::nullopt);
  }
  f.metrics[0] = {.presence = Presence::ok, .taken = kStart, .series = {}, .pods = {}};
  EXPECT_EQ(f.ask(45s).desired, std::nullopt);  // an empty answer is no load of zero
}

TEST(Capacity, StaysWithinMinAndMax) {
  Story story({{"min", "2"}, {"max", "6"}});
  story.run(4000, 10, 31s);
  EXPECT_EQ(story.steps, (Steps{{15s, 6}}));
  // 40000 × 12.5 / 10 / 30 s = 1666.7
  EXPECT_EQ(to_words(story.why), "1 × 1667 a replica / (target 50 × 0.9) → 6; limit max 6");
  story.run(1, 1, 75s);
  EXPECT_EQ(story.steps.back(), (std::pair<Duration, std::int32_t>(60s, 2)));
  EXPECT_EQ(story.why.number[5], static_cast<double>(Limit::min));
}

TEST(Capacity, IsStaticWhereMinIsMax) {
  Story story({{"min", "3"}, {"max", "3"}});
  story.run(4000, 10, 60s);
  EXPECT_EQ(story.steps, (Steps{{15s, 3}}));
  EXPECT_EQ(to_words(story.why), "fixed at 3");
}

// At 75 s the rate is 1015 / 25 s: ceil(41 / 45) = 1. 3 was wanted at 60 s for the last time, and
// that counts for 40 s: at 90 s, no longer at 105 s.
TEST(Capacity, GoesDownNoFurtherThanTheHighestOfTheWindow) {
  Story soon({}), late({{"down.window", "40s"}});
  for (Story* story : {&soon, &late}) {
    story->run(100, 10, 60s);
    story->run(1, 1, 120s);
  }
  EXPECT_EQ(soon.steps, (Steps{{30s, 3}, {75s, 1}}));
  EXPECT_EQ(late.steps, (Steps{{30s, 3}, {105s, 1}}));
}

TEST(Capacity, GoesToZeroOnceIdle) {
  Story story({{"zero", "true"}, {"zero-duration", "1m"}});
  story.run(10, 1, 20s);
  story.run(0, 0, 200s);
  EXPECT_EQ(story.steps, (Steps{{90s, 0}}));  // 80 s is between two passes
  EXPECT_EQ(to_words(story.why), "no call for 70 s (zero-duration 60 s) → 0");
  EXPECT_EQ(story.answer.ask_again, TimePoint::never());
}

TEST(Capacity, ACallInFlightIsNotIdle) {
  Shown f(capacity_policy, {{"zero", "true"}, {"zero-duration", "1m"}});
  f.replicas(1);
  f.ask(0s, Cause::start);
  f.called(0s);
  f.seen.in_flight = 1;
  EXPECT_EQ(f.ask(90s).desired, std::nullopt);
  f.seen.in_flight = 0;
  EXPECT_EQ(f.ask(105s).desired, Replicas(0));
}

TEST(Capacity, LeavesAFunctionAtZeroUntilItIsCalled) {
  Shown f(capacity_policy, {{"min", "2"}});
  f.replicas(0);
  EXPECT_EQ(f.ask(0s, Cause::start).desired, std::nullopt);
  EXPECT_EQ(f.ask(15s).desired, std::nullopt);
  EXPECT_EQ(f.ask(17s, Cause::arrival_at_zero).desired, Replicas(2));
}

TEST(Capacity, TheIdleClockBeginsAnewOnWaking) {
  Shown f(capacity_policy, {{"zero", "true"}, {"zero-duration", "1m"}});
  f.replicas(0);
  f.ask(0s, Cause::start);
  f.replicas(1);  // by hand, at 100 s; nobody ever called
  f.ask(100s, Cause::pods);
  EXPECT_EQ(f.ask(150s).desired, std::nullopt);
  EXPECT_EQ(f.ask(165s).desired, Replicas(0));
}

TEST(Capacity, LeavesAFunctionWithoutAReadyReplicaAlone) {
  Shown f(capacity_policy);
  f.replicas(4);
  f.seen.ready = Replicas(0);
  f.ask(0s, Cause::start);
  for (int s = 1; s <= 30; ++s) {
    f.reports.push_back({.at = kStart + s * 1s});
    f.reports.back().completions = 1;
  }
  EXPECT_EQ(f.ask(30s).desired, std::nullopt);
  f.seen.ready = Replicas(4);
  EXPECT_EQ(f.ask(45s).desired, Replicas(1));
}

TEST(Capacity, SleepingIsNotObservable) {
  const auto steps = [](Duration often) {
    Shown f(capacity_policy,
            {{"type", "capacity"}, {"target", "3"}, {"zero", "true"}, {"zero-duration", "50s"}});
    f.replicas(1);
    Steps written;
    TimePoint due = kStart;
    for (Duration t = 0s; t <= 600s; t += 500ms) {
      const bool quiet = t > 150s && t < 400s;
      if (t % 1s == 0s && !quiet && f.seen.spec.count > 0) {
        f.reports.push_back({.at = kStart + t, .concurrency = static_cast<double>(t / 10s % 7)});
        f.called(t);
      }
      const bool arrival = t == 400s;
      if (arrival) f.called(t);
      if (kStart + t < due && !arrival && t % often != 0s) continue;
      const Cause cause = t == 0s ? Cause::start : arrival ? Cause::arrival_at_zero : Cause::timer;
      Decision decision = f.ask(t, cause);
      if (decision.desired) {
        written.emplace_back(t, decision.desired->count);
        f.replicas(decision.desired->count);
        decision = f.ask(t, Cause::pods);
      }
      due = decision.ask_again;
    }
    return written;
  };
  const Steps asleep = steps(24h);
  EXPECT_EQ(asleep, steps(500ms));
  EXPECT_EQ(asleep, steps(7s));
  EXPECT_GT(asleep.size(), 6u);
}

TEST(ScrapedPeak, SeesTheSecondThatEndsWithTheScrape) {
  ScrapedPeak peak;
  peak.begin(kStart, 5s, 45s);
  peak.add({.at = kStart + 3s, .concurrency = 99});  // between two scrapes
  EXPECT_EQ(peak.most(kStart + 5s), std::nullopt);
  peak.add({.at = kStart + 4200ms, .concurrency = 2});
  peak.add({.at = kStart + 5s, .concurrency = 3});  // another replica
  EXPECT_EQ(peak.most(kStart + 5s), 5);
  peak.add({.at = kStart + 15s, .concurrency = 1});
  peak.add({.at = kStart + 10s, .concurrency = 8});  // late
  EXPECT_EQ(peak.most(kStart + 9s), 5);
  EXPECT_EQ(peak.most(kStart + 15s), 8);
  EXPECT_EQ(peak.most(kStart + 55s), 1);
}

TEST(Capacity, RefusesWhatItDoesNotModel) {
  EXPECT_TRUE(Shown(capacity_policy, {{"type", "queue"}})
                  .complains("expected one of rps, capacity, cpu, found \"queue\""));
  EXPECT_TRUE(Shown(capacity_policy, {{"type", "custom"}}).complains("found \"custom\""));
  EXPECT_TRUE(Shown(capacity_policy, {{"min", "21"}}).complains("at most max 20"));
  EXPECT_TRUE(Shown(capacity_policy, {{"target-proportion", "1.1"}}).complains("found \"1.1\""));
  EXPECT_TRUE(Shown(capacity_policy, {{"target", "0"}}).complains("found \"0\""));
  EXPECT_TRUE(Shown(capacity_policy, {{"down.window", "6m"}}).complains("at most 5m"));
  EXPECT_TRUE(Shown(capacity_policy, {{"zero-duration", "900"}}).complains("found \"900\""));
  EXPECT_EQ(Shown(capacity_policy, {{"zero-duration", "1h30m"}, {"down.window", "5m"}}).problem(),
            "");
}

// The samples, the recommendations and the idle clock are gone.
TEST(Capacity, ForgetsItsLoadOverARestart) {
  Story story({{"zero", "true"}, {"zero-duration", "1m"}});
  story.run(100, 10, 30s);
  EXPECT_TRUE(story.shown.restart());
  story.shown.ask(80s, Cause::start);
  EXPECT_EQ(story.shown.ask(95s).desired, std::nullopt);   // no rate yet
  EXPECT_EQ(story.shown.ask(125s).desired, std::nullopt);  // 95 s idle, but 45 s known
  EXPECT_EQ(story.shown.ask(140s).desired, Replicas(0));
  EXPECT_FALSE(story.shown.restart(1));
}

}  // namespace capacity_test
}  // namespace thaw
