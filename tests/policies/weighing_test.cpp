// Policies that weigh keeping an idle instance against starting another: what they decide for which
// prices. What it costs them is in tests/sim/instances/weighing_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/policies/asked.hpp"

namespace thaw {
namespace weighing_test {

Level level(const char* name, double keep_per_s, double start_cost, Duration to_serve = 0s) {
  return {name, Distribution::constant(to_serve), keep_per_s, start_cost};
}

// Off, image, host memory, serving: of a GPU at 3.6 an hour.
const std::vector<Level> kLevels = {level("off", 0, 0.060), level("image", 0.00001, 0.020),
                                    level("host memory", 0.0001, 0.003),
                                    level("serving", 0.001, 0)};

struct Weighed {
  explicit Weighed(const char* name, std::vector<Level> levels = {}, Settings settings = {},
                   std::uint64_t seed = 1) {
    spec.name = "f";
    spec.params = params_of(settings);
    spec.levels = std::move(levels);
    spec.seed = seed;
    policy = find_policy(name)->make(spec, diagnostics);
  }
  Decision ask(std::initializer_list<Duration> idle_times = {}) {
    const std::vector<Duration> times(idle_times);
    Observation seen{};
    seen.now = kStart;
    seen.idle_times = times;
    return policy->decide(seen);
  }
  KeepAlive keeps() { return *ask().instances; }
  std::string problem() const { return problem_of(diagnostics); }

