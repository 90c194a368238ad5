// seasonal and mpc, and the forecasts they live on.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "policies/demand/fourier.hpp"
#include "policies/demand/seasons.hpp"
#include "tests/policies/story.hpp"

namespace thaw {

PolicyInfo seasonal_policy();
PolicyInfo mpc_policy();

namespace forecasts_test {

// --- seasons ---

struct Days {
  Days() {
    seasons.configure(24h, 1h, 0.5);
    seasons.begin(kStart);
  }
  // One call a second in hour 8 of day `day`, times `rate`.
  void day(int day, double rate) {
    seasons.add(kStart + day * 24h + 8h + 30min, rate * 3600);
    seasons.advance(kStart + (day + 1) * 24h);
  }
  std::optional<double> at(Duration since) const {
    return seasons.most(kStart + since, kStart + since);
  }
  Seasons seasons;
};

TEST(Seasons, AreExponentiallyWeightedMeansOfABucket) {
  Days days;
  EXPECT_EQ(days.at(8h), std::nullopt);
  days.day(0, 1);
  days.day(1, 3);
  EXPECT_DOUBLE_EQ(*days.at(2 * 24h + 8h), 1 + 0.5 * (3 - 1));
  EXPECT_EQ(*days.at(2 * 24h + 7h + 59min), 0);
  EXPECT_DOUBLE_EQ(*days.seasons.most(kStart + 48h + 7h, kStart + 48h + 8h), 2);
  EXPECT_EQ(days.seasons.next_bucket(kStart + 90min), kStart + 2h);
}

TEST(Seasons, ABucketThatWasHardlyWatchedDoesNotCount) {
  Seasons seasons;
  seasons.configure(24h, 1h, 0.5);
  seasons.begin(kStart + 31min);
  seasons.advance(kStart + 2h);
  EXPECT_EQ(seasons.most(kStart, kStart), std::nullopt);
  EXPECT_EQ(seasons.most(kStart + 1h, kStart + 1h), 0.0);
}

// --- Fourier ---

// What repeats every 32 samples is foreseen as it was.
TEST(FourierForecast, ContinuesWhatRepeats) {
  constexpr double kTurn = 6.283185307179586;
  FourierForecast fourier;
  const auto series = [&](int i) {
    return 10 + 6 * std::cos(kTurn * i / 32) + 2 * std::sin(kTurn * i / 8);
  };
  for (int i = 0; i < 300; ++i) fourier.add(series(i));
  std::array<double, 64> foreseen{};
  fourier.forecast(foreseen.data(), foreseen.size(), 3);
  for (int i = 0; i < 64; ++i)
    EXPECT_NEAR(foreseen[static_cast<std::size_t>(i)], series(300 + i), 1e-9) << i;
  EXPECT_NEAR(fourier.mean(), 10, 1e-9);
  EXPECT_NEAR(fourier.deviation(), std::sqrt(18 + 2), 1e-9);  // amplitude² / 2 each
}

TEST(FourierForecast, StaysWithinWhatIsBelieved) {
  FourierForecast fourier;
  std::array<double, 32> foreseen{};
  for (int i = 0; i < 50; ++i) fourier.add(i % 10 == 0 ? 100 : 0);
  fourier.forecast(foreseen.data(), foreseen.size(), 1);
  for (const double value : foreseen) EXPECT_DOUBLE_EQ(value, 10);  // too few: the mean
  for (int i = 50; i < 300; ++i) fourier.add(i % 10 == 0 ? 100 : 0);
  fourier.forecast(foreseen.data(), foreseen.size(), 1);
  for (const double value : foreseen) {
    EXPECT_GE(value, 0);
    EXPECT_LE(value, fourier.mean() + fourier.deviation());
  }
}

// --- seasonal ---

// A load of 1 at 70 %: one in service all of the time asks for ceil(1 / 0.7) = 2 replicas; nothing
// at other hours. From the second day on they are there a minute before.
TEST(Seasonal, IsThereBeforeTheLoadOfTheSameTimeYesterday) {
  Story story(seasonal_policy, {});
  for (int day = 0; day < 3; ++day) {
    story.run(0, 0, day * 24h + 8h);
    story.run(2, 1, day * 24h + 9h);
  }
  story.run(0, 0, 3 * 24h);
  std::vector<Duration> ups;
  for (std::size_t i = 0; i < story.steps.size(); ++i)
    if (story.steps[i].second >= 2 && (i == 0 || story.steps[i - 1].second < 2))
      ups.push_back(story.steps[i].first);
  ASSERT_EQ(ups.size(), 3u);
  EXPECT_GE(ups[0], 8h);
  EXPECT_EQ(ups[1], 24h + 8h - 1min);
  EXPECT_EQ(ups[2], 48h + 8h - 1min);
  EXPECT_EQ(story.replicas(), 0);
}

TEST(Seasonal, FollowsTheLoadWhereNothingIsKnown) {
  Story story(seasonal_policy, {{"max", "3"}});
  story.run(0, 0, 10s);
  story.run(4, 8, 5min);
  EXPECT_EQ(story.steps.front(), (std::pair<Duration, std::int32_t>(10s, 1)));
  EXPECT_EQ(story.replicas(), 3);
  story.run(0, 0, 20min);
  EXPECT_EQ(story.replicas(), 0);
  EXPECT_EQ(story.steps.back().first, 5min - 1s + 5min + 1s);  // the next tick of 5 s
}

TEST(Seasonal, RefusesNonsense) {
  EXPECT_TRUE(Shown(seasonal_policy, {{"bucket", "7min"}}).complains("divides a day"));
  EXPECT_TRUE(Shown(seasonal_policy, {{"period", "month"}}).complains("day, week"));
  EXPECT_TRUE(Shown(seasonal_policy, {{"min", "20"}}).complains("at most max 10"));
}

// --- mpc ---

const Settings kPriced = {{"price", "3.6"}, {"cold-start", "60s"}};

TEST(Mpc, HasToKnowPriceAndColdStart) {
  EXPECT_TRUE(Shown(mpc_policy).complains("mpc.price: has to be set"));
  EXPECT_EQ(Shown(mpc_policy, kPriced).problem(), "");
}

// 8 minutes quiet, 8 minutes busy, 32 samples of 30 s: after 128 of them the forecast knows.
TEST(Mpc, StartsAheadOfALoadThatRepeats) {
  Story story(mpc_policy, kPriced, 60s);
  int late = 0;
  for (int cycle = 0; cycle < 12; ++cycle) {
    const Duration begins = cycle * 16min + 8min;
    story.run(0, 0, begins);
    if (cycle >= 6) late += story.shown.seen.ready.count == 0;
    story.run(2, 1, begins + 8min);
  }
  EXPECT_EQ(late, 0);
  // And lets go in between.
  story.run(0, 0, 12 * 16min + 4min);
  EXPECT_GE(story.steps.size(), 12u);
}

TEST(Mpc, WeighsWaitingAgainstReplicas) {
  Story light(mpc_policy, {{"price", "3.6"}, {"cold-start", "60s"}, {"wait-weight", "0.01"}}),
      heavy(mpc_policy, {{"price", "3.6"}, {"cold-start", "60s"}, {"wait-weight", "100"}});
  for (Story* one : {&light, &heavy}) one->run(1, 2, 30min, 20);
  EXPECT_LT(light.replicas(), heavy.replicas());
  EXPECT_LE(heavy.replicas(), 10);
}

// --- all of them ---

TEST(Forecasts, SleepingIsNotObservable) {
  const auto check = [](PolicyInfo (*info)(), Settings settings) {
    const auto steps = [&](Duration often) {
      Story story(info, settings, 20s, often);
      for (int i = 0; i < 40; ++i) {
        story.run(1 + i % 3, static_cast<std::uint32_t>(1 + i % 4), story.now + 3min);
        story.run(0, 0, story.now + 1h + i % 3 * 7min);
      }
      return story.steps;
    };
    const Steps asleep = steps(24h);
    EXPECT_EQ(asleep, steps(1s));
    EXPECT_EQ(asleep, steps(11s));
    EXPECT_GT(asleep.size(), 20u);
  };
  check(seasonal_policy, {});
  check(mpc_policy, kPriced);
}

TEST(Forecasts, AreKeptOverARestart) {
  const auto check = [](PolicyInfo (*info)(), Settings settings) {
    Story story(info, settings, 60s), restarted(info, settings, 60s);
    const auto both = [&](int from, int until) {
      for (Story* one : {&story, &restarted})
        for (int cycle = from; cycle < until; ++cycle) {
          one->run(2, 1, cycle * 16min + 8min);
          one->run(0, 0, cycle * 16min + 16min);
        }
    };
    both(0, 110);  // more than a day
    const std::size_t before = restarted.steps.size();
    ASSERT_TRUE(restarted.shown.restart());
    both(110, 130);
    EXPECT_EQ(restarted.steps, story.steps);
    EXPECT_GT(restarted.steps.size(), before);
    EXPECT_FALSE(restarted.shown.restart(1));
  };
  check(seasonal_policy, {});
  check(mpc_policy, kPriced);
}

}  // namespace forecasts_test
}  // namespace thaw
