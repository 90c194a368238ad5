// thaw: what it needs to know, how many it keeps, for how long, and why.
#include <gtest/gtest.h>

#include <vector>

#include "policies/demand/erlang.hpp"
#include "tests/policies/story.hpp"

namespace thaw {

PolicyInfo thaw_policy();

namespace thaw_test {

// A replica costs 3.6 an hour, 0.001 a second; a start from zero takes 100 s and costs as much.
const Settings kPriced = {{"price", "3.6"}, {"cold-start", "100s"}};

Params with(Settings settings) {
  Params params = params_of(kPriced);
  for (const auto& [key, value] : settings) params.set(key, value, {});
  return params;
}

struct ThawStory : Story {
  explicit ThawStory(Settings settings = {}, Duration cold = 0s, Duration often = 24h)
      : Story(thaw_policy, kPriced, cold, often) {
    shown.spec.params = with(settings);
    shown.diagnostics = {};
    shown.policy = thaw_policy().make(shown.spec, shown.diagnostics);
  }
};

TEST(Thaw, HasToKnowPriceAndColdStart) {
  const Shown without(thaw_policy);
  EXPECT_TRUE(without.complains("thaw.price: has to be set for f"));
  EXPECT_TRUE(without.complains("thaw.cold-start: has to be set for f"));
  EXPECT_EQ(Shown(thaw_policy, kPriced).problem(), "");
}

TEST(Thaw, KnowsThemFromTheLevelsOfItsFunction) {
  Spec spec;
  spec.params = params_of({{"from-zero", "cost"}});
  spec.levels = {{"off", Distribution::constant(40s), 0, 0.3},
                 {"serving", Distribution::constant(0s), 0.002, 0}};
  Diagnostics diagnostics;
  const auto policy = thaw_policy().make(spec, diagnostics);
  EXPECT_TRUE(diagnostics.ok());
  Observation seen{};
  seen.now = kStart;
  seen.cause = Cause::start;
  seen.spec = seen.ready = Replicas(1);
  const Decision decision = policy->decide(seen);
  // 0.3 / 0.002 = 150 s of keeping.
  EXPECT_EQ(to_words(decision.why),
            "idle instances stay for 150 s; a start costs as much as 150 s");
}

TEST(Thaw, RefusesNonsense) {
  const auto problem = [](Settings settings) {
    ThawStory story(settings);
    return story.shown.problem();
  };
  EXPECT_NE(problem({{"at", "1"}}).find("found \"1\""), std::string::npos);
  EXPECT_NE(problem({{"from-zero", "no"}}).find("budget"), std::string::npos);
  EXPECT_NE(problem({{"min", "20"}}).find("at most max 10"), std::string::npos);
  EXPECT_NE(problem({{"slo", "2"}}).find("found \"2\""), std::string::npos);
}

// Without history: a start costs as much as 100 s of keeping, from when it was first seen to serve.
TEST(Thaw, LetsGoAtBreakEvenWithoutHistory) {
  ThawStory story({{"from-zero", "cost"}});
  story.run(0, 0, 10s);
  story.run(1, 1, 11s);
  story.run(0, 0, 400s);
  EXPECT_EQ(story.steps, (Steps{{10s, 1}, {111s, 0}}));
  EXPECT_EQ(story.due, TimePoint::never());
}

// One in flight all the time: a load of one server, by Little's law of work 1 / rate. The fewest
// with P(wait > 2 s) <= 5 % by Erlang C.
TEST(Thaw, HasTheFewestReplicasThatKeepThePromise) {
  for (const double rate : {0.9, 2.0}) {
    ThawStory story;
    story.shown.replicas(1);
    story.run(rate, 1, 2h);
    EXPECT_EQ(story.shown.seen.spec.count, erlang::least_servers(1, 2 * rate, 0.05, 0, 10)) << rate;
  }
  // A shorter promise needs more.
  ThawStory strict({{"slo", "100ms"}, {"at", "0.99"}});
  strict.shown.replicas(1);
  strict.run(2, 1, 2h);
  EXPECT_EQ(strict.shown.seen.spec.count, erlang::least_servers(1, 0.2, 0.01, 0, 10));
}

TEST(Thaw, WaitingMayHaveAPriceInstead) {
  ThawStory cheap({{"wait-price", "0.01"}}), dear({{"wait-price", "100"}});
  for (ThawStory* story : {&cheap, &dear}) {
    story->shown.replicas(1);
    story->run(0.5, 1, 2h);
  }
  EXPECT_LT(cheap.shown.seen.spec.count, dear.shown.seen.spec.count);
}

// There is no promise that one would stay for: the function goes, unless somebody says so.
TEST(Thaw, WherePromisedNothingNobodyStays) {
  ThawStory priced({{"wait-price", "1"}}), stays({{"wait-price", "1"}, {"from-zero", "never"}});
  for (ThawStory* story : {&priced, &stays}) {
    story->shown.replicas(1);
    story->run(0, 0, 10h);
  }
  EXPECT_EQ(priced.replicas(), 0);
  EXPECT_EQ(stays.replicas(), 1);
}

// 60 wait at zero, one more each second, and nothing is known of their work: taken for a second,
// so that after a start of 100 s there are 160. Worked off in sqrt(2 × 1 s × 100 s / price), price
// in a replica's (3.6 an hour): sqrt(200) = 14.1 s at 3.6, so 1 + 160 / 14.1 = 12.3 servers; half
// of the root at four times the price.
TEST(Thaw, WorksOffABacklogTheFasterTheDearerItsWaitIs) {
  const auto asked = [](const char* price) {
    ThawStory story({{"wait-price", price}, {"max", "100"}}, 100s);
    story.run(1, 0, 60s, 60);
    return story.replicas();
  };
  EXPECT_NEAR(asked("3.6"), 13, 1);
  EXPECT_NEAR(asked("14.4"), 24, 1);
  EXPECT_LE(asked("0.036"), 3);
  ThawStory promised({{"max", "100"}}, 100s);
  promised.run(1, 0, 60s, 60);
  EXPECT_EQ(promised.replicas(), 1) << "a promise waits until the work is known";
}

TEST(Thaw, StaysWithinMinAndMax) {
  ThawStory story({{"min", "2"}, {"max", "3"}});
  story.shown.replicas(2);
  story.run(40, 40, 10min);
  EXPECT_EQ(story.shown.seen.spec, Replicas(3));
  EXPECT_EQ(static_cast<Limit>(story.why.number[4]), Limit::max);
  story.run(0, 0, 10h);
  EXPECT_EQ(story.shown.seen.spec, Replicas(2));
}

// A cold start of 100 s is longer than the promise of 2 s.
TEST(Thaw, NeverFromZeroKeepsOneAndSaysWhy) {
  ThawStory story;
  story.shown.replicas(1);
  story.run(0, 0, 10h);
  EXPECT_EQ(story.shown.seen.spec, Replicas(1));
  EXPECT_EQ(to_words(story.why),
            "1 replicas cost 3.6 an hour, wait 0 s (promise 2 s); one stays, for a start from zero "
            "takes 100 s");
  ThawStory quick({{"slo", "2min"}});  // there it keeps the promise
  quick.shown.replicas(1);
  quick.run(0, 0, 10h);
  EXPECT_EQ(quick.shown.seen.spec, Replicas(0));
}

// A minute of calls every 6 to 12 min. Gone after 100 s at first; then the idle times are known,
// and as each ends in a cold start that breaks the promise, it stays.
TEST(Thaw, LearnsTheIdleTimesThatBreakThePromise) {
  ThawStory story({{"from-zero", "budget"}}, 100s), cost({{"from-zero", "cost"}}, 100s);
  for (ThawStory* one : {&story, &cost}) {
    one->every = 3s;
    for (int i = 0; i < 30; ++i) {
      one->run(1, 1, one->now + 1min);
      one->run(0, 0, one->now + 5min + i * 5 % 7 * 1min);
    }
  }
  EXPECT_LE(story.steps.size(), 16u);
  EXPECT_EQ(story.shown.seen.spec, Replicas(1));
  EXPECT_GE(cost.steps.size(), 58u);  // up and down each time
}

// The same each hour: back a cold start ahead of the call, so that it finds a replica.
TEST(Thaw, IsBackAheadOfACallThatIsForeseen) {
  ThawStory story({{"from-zero", "budget"}}, 100s);
  story.every = 3s;
  int late = 0;
  for (int i = 0; i < 40; ++i) {
    story.run(1, 1, story.now + 1s);
    if (i >= 12) late += story.shown.seen.ready.count == 0;
    story.run(1, 1, story.now + 1min);
    story.run(0, 0, story.now + 59min);
  }
  EXPECT_EQ(late, 0);
  // Every hour down and up again: it is not simply kept.
  EXPECT_GE(story.steps.size(), 60u);
}

TEST(Thaw, SleepingIsNotObservable) {
  const auto steps = [](Duration often) {
    ThawStory story({{"from-zero", "budget"}}, 20s, often);
    for (int i = 0; i < 14; ++i) {
      story.run(1 + i % 3, static_cast<std::uint32_t>(1 + i % 4), story.now + 40s + i * 7s);
      story.run(0, 0, story.now + 20min + i % 5 * 3min);
    }
    return story.steps;
  };
  const Steps asleep = steps(24h);
  EXPECT_EQ(asleep, steps(1s));
  EXPECT_EQ(asleep, steps(7s));
  EXPECT_GT(asleep.size(), 6u);
}

TEST(Thaw, KeepsWhatItLearnedOverARestart) {
  ThawStory story({{"from-zero", "budget"}}, 20s), restarted({{"from-zero", "budget"}}, 20s);
  for (int i = 0; i < 16; ++i)
    for (ThawStory* one : {&story, &restarted}) {
      one->run(1, 1, one->now + 60s);
      one->run(0, 0, one->now + 20min);
    }
  const std::size_t before = restarted.steps.size();
  ASSERT_TRUE(restarted.shown.restart());
  restarted.shown.seen.cause = Cause::start;
  for (int i = 0; i < 6; ++i)
    for (ThawStory* one : {&story, &restarted}) {
      one->run(1, 1, one->now + 60s);
      one->run(0, 0, one->now + 20min);
    }
  EXPECT_GT(restarted.steps.size(), before);
  EXPECT_EQ(restarted.steps, story.steps);
  EXPECT_FALSE(restarted.shown.restart(1));
}

}  // namespace thaw_test
}  // namespace thaw
