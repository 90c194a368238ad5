#include "engine/distribution.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/math.hpp"

namespace thaw {
namespace distribution_test {

constexpr int kDraws = 100'000;

std::vector<double> draws(const Distribution& d, const char* purpose) {
  Random random(20, purpose);
  std::vector<double> values;
  for (int i = 0; i < kDraws; ++i) values.push_back(static_cast<double>(d.draw(random).count()));
  return values;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

// Of n draws, the count below the p-quantile has deviation sqrt(p (1 - p) n). Five deviations: a
// fair sampler breaks this once in two million checks, and with a fixed seed never if it holds.
void expect_share_below(const std::vector<double>& values, double limit, double p) {
  const auto below =
      std::count_if(values.begin(), values.end(), [&](double v) { return v < limit; });
  EXPECT_NEAR(static_cast<double>(below), p * kDraws, 5 * std::sqrt(p * (1 - p) * kDraws))
      << "share below " << limit;
}

void expect_mean(const std::vector<double>& values, double mean, double deviation) {
  EXPECT_NEAR(mean_of(values), mean, 5 * deviation / std::sqrt(kDraws));
}

TEST(Constant, IsAlwaysItsValue) {
  const Distribution d = Distribution::constant(1500ms);
  Random random(21, "x");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(d.draw(random), 1500ms);
  EXPECT_EQ(d.mean(), 1.5e9);
}

// F(x) = 1 - exp(-x / mean): the quantile at 1 - 1/e is the mean, and the deviation is the mean.
TEST(Exponential, HasItsMeanAndQuantiles) {
  const Distribution d = Distribution::exponential(2s);
  const auto values = draws(d, "exponential");
  EXPECT_EQ(d.mean(), 2e9);
  expect_mean(values, 2e9, 2e9);
  expect_share_below(values, 2e9 * std::log(2.0), 0.5);
  expect_share_below(values, 2e9, 1 - std::exp(-1.0));
  expect_share_below(values, 2e9 * std::log(100.0), 0.99);
}

// Deviation of a uniform: width / sqrt(12).
TEST(Uniform, FillsItsRangeEvenly) {
  const Distribution d = Distribution::uniform(10s, 30s);
  const auto values = draws(d, "uniform");
  EXPECT_EQ(d.mean(), 20e9);
  expect_mean(values, 20e9, 20e9 / std::sqrt(12.0));
  expect_share_below(values, 15e9, 0.25);
  expect_share_below(values, 28e9, 0.9);
  EXPECT_GE(*std::min_element(values.begin(), values.end()), 10e9);
  EXPECT_LE(*std::max_element(values.begin(), values.end()), 30e9);
}

TEST(Uniform, MayBeAPoint) {
  const Distribution d = Distribution::uniform(7s, 7s);
  Random random(22, "x");
  EXPECT_EQ(d.draw(random), 7s);
}

// sigma² = ln(1 + 0.36), mu = ln(mean) - sigma²/2; quantiles exp(mu + sigma z).
TEST(LognormalByMeanAndCv, HasItsMeanDeviationAndQuantiles) {
  const Distribution d = Distribution::lognormal_mean_cv(1200ms, 0.6);
  const double sigma = std::sqrt(std::log(1.36));
  const double mu = std::log(1.2e9) - std::log(1.36) / 2;
  EXPECT_NEAR(d.b, sigma, 1e-15);
  EXPECT_NEAR(d.a, mu, 1e-14);
  EXPECT_NEAR(d.mean(), 1.2e9, 1e-5);
  const auto values = draws(d, "lognormal");
  expect_mean(values, 1.2e9, 0.6 * 1.2e9);
  expect_share_below(values, std::exp(mu), 0.5);
  expect_share_below(values, std::exp(mu + sigma * 1.6448536269514722), 0.95);
  expect_share_below(values, std::exp(mu + sigma * 2.3263478740408408), 0.99);
  double squares = 0;
  for (const double v : values) squares += (v / 1.2e9 - 1) * (v / 1.2e9 - 1);
  // The variance of (X/mean - 1)² is E(X/mean - 1)^4 - cv^4. With w = 1 + cv² the moments of X/mean
  // are 1, w, w³, w^6, so the fourth central one is w^6 - 4 w³ + 6 w - 3 = 1.4257.
  const double w = 1.36, w3 = w * w * w;
  const double deviation = std::sqrt(w3 * w3 - 4 * w3 + 6 * w - 3 - 0.36 * 0.36);
  EXPECT_NEAR(squares / kDraws, 0.36, 5 * deviation / std::sqrt(kDraws));
}

TEST(LognormalByMeanAndCv, IsConstantWithoutVariation) {
  const Distribution d = Distribution::lognormal_mean_cv(1200ms, 0);
  Random random(23, "x");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(d.draw(random), 1200ms);
}

// ln(12 / 10) / 1.6448536 = 0.1823216 / 1.6448536 = 0.1108437
TEST(LognormalByMedianAndP95, HasSigmaOfElevenPercentForTenAndTwelveMinutes) {
  const Distribution d = Distribution::lognormal_median_p95(10min, 12min);
  EXPECT_NEAR(d.b, 0.1108, 5e-5);
  EXPECT_NEAR(d.a, std::log(600e9), 1e-14);
}

TEST(LognormalByMedianAndP95, HasItsMedianAndP95) {
  const Distribution d = Distribution::lognormal_median_p95(10min, 12min);
  const auto values = draws(d, "provisioning");
  expect_share_below(values, 600e9, 0.5);
  expect_share_below(values, 720e9, 0.95);
  // The mean of a lognormal is its median times exp(sigma²/2), its cv sqrt(exp(sigma²) - 1).
  const double mean = 600e9 * std::exp(0.1108437 * 0.1108437 / 2);
  EXPECT_NEAR(d.mean(), mean, 1e-6 * mean);
  expect_mean(values, mean, mean * std::sqrt(std::expm1(0.1108437 * 0.1108437)));
}

TEST(LognormalByMedianAndP95, IsConstantWhereTheTwoAgree) {
  const Distribution d = Distribution::lognormal_median_p95(90s, 90s);
  Random random(24, "x");
  EXPECT_EQ(d.draw(random), 90s);
}

TEST(Distribution, ConstantForNormalP95IsTheQuantile) {
  // The factor behind lognormal_median_p95, seen from outside: ln(e^1) / sigma.
  const Distribution d = Distribution::lognormal_median_p95(1'000'000'000ns, 2'718'281'828ns);
  EXPECT_NEAR(std::log(2.718281828) / d.b, math::normal_quantile(0.95), 1e-14);
}

TEST(Distribution, RoundsToTheNearestNanosecond) {
  // Up to 1 ns: half of the draws round to 0 and half to 1.
  const auto values = draws(Distribution::uniform(0ns, 1ns), "rounding");
  EXPECT_NEAR(mean_of(values), 0.5, 5 * 0.5 / std::sqrt(kDraws));
}

// 100 · 365.25 · 86400 s = 3155760000 s
TEST(Distribution, StopsAtAHundredYears) {
  const Distribution endless{Distribution::Kind::constant, 1e30, 0};
  const Distribution wild{Distribution::Kind::lognormal, 50, 400};  // above 100 years or near 0
  Random random(25, "x");
  EXPECT_EQ(endless.draw(random), Duration{3'155'760'000'000'000'000});
  for (int i = 0; i < 1000; ++i) {
    const Duration d = wild.draw(random);
    EXPECT_TRUE(d >= 0ns && d <= Duration{3'155'760'000'000'000'000}) << d.count();
  }
}

TEST(Distribution, DrawsOneUniformWhateverTheKindButGamma) {
  for (const Distribution& d :
       {Distribution::constant(1s), Distribution::exponential(1s), Distribution::uniform(1s, 2s),
        Distribution::lognormal_mean_cv(1s, 1), Distribution::lognormal_median_p95(1s, 2s),
        Distribution::weibull_mean_cv(1s, 2)}) {
    Random drawn(26, "x"), stepped(26, "x");
    d.draw(drawn);
    stepped.uniform();
    EXPECT_EQ(drawn.bits(), stepped.bits());
  }
}

TEST(Distribution, DrawsTheDurationsThatItAlwaysDrew) {
  Random random(42, "arrivals");
  const Distribution d = Distribution::lognormal_median_p95(10min, 12min);
  for (const std::int64_t expected : {586549876331, 665582932544, 613416347721, 578938812045,
                                      517294735806, 495463580685, 806404601072, 677739338428}) {
    EXPECT_EQ(d.draw(random).count(), expected);
  }
}

TEST(DistributionDeathTest, RefusesParametersThatTheLoaderMustNotLetThrough) {
  EXPECT_DEATH(Distribution::constant(-1ns), "not negative");
  EXPECT_DEATH(Distribution::exponential(-1ns), "not negative");
  EXPECT_DEATH(Distribution::uniform(2s, 1s), "least to its most");
  EXPECT_DEATH(Distribution::lognormal_mean_cv(0s, 1), "positive mean");
  EXPECT_DEATH(Distribution::lognormal_mean_cv(1s, -1), "cv of at least 0");
  EXPECT_DEATH(Distribution::lognormal_median_p95(2s, 1s), "median <= p95");
}

}  // namespace distribution_test
}  // namespace thaw
