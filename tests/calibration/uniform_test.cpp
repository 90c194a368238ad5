// Intervals hold the truth as often as they say. With 1,000 trials 93 to 97 % is three standard
// errors either way of 95 %.
#include "engine/calibration/uniform.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "engine/random.hpp"

namespace thaw::calibration {
namespace uniform_test {

class UniformIntervals : public testing::TestWithParam<std::size_t> {};

TEST_P(UniformIntervals, HoldTheTruthAsOftenAsTheySay) {
  int least = 0, width = 0, shape = 0;
  for (std::uint64_t trial = 0; trial < 1'000; ++trial) {
    Random random(trial, "trial");
    std::vector<double> ages;
    for (std::size_t i = 0; i < GetParam(); ++i) ages.push_back(30 + 15 * random.uniform());
    const auto fit = fit_uniform(ages);
    ASSERT_TRUE(fit);
    least += fit->least.holds(30) ? 1 : 0;
    width += fit->width.holds(15) ? 1 : 0;
    shape += fit->distance <= fit->critical ? 1 : 0;
  }
  for (const int one : {least, width, shape}) {
    EXPECT_GE(one, 930);
    EXPECT_LE(one, 970);
  }
}

INSTANTIATE_TEST_SUITE_P(Uniform, UniformIntervals, testing::Values(7, 20, 60));

TEST(Uniform, EstimatesAreTheUnbiasedOnesOfTheExtremes) {
  const std::vector<double> ages = {3, 9, 5, 4, 8};
  const auto fit = fit_uniform(ages);
  ASSERT_TRUE(fit);
  EXPECT_DOUBLE_EQ(fit->width.value, 6 * 6.0 / 4);  // range × (n + 1) / (n - 1)
  EXPECT_DOUBLE_EQ(fit->least.value, 3 - 6.0 / 4);  // least - range / (n - 1)
  EXPECT_EQ(fit->least.high, 3) << "it is not later than what was seen";
}

// Each 15 s a value of each 7 s: 15 mod 7 = 1, so that seven ages a second apart return.
TEST(Uniform, AgesThatReturnCountOnce) {
  std::vector<double> ages;
  for (int look = 0; look < 700; ++look) ages.push_back(2.5 + look * 15 % 7);
  const auto fit = fit_uniform(ages);
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->different, 7u);
  EXPECT_TRUE(fit->width.holds(7));
  EXPECT_TRUE(fit->least.holds(2));
}

TEST(Uniform, OfAgesThatAreInStepNothingIsSaid) {
  std::vector<double> ages;
  for (int look = 0; look < 100; ++look) ages.push_back(look % 2 == 0 ? 4 : 19);
  EXPECT_FALSE(fit_uniform(ages));
  EXPECT_FALSE(fit_uniform({}));
}

// The sum of two uniform ones is denser in the middle: a value that waits for two clocks.
TEST(Uniform, WhatIsNotIsToldByItsDistance) {
  std::vector<double> ages;
  Random random(1, "sum");
  for (int i = 0; i < 500; ++i) ages.push_back(15 * random.uniform() + 15 * random.uniform());
  const auto fit = fit_uniform(ages);
  ASSERT_TRUE(fit);
  EXPECT_GT(fit->distance, fit->critical);
}

}  // namespace uniform_test
}  // namespace thaw::calibration