  Spec spec;
  Diagnostics diagnostics;
  std::unique_ptr<ScalingPolicy> policy;
};

TEST(BreakEven, StaysForAsLongAsAStartIsWorth) {
  EXPECT_EQ(Weighed("break_even", kLevels).keeps().idle, 60s);  // 0.060 / 0.001 a second
  EXPECT_EQ(Weighed("break_even", kLevels, {{"start", "90s"}}).keeps().idle, 90s);
  EXPECT_EQ(Weighed("break_even", kLevels).ask().why.code, ReasonCode::break_even);
  EXPECT_EQ(Weighed("break_even", kLevels).ask().ask_again, TimePoint::never());
}

TEST(BreakEven, WithoutPricesTakesTheTimeOfAStart) {
  EXPECT_EQ(Weighed("break_even", {level("off", 0, 0, 7s), level("serving", 0, 0)}).keeps().idle,
            7s);
  // What is kept for nothing is kept for as long as a run can be.
  EXPECT_GT(Weighed("break_even", {level("off", 0, 1), level("serving", 0, 0)}).keeps().idle,
            24h * 365 * 99);
}

TEST(BreakEven, RefusesToGuessWhatAStartCosts) {
  for (const char* name :
       {"break_even", "randomised_break_even", "multi_slope", "clairvoyant", "greedy_dual"}) {
    EXPECT_NE(Weighed(name).problem().find("what a start costs is not known here"),
              std::string::npos)
        << name;
    EXPECT_EQ(Weighed(name, {}, {{"start", "60s"}}).problem(), "") << name;
    EXPECT_NE(Weighed(name, kLevels, {{"strat", "60s"}}).problem(), "") << name;
    EXPECT_NE(Weighed(name, kLevels, {{"start", "60"}}).problem(), "") << name;
  }
}

// The density e^x / (e - 1) on [0, 1] has the mean 1 / (e - 1) = 0.58198 and, by its second moment
// (e - 2) / (e - 1), the deviation 0.2823; below one half lies (√e - 1) / (e - 1) = 0.37754.
TEST(RandomisedBreakEven, DrawsItsTimeByTheBestDensity) {
  constexpr int kDraws = 4000;
  double sum = 0;
  int below_half = 0;
  Duration longest{0};
  for (int seed = 1; seed <= kDraws; ++seed) {
    const Duration idle =
        Weighed("randomised_break_even", kLevels, {}, static_cast<std::uint64_t>(seed))
            .keeps()
            .idle;
    sum += seconds(idle) / 60;
    below_half += idle < 30s;
    longest = std::max(longest, idle);
  }
  EXPECT_NEAR(sum / kDraws, 0.58198, 4 * 0.2823 / 63.2);
  EXPECT_NEAR(static_cast<double>(below_half) / kDraws, 0.37754, 4 * 0.4848 / 63.2);
  EXPECT_LE(longest, 60s);
}

TEST(RandomisedBreakEven, DrawsOnceARunByItsSeedOrItsOwn) {
  const auto idle = [](std::uint64_t seed, Settings settings = {}) {
    return Weighed("randomised_break_even", kLevels, settings, seed).keeps().idle;
  };
  EXPECT_EQ(idle(1), idle(1));
  EXPECT_NE(idle(1), idle(2));
  EXPECT_EQ(idle(1, {{"seed", "5"}}), idle(2, {{"seed", "5"}}));
  EXPECT_EQ(idle(5), idle(1, {{"seed", "5"}}));
}

// Lines: serving 0.001 t; host memory 0.0001 t + 0.003; image 0.00001 t + 0.02; off 0.06. They
// cross at 0.003 / 0.0009, at 0.017 / 0.00009 and at 0.04 / 0.00001.
TEST(MultiSlope, GoesDownWhereTheLinesCross) {
  Weighed weighed("multi_slope", kLevels);
  const KeepAlive keep = weighed.keeps();
  EXPECT_NEAR(seconds(keep.idle), 0.003 / 0.0009, 1e-6);
  ASSERT_EQ(keep.rests.size(), 2u);
  EXPECT_EQ(keep.rests[0].level, 2u);
  EXPECT_NEAR(seconds(keep.rests[0].until), 0.017 / 0.00009, 1e-6);
  EXPECT_EQ(keep.rests[1].level, 1u);
  EXPECT_NEAR(seconds(keep.rests[1].until), 4000, 1e-6);
}

TEST(MultiSlope, LeavesOutALevelThatIsNeverTheCheapest) {
  const KeepAlive keep =
      Weighed("multi_slope",
              {level("off", 0, 0.06), level("image", 0.0005, 0.05), level("serving", 0.001, 0)})
          .keeps();
  EXPECT_EQ(keep.idle, 60s);
  EXPECT_TRUE(keep.rests.empty());
}

TEST(MultiSlope, WithTwoLevelsIsBreakEven) {
  const std::vector<Level> two = {kLevels.front(), kLevels.back()};
  EXPECT_EQ(Weighed("multi_slope", two).keeps().idle, 60s);
  EXPECT_TRUE(Weighed("multi_slope", two).keeps().rests.empty());
  EXPECT_EQ(Weighed("multi_slope", kLevels, {{"start", "9s"}}).keeps().idle, 9s);
}

TEST(MultiSlope, PaysAtMostTwiceTheLowerEnvelopeWheneverItIsAskedAgain) {
  Weighed weighed("multi_slope", kLevels);
  const KeepAlive keep = weighed.keeps();
  double worst = 0;
  for (double t = 0.01; t < 1e5; t *= 1.01) {
    double best = std::numeric_limits<double>::infinity();
    for (const Level& one : kLevels) best = std::min(best, one.keep_per_s * t + one.start_cost);
    double paid = kLevels.back().keep_per_s * std::min(t, seconds(keep.idle)), from = 0;
    std::size_t at = t < seconds(keep.idle) ? 3 : 0;
    from = seconds(keep.idle);
    for (const Rest& rest : keep.rests) {
      const double until = std::min(t, seconds(rest.until));
      if (until > from) paid += kLevels[rest.level].keep_per_s * (until - from);
      if (t >= from && t < seconds(rest.until)) at = rest.level;
      from = std::max(from, seconds(rest.until));
    }
    paid += kLevels[at].start_cost;
    EXPECT_LE(paid, 2 * best * (1 + 1e-9)) << t;
    worst = std::max(worst, paid / best);
  }
  EXPECT_GT(worst, 1.9);
}

TEST(GreedyDual, WorthIsWhatAStartCostsOverItsSize) {
  EXPECT_DOUBLE_EQ(Weighed("greedy_dual", kLevels).keeps().worth, 60);
  EXPECT_DOUBLE_EQ(Weighed("greedy_dual", kLevels, {{"size", "4"}}).keeps().worth, 15);
  EXPECT_GT(Weighed("greedy_dual", {level("off", 0, 0), level("serving", 0, 0)}).keeps().worth, 0);
}

TEST(Clairvoyant, LooksAheadForAsLongAsAStartIsWorth) {
  const KeepAlive keep = Weighed("clairvoyant", kLevels).keeps();
  EXPECT_EQ(keep.idle, 60s);
  EXPECT_TRUE(keep.foresees);
  EXPECT_FALSE(Weighed("break_even", kLevels).keeps().foresees);
}

// --- hybrid_histogram ---

TEST(HybridHistogram, KeepsForItsRangeUntilItHasSeenIdleTimes) {
  Weighed weighed("hybrid_histogram");
  const Decision first = weighed.ask();
  EXPECT_EQ(first.instances->idle, 4h);
  EXPECT_EQ(first.instances->prewarm_after, 0s);
  EXPECT_EQ(first.ask_again, kStart + 1min);
  EXPECT_EQ(first.why.number[3], 0);
  EXPECT_TRUE(weighed.policy->wants().idle_times);
}

// All in the bin of minute 30: back after 27 min, and there until 31 min × 1.1 = 34.1 min.
TEST(HybridHistogram, IsBackBeforeTheUsualIdleTimeEnds) {
  Weighed weighed("hybrid_histogram");
  const KeepAlive keep = *weighed.ask({30min + 5s, 30min + 10s, 30min + 59s, 30min}).instances;
  EXPECT_EQ(keep.prewarm_after, 27min);
  EXPECT_EQ(keep.prewarm_after + keep.idle, 34min + 6s);
}

TEST(HybridHistogram, JustStaysWhereTheNextRequestMayComeAtOnce) {
  Weighed weighed("hybrid_histogram");
  const KeepAlive keep = *weighed.ask({10s, 20s, 30s, 40s}).instances;
  EXPECT_EQ(keep.prewarm_after, 0s);
  EXPECT_EQ(keep.idle, 66s);  // a minute and a tenth
}

TEST(HybridHistogram, LeavesOutTheFifthAndTheLastPercentile) {
  Weighed weighed("hybrid_histogram");
  for (int i = 0; i < 4; ++i) weighed.ask({1min});  // 4 %
  for (int i = 0; i < 96; ++i) weighed.ask({20min});
  weighed.ask({100min});  // below 1 %
  const KeepAlive keep = *weighed.ask().instances;
  EXPECT_EQ(keep.prewarm_after, 18min);
  EXPECT_EQ(keep.prewarm_after + keep.idle, 23min + 6s);
}

// One idle time in each of the 240 bins says nothing: their counts do not vary at all.
TEST(HybridHistogram, KeepsForItsRangeWhereTheCountsHardlyVary) {
  Weighed weighed("hybrid_histogram");
  for (int minute = 0; minute < 240; ++minute) weighed.ask({minute * 1min});
  EXPECT_EQ(weighed.ask().instances->idle, 4h);
  // n bins of 240 alike: a coefficient of variation of √((240 - n) / n × 240 / 239), 2 up to n
  // = 48.
  Weighed fewer("hybrid_histogram"), more("hybrid_histogram");
  for (int minute = 0; minute < 48; ++minute) fewer.ask({minute * 1min});
  for (int minute = 0; minute < 49; ++minute) more.ask({minute * 1min});
  EXPECT_EQ(fewer.ask().why.number[3], 1);
  EXPECT_EQ(more.ask().why.number[3], 0);
}

TEST(HybridHistogram, KeepsForItsRangeWhereHalfIsBeyondIt) {
  Weighed weighed("hybrid_histogram");
  EXPECT_EQ(weighed.ask({30min, 5h}).why.number[3], 1);
  EXPECT_EQ(weighed.ask({6h}).why.number[3], 0);
  EXPECT_EQ(weighed.ask().why.number[2], 3);
}

TEST(HybridHistogram, KeepsItsCountsOverARestart) {
  Weighed weighed("hybrid_histogram"), fresh("hybrid_histogram");
  weighed.ask({30min, 30min, 31min, 5h});
  SavedState state;
  StateWriter writer(state);
  weighed.policy->save(writer);
  ASSERT_TRUE(fresh.policy->restore(StateReader(state)));
  const Decision before = weighed.ask({29min}), after = fresh.ask({29min});
  EXPECT_EQ(before.instances->prewarm_after, after.instances->prewarm_after);
  EXPECT_EQ(before.instances->idle, after.instances->idle);
  EXPECT_EQ(before.why.number, after.why.number);
  Weighed other("hybrid_histogram", {}, {{"bin", "30s"}});
  EXPECT_FALSE(other.policy->restore(StateReader(state)));
}

TEST(HybridHistogram, RefusesRangesThatAreNoHistogram) {
  EXPECT_NE(Weighed("hybrid_histogram", {}, {{"range", "1min"}}).problem(), "");
  EXPECT_NE(Weighed("hybrid_histogram", {}, {{"bin", "1s"}, {"range", "9h"}}).problem(), "");
  EXPECT_EQ(Weighed("hybrid_histogram", {}, {{"bin", "10s"}, {"range", "1h"}}).problem(), "");
}

}  // namespace weighing_test
}  // namespace thaw
