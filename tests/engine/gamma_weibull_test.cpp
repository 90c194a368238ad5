#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <numeric>
#include <vector>

#include "engine/distribution.hpp"

namespace thaw {
namespace gamma_weibull_test {

constexpr int kDraws = 100'000;

std::vector<double> draws(const Distribution& d, const char* purpose) {
  Random random(30, purpose);
  std::vector<double> values;
  for (int i = 0; i < kDraws; ++i) values.push_back(static_cast<double>(d.draw(random).count()));
  return values;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double variance_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return squares / static_cast<double>(values.size());
}

// The largest distance between the share of draws up to x and F(x). Kolmogorov: beyond
// 1.9495/sqrt(n) with a probability of 0.001; with a fixed seed, never if it holds.
void expect_distribution(std::vector<double> values, const std::function<double(double)>& cdf) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    // A draw is what lay half a nanosecond around it.
    const double below = static_cast<double>(i) / n;
    distance =
        std::max({distance, cdf(values[i] - 0.5) - below, below + 1 / n - cdf(values[i] + 0.5)});
  }
  EXPECT_LT(distance, 1.9495 / std::sqrt(n));
}

// P(a, x) = x^a e^-x (1/Γ(a + 1) + x/Γ(a + 2) + …): Abramowitz and Stegun, 6.5.29.
double gamma_cdf(double shape, double x) {
  if (x <= 0) return 0;
  double term = std::exp(shape * std::log(x) - x - std::lgamma(shape + 1)), sum = 0;
  for (double k = 1; term > 1e-17 * sum; ++k) {
    sum += term;
    term *= x / (shape + k);
  }
  return std::min(sum, 1.0);
}

void expect_mean_and_cv(const std::vector<double>& values, double mean, double cv,
                        double kurtosis) {
  EXPECT_NEAR(mean_of(values), mean, 5 * cv * mean / std::sqrt(kDraws));
  // The variance of a sample variance is (kurtosis - 1) · variance² / n.
  const double variance = cv * cv * mean * mean;
  EXPECT_NEAR(variance_of(values), variance, 5 * variance * std::sqrt((kurtosis - 1) / kDraws));
}

// Shape 1/cv², scale mean·cv²; kurtosis 3 + 6/shape.
TEST(Gamma, HasItsMeanCvAndDistribution) {
  for (const double cv : {0.1, 0.5, 1.0, 2.0}) {
    const Distribution d = Distribution::gamma_mean_cv(3s, cv);
    const double shape = 1 / (cv * cv), scale = 3e9 * cv * cv;
    EXPECT_NEAR(d.mean(), 3e9, 1e-5) << cv;
    const auto values = draws(d, "gamma");
    expect_mean_and_cv(values, 3e9, cv, 3 + 6 / shape);
    expect_distribution(values, [&](double x) { return gamma_cdf(shape, x / scale); });
  }
}

// A shape of 1/10000 is below half a nanosecond nearly always: P(X < x) = x^shape nearly, with
// x = 0.5 ns / (1 s · 10^4) that is (5e-14)^0.0001 = exp(-30.63e-4) = 0.99694 and a factor
// 1/Γ(1.0001) = 1.00006.
TEST(Gamma, IsNearlyAlwaysNothingAtTheGreatestCv) {
  const auto values = draws(Distribution::gamma_mean_cv(1s, Distribution::kMostCv), "wild");
  const auto nothing = static_cast<double>(std::count(values.begin(), values.end(), 0.0));
  const double p = 0.99694 * 1.00006;
  EXPECT_NEAR(nothing / kDraws, p, 5 * std::sqrt(p * (1 - p) / kDraws));
}

TEST(Gamma, IsConstantWithoutVariation) {
  for (const double cv : {1e-12, 1e-100, 1e-300}) {
    const Distribution d = Distribution::gamma_mean_cv(1200ms, cv);
    Random random(31, "x");
    for (int i = 0; i < 10; ++i) EXPECT_EQ(d.draw(random), 1200ms) << cv;
  }
}

TEST(Gamma, DrawsTheDurationsThatItAlwaysDrew) {
  Random random(42, "arrivals");
  const Distribution regular = Distribution::gamma_mean_cv(1s, 0.5);
  const Distribution bursty = Distribution::gamma_mean_cv(1s, 2);
  for (const std::int64_t expected : std::initializer_list<std::int64_t>{
           822195631, 1015529457, 413731750, 2878199175, 1397468092}) {
    EXPECT_EQ(regular.draw(random).count(), expected);
  }
  for (const std::int64_t expected :
       std::initializer_list<std::int64_t>{354717779, 4029, 1165602467, 66577050, 2498328924}) {
    EXPECT_EQ(bursty.draw(random).count(), expected);
  }
}

