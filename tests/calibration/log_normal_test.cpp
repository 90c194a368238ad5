// Intervals hold the truth as often as they say. With 1,000 trials 93 to 97 % is three standard
// errors either way of 95 %.
#include "engine/calibration/log_normal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/math.hpp"
#include "engine/random.hpp"

namespace thaw::calibration {
namespace log_normal_test {

struct Held {
  int median = 0, p95 = 0, mean = 0, cv = 0;
};

Held trials(double mu, double sigma, std::size_t observed) {
  Held held;
  const double mean = math::exp(mu + sigma * sigma / 2);
  const double cv = std::sqrt(math::exp(sigma * sigma) - 1);
  for (std::uint64_t trial = 0; trial < 1'000; ++trial) {
    Random random(trial, "trial");
    std::vector<double> values;
    for (std::size_t i = 0; i < observed; ++i)
      values.push_back(math::exp(mu + sigma * random.normal()));
    const auto fit = fit_log_normal(values);
    held.median += fit->median.holds(math::exp(mu)) ? 1 : 0;
    held.p95 += fit->p95.holds(math::exp(mu + math::normal_quantile(0.95) * sigma)) ? 1 : 0;
    held.mean += fit->mean.holds(mean) ? 1 : 0;
    held.cv += fit->cv.holds(cv) ? 1 : 0;
  }
  return held;
}

class Intervals : public testing::TestWithParam<std::size_t> {};

TEST_P(Intervals, HoldTheTruthAsOftenAsTheySay) {
  const Held held = trials(math::log(180), 0.31, GetParam());
  for (const int one : {held.median, held.p95, held.mean, held.cv}) {
    EXPECT_GE(one, 930);
    EXPECT_LE(one, 970);
  }
}

INSTANTIATE_TEST_SUITE_P(LogNormal, Intervals, testing::Values(5, 20, 200));

TEST(LogNormal, EstimatesAreThoseOfTheLogarithms) {
  // ln: 0, 1, 2: mean 1, deviation 1 (with n - 1).
  const std::vector<double> values = {1, math::exp(1), math::exp(2)};
  const auto fit = fit_log_normal(values);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->median.value, math::exp(1), 1e-12);
  EXPECT_NEAR(fit->mean.value, math::exp(1.5), 1e-12);
  EXPECT_NEAR(fit->cv.value, std::sqrt(math::exp(1) - 1), 1e-12);
}

TEST(LogNormal, OfTheMedianTheIntervalIsStudents) {
  // exp(mean ± t s / √n), t = 4.303 for two degrees of freedom; by 2,000 draws to some per cent.
  const std::vector<double> values = {1, math::exp(1), math::exp(2)};
  const auto fit = fit_log_normal(values);
  ASSERT_TRUE(fit);
  const double off = 4.303 / std::sqrt(3.0);
  EXPECT_NEAR(math::log(fit->median.low), 1 - off, 0.35);
  EXPECT_NEAR(math::log(fit->median.high), 1 + off, 0.35);
}

TEST(LogNormal, OfTooFewNothingIsSaid) {
  EXPECT_FALSE(fit_log_normal(std::vector<double>{1, 2}));
  EXPECT_FALSE(fit_log_normal(std::vector<double>{1, 2, 0}));
  EXPECT_FALSE(fit_log_normal(std::vector<double>{3, 3, 3, 3}));
}

}  // namespace log_normal_test
}  // namespace thaw::calibration
