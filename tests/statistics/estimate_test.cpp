#include "engine/statistics/estimate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "engine/random.hpp"

namespace thaw {
namespace {

// Mean 5; squares 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, variance 32/7, standard error sqrt(32/7/8) =
// 0.755929; t with 7 degrees of freedom 2.364624 (published: 2.365), reach 1.787488.
TEST(Estimate, IsStudentsInterval) {
  const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};
  const Estimate e = estimate(values);
  EXPECT_EQ(e.mean, 5);
  EXPECT_NEAR(e.low, 5 - 1.787488, 1e-6);
  EXPECT_NEAR(e.high, 5 + 1.787488, 1e-6);
  EXPECT_EQ(e.n, 8u);
}

// Standard error 1/2·|a - b|, t 12.7062047.
TEST(Estimate, OfTwoValuesIsWide) {
  const Estimate e = estimate(std::vector<double>{1, 3});
  EXPECT_EQ(e.mean, 2);
  EXPECT_NEAR(e.high - e.mean, 12.7062047, 1e-7);
  EXPECT_NEAR(e.mean - e.low, 12.7062047, 1e-7);
}

TEST(Estimate, OfOneValueIsThatValue) {
  const Estimate e = estimate(std::vector<double>{0.1});
  EXPECT_EQ(e.mean, 0.1);
  EXPECT_EQ(e.low, 0.1);
  EXPECT_EQ(e.high, 0.1);
  EXPECT_EQ(e.n, 1u);
}

// 0.1 · n / n is not 0.1 for every n.
TEST(Estimate, OfEqualValuesIsThatValueWithoutDoubt) {
  for (const double value : {0.1, 1. / 49, 7.3e-300, -2.7, 0.0}) {
    for (std::size_t n = 1; n <= 100; ++n) {
      const Estimate e = estimate(std::vector<double>(n, value));
      ASSERT_EQ(e.mean, value) << n;
      ASSERT_EQ(e.low, value) << n;
      ASSERT_EQ(e.high, value) << n;
    }
  }
}

// A plain sum loses the ones beside 10^16.
TEST(Estimate, CarriesWhatAnAdditionRoundsAway) {
  EXPECT_EQ(estimate(std::vector<double>{1, 1e16, 1, -1e16}).mean, 0.5);
  // Of deviations of 0.001 on a level of 10^9, as plain squares would lose them.
  const Estimate e = estimate(std::vector<double>{1e9 + 0.001, 1e9 - 0.001, 1e9});
  // Variance 10^-6, standard error 10^-3/sqrt(3), t 4.30265.
  EXPECT_NEAR(e.high - e.mean, 4.30265e-3 / std::sqrt(3.0), 2e-6);
}

double share_of_intervals_around_10(const std::function<double(Random&)>& draw) {
  int covered = 0;
  for (std::uint64_t run = 0; run < 1000; ++run) {
    Random random(80, "replications", run);
    std::vector<double> values(20);
    for (double& value : values) value = draw(random);
    const Estimate e = estimate(values);
    covered += e.low <= 10 && 10 <= e.high;
  }
  return covered / 1000.0;
}

// 1000 intervals that each hold the truth with 0.95: 950, standard deviation 6.9, so 93 to 97 % is
// 2.9 deviations each side.
TEST(Estimate, CoversTheTruthAsOftenAsItSays) {
  const double share =
      share_of_intervals_around_10([](Random& random) { return 10 + 3 * random.normal(); });
  EXPECT_GE(share, 0.93);
  EXPECT_LE(share, 0.97);
}

// A replication's mean over 100 exponential values, of mean 10, is nearly normal.
TEST(Estimate, CoversTheTruthOfMeansOfExponentials) {
  const double share = share_of_intervals_around_10([](Random& random) {
    double sum = 0;
    for (int i = 0; i < 100; ++i) sum += 10 * random.exponential();
    return sum / 100;
  });
  EXPECT_GE(share, 0.93);
  EXPECT_LE(share, 0.97);
}

TEST(EstimateDeathTest, RefusesWhatIsNoNumber) {
  EXPECT_DEATH(estimate({}), "needs a value");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_DEATH(estimate(std::vector<double>{1, nan}), "of numbers");
}

}  // namespace
}  // namespace thaw