// cv² = Γ(1 + 2/k)/Γ(1 + 1/k)² - 1: k = 1 is the exponential, cv 1; k = 2 is Rayleigh's, cv²
// 4/π - 1; k = 1/2 has Γ(5)/Γ(3)² - 1 = 24/4 - 1 = 5; k = 1/3 has Γ(7)/Γ(4)² - 1 = 720/36 - 1 = 19.
TEST(Weibull, FindsTheShapeOfItsCv) {
  const auto inverse_shape = [](double cv) { return Distribution::weibull_mean_cv(1s, cv).b; };
  EXPECT_NEAR(inverse_shape(1), 1, 1e-12);
  EXPECT_NEAR(inverse_shape(std::sqrt(4 / std::acos(-1.0) - 1)), 0.5, 1e-12);
  EXPECT_NEAR(inverse_shape(std::sqrt(5.0)), 2, 1e-12);
  EXPECT_NEAR(inverse_shape(std::sqrt(19.0)), 3, 1e-12);
}

TEST(Weibull, KeepsItsCvOverTheWholeRange) {
  for (const double cv : {Distribution::kLeastWeibullCv, 0.02, 0.1, 0.9, 7.0, 50.0, 100.0}) {
    const long double t = Distribution::weibull_mean_cv(1s, cv).b;
    const long double mean = std::tgamma(1 + t);
    const auto met = static_cast<double>(std::sqrt(std::tgamma(1 + 2 * t) / (mean * mean) - 1));
    EXPECT_NEAR(met, cv, 1e-9 * cv);
  }
}

// F(x) = 1 - exp(-(x/scale)^k), scale = mean / Γ(1 + 1/k). Moments of X/scale: E X^j = Γ(1 + j/k).
TEST(Weibull, HasItsMeanCvAndDistribution) {
  for (const double cv : {0.2, 1.0, 1.5}) {
    const Distribution d = Distribution::weibull_mean_cv(2s, cv);
    const double t = d.b, scale = 2e9 / std::tgamma(1 + t);
    EXPECT_NEAR(d.mean(), 2e9, 1e-4) << cv;
    const auto values = draws(d, "weibull");
    const double m1 = std::tgamma(1 + t), m2 = std::tgamma(1 + 2 * t), m3 = std::tgamma(1 + 3 * t);
    const double m4 = std::tgamma(1 + 4 * t), variance = m2 - m1 * m1;
    const double fourth = m4 - 4 * m3 * m1 + 6 * m2 * m1 * m1 - 3 * m1 * m1 * m1 * m1;
    expect_mean_and_cv(values, 2e9, cv, fourth / (variance * variance));
    expect_distribution(
        values, [&](double x) { return -std::expm1(-std::pow(std::max(x, 0.0) / scale, 1 / t)); });
  }
}

TEST(Weibull, OfCvOneIsTheExponential) {
  Random weibull(32, "x"), exponential(32, "x");
  for (int i = 0; i < 1000; ++i) {
    const Duration expected = Distribution::exponential(1s).draw(exponential);
    const Duration drawn = Distribution::weibull_mean_cv(1s, 1).draw(weibull);
    EXPECT_NEAR(static_cast<double>(drawn.count()), static_cast<double>(expected.count()), 1);
  }
}

TEST(Weibull, DrawsTheDurationsThatItAlwaysDrew) {
  Random random(42, "arrivals");
  const Distribution d = Distribution::weibull_mean_cv(1s, 1.5);
  for (const std::int64_t expected : {316928437, 1743211087, 625945180, 254921034, 24776237}) {
    EXPECT_EQ(d.draw(random).count(), expected);
  }
}

TEST(GammaDeathTest, RefusesParametersThatTheLoaderMustNotLetThrough) {
  EXPECT_DEATH(Distribution::gamma_mean_cv(0s, 1), "positive mean");
  EXPECT_DEATH(Distribution::gamma_mean_cv(1s, 0), "cv in range");
  EXPECT_DEATH(Distribution::gamma_mean_cv(1s, 100.1), "cv in range");
}

TEST(WeibullDeathTest, RefusesParametersThatTheLoaderMustNotLetThrough) {
  EXPECT_DEATH(Distribution::weibull_mean_cv(0s, 1), "positive mean");
  EXPECT_DEATH(Distribution::weibull_mean_cv(1s, 0.0099), "cv in range");
  EXPECT_DEATH(Distribution::weibull_mean_cv(1s, 100.1), "cv in range");
}

}  // namespace gamma_weibull_test
}  // namespace thaw
