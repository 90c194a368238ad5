#include "engine/statistics/paired.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/random.hpp"
#include "engine/statistics/student_t.hpp"

namespace thaw {
namespace {

using Values = std::vector<double>;

// Differences 1, 2, 3: mean 2, deviation 1, standard error 1/sqrt(3); t with 2 degrees of freedom
// 4.302653 (published: 4.303).
TEST(PairedDifference, IsStudentsIntervalOfTheDifferences) {
  const Estimate e = paired_difference(Values{11, 22, 33}, Values{10, 20, 30});
  EXPECT_EQ(e.mean, 2);
  EXPECT_NEAR(e.low, 2 - 4.302653 / std::sqrt(3.0), 1e-6);
  EXPECT_NEAR(e.high, 2 + 4.302653 / std::sqrt(3.0), 1e-6);
  EXPECT_EQ(e.n, 3u);
}

// What both share, here a hundred times what they differ by, is in neither interval.
TEST(PairedDifference, DoesNotSeeWhatBothHaveInCommon) {
  Values a, b;
  Random random(3, "pairs");
  for (int i = 0; i < 10; ++i) {
    const double shared = 1000 + 100 * random.normal();
    a.push_back(shared + 1 + random.normal() / 10);
    b.push_back(shared);
  }
  EXPECT_TRUE(told_apart(paired_difference(a, b)));
  const Estimate alone_a = estimate(a), alone_b = estimate(b);
  EXPECT_LT(alone_a.low, alone_b.high) << "side by side the two intervals overlap";
}

TEST(PairedDifference, OfOnePairTellsNobodyApart) {
  const Estimate e = paired_difference(Values{2}, Values{1});
  EXPECT_EQ(e.mean, 1);
  EXPECT_FALSE(told_apart(e));
  EXPECT_FALSE(told_apart({0, -1, 1, 20}));
  EXPECT_FALSE(told_apart({0, 0, 0, 20})) << "the same in every replication";
  EXPECT_TRUE(told_apart({1, 0.5, 1.5, 20}));
  EXPECT_TRUE(told_apart({-1, -1.5, -0.5, 20}));
}

// Student's statistic of a - r b, from its definition.
double student_of(const Values& a, const Values& b, double r) {
  Values rests;
  for (std::size_t i = 0; i < a.size(); ++i) rests.push_back(a[i] - r * b[i]);
  const Estimate e = estimate(rests);
  return e.mean / ((e.high - e.mean) / student_t(a.size() - 1));
}

Values around(double mean, double spread, std::uint64_t stream, std::size_t n = 8) {
  Random random(17, "values", stream);
  Values values;
  for (std::size_t i = 0; i < n; ++i) values.push_back(mean + spread * random.normal());
  return values;
}

TEST(PairedRatio, EndsWhereStudentsIntervalStopsHoldingZero) {
  for (std::uint64_t i = 0; i < 50; ++i) {
    const Values a = around(7, 2, 2 * i), b = around(5, 1, 2 * i + 1);
    const auto ratio = paired_ratio(a, b);
    ASSERT_TRUE(ratio);
    EXPECT_NEAR(ratio->mean, estimate(a).mean / estimate(b).mean, 1e-12);
    EXPECT_NEAR(std::fabs(student_of(a, b, ratio->low)), student_t(7), 1e-9);
    EXPECT_NEAR(std::fabs(student_of(a, b, ratio->high)), student_t(7), 1e-9);
    EXPECT_LT(ratio->low, ratio->mean);
    EXPECT_GT(ratio->high, ratio->mean);
  }
}

TEST(PairedRatio, TurnedAroundIsTheReciprocal) {
  const Values a = around(7, 1, 1), b = around(5, 1, 2);
  const auto ratio = paired_ratio(a, b), back = paired_ratio(b, a);
  ASSERT_TRUE(ratio && back);
  EXPECT_NEAR(ratio->low, 1 / back->high, 1e-12);
  EXPECT_NEAR(ratio->high, 1 / back->low, 1e-12);
}

TEST(PairedRatio, ExcludesOneJustWhenTheDifferenceExcludesZero) {
  int apart = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Values a = around(10.7, 1, 2 * i), b = around(10, 1, 2 * i + 1);
    const auto ratio = paired_ratio(a, b);
    ASSERT_TRUE(ratio);
    const bool excludes_one = ratio->low > 1 || ratio->high < 1;
    EXPECT_EQ(excludes_one, told_apart(paired_difference(a, b))) << i;
    apart += excludes_one;
  }
  EXPECT_GT(apart, 20);
  EXPECT_LT(apart, 180);
}

TEST(PairedRatio, OfValuesInOneProportionHasNoDoubt) {
  const auto ratio = paired_ratio(Values{10, 11, 12}, Values{20, 22, 24});
  ASSERT_TRUE(ratio);
  EXPECT_EQ(ratio->low, 0.5);
  EXPECT_EQ(ratio->mean, 0.5);
  EXPECT_EQ(ratio->high, 0.5);
}

TEST(PairedRatio, IsNotThereWhereTheDivisorMayBeZero) {
  EXPECT_FALSE(paired_ratio(Values{1, 2, 3}, Values{0, 0, 0}));
  EXPECT_FALSE(paired_ratio(Values{1, 2, 3}, Values{-1, 0.5, 1}));
  const auto one = paired_ratio(Values{3}, Values{2});
  ASSERT_TRUE(one);
  EXPECT_EQ(one->n, 1u);
}

// 1,000 experiments of 20 pairs: each interval holds the truth with 0.95, so 950 do, standard
// deviation 6.9; 93 to 97 % is 2.9 deviations each side. b varies by a tenth, a is 1.1 b and a
// little noise: what common random numbers make of two policies.
TEST(Paired, CoversTheTruthAsOftenAsItSays) {
  int differences = 0, ratios = 0;
  for (std::uint64_t run = 0; run < 1000; ++run) {
    Random random(81, "pairs", run);
    Values a(20), b(20);
    for (std::size_t i = 0; i < a.size(); ++i) {
      b[i] = 100 + 10 * random.normal();
      a[i] = 1.1 * b[i] + random.normal();
    }
    const Estimate difference = paired_difference(a, b);
    differences += difference.low <= 10 && 10 <= difference.high;
    const auto ratio = paired_ratio(a, b);
    ratios += ratio && ratio->low <= 1.1 && 1.1 <= ratio->high;
  }
  EXPECT_GE(differences, 930);
  EXPECT_LE(differences, 970);
  EXPECT_GE(ratios, 930);
  EXPECT_LE(ratios, 970);
}

TEST(PairedDeathTest, RefusesValuesWithoutPartners) {
  EXPECT_DEATH(paired_difference(Values{1, 2}, Values{1}), "partner");
}

}  // namespace
}  // namespace thaw
