// Variances and quantiles against their textbook formulas; sums keep the two moments.
#include "engine/moments.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace thaw {
namespace moments_test {

constexpr double kSecond = 1e9;

TEST(Moments, VariancesAreThoseOfTheTextbook) {
  EXPECT_EQ(variance(Distribution::constant(3s)), 0);
  EXPECT_DOUBLE_EQ(variance(Distribution::exponential(2s)), 4 * kSecond * kSecond);
  // (b - a)² / 12
  EXPECT_DOUBLE_EQ(variance(Distribution::uniform(1s, 7s)), 3 * kSecond * kSecond);
  // (cv × mean)²
  EXPECT_NEAR(variance(Distribution::lognormal_mean_cv(2s, 0.5)) / (kSecond * kSecond), 1, 1e-9);
  EXPECT_NEAR(variance(Distribution::gamma_mean_cv(2s, 1.5)) / (kSecond * kSecond), 9, 1e-9);
  EXPECT_NEAR(variance(Distribution::weibull_mean_cv(2s, 1.5)) / (kSecond * kSecond), 9, 1e-6);
}

TEST(Moments, QuantilesInvertTheDistributions) {
  EXPECT_EQ(quantile(Distribution::constant(3s), 0.9), 3 * kSecond);
  EXPECT_NEAR(quantile(Distribution::exponential(2s), 0.5), 2 * kSecond * std::log(2.0), 1);
  EXPECT_NEAR(quantile(Distribution::uniform(1s, 5s), 0.25), 2 * kSecond, 1);
  const auto node = Distribution::lognormal_median_p95(600s, 720s);
  EXPECT_NEAR(quantile(node, 0.5), 600 * kSecond, 1e3);
  EXPECT_NEAR(quantile(node, 0.95), 720 * kSecond, 1e3);
  // A Weibull of cv 1 is exponential.
  EXPECT_NEAR(quantile(Distribution::weibull_mean_cv(2s, 1), 0.5), 2 * kSecond * std::log(2.0), 10);
}

TEST(Moments, ASumHasTheMeansAndVariancesOfItsParts) {
  const std::array parts{Distribution::constant(5s), Distribution::uniform(0s, 12s),
                         Distribution::lognormal_mean_cv(10s, 0.4)};
  const Distribution sum = sum_of(parts);
  EXPECT_EQ(sum.kind, Distribution::Kind::lognormal);
  EXPECT_NEAR(sum.mean(), 21 * kSecond, 10);                        // 5 + 6 + 10
  EXPECT_NEAR(variance(sum) / (kSecond * kSecond), 12 + 16, 1e-6);  // 144 / 12 + (4)²
  const std::array constants{Distribution::constant(5s), Distribution::constant(7s)};
  EXPECT_EQ(sum_of(constants).kind, Distribution::Kind::constant);
  EXPECT_EQ(sum_of(constants).mean(), 12 * kSecond);
  EXPECT_EQ(sum_of({}).mean(), 0);
}

}  // namespace moments_test
}  // namespace thaw
