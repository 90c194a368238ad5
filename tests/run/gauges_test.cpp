// Values over time, integrated exactly.
#include "engine/run/gauges.hpp"

#include <gtest/gtest.h>

namespace thaw {
namespace gauges_test {

constexpr TimePoint kBegin{1'767'571'200s};
TimePoint at(Duration t) { return kBegin + t; }

TEST(TimeWeighted, IntegralIsValueTimesTime) {
  TimeWeighted value(kBegin);
  value.set(at(1s), 3);
  value.set(at(3500ms), 1);
  // 0 × 1 s + 3 × 2.5 s + 1 × 0.25 s
  EXPECT_EQ(value.integral(at(3750ms)) - Integral{}, 7.75);
  EXPECT_EQ(value.integral(at(3500ms)) - Integral{}, 7.5) << "looking changes nothing";
  EXPECT_EQ(value.value(), 1);
  EXPECT_EQ(value.max(), 3);
  EXPECT_DOUBLE_EQ(value.mean(at(3750ms)), 7.75 / 3.75);
}

TEST(TimeWeighted, ADifferenceOfIntegralsIsOfTheTimeBetween) {
  TimeWeighted value(kBegin);
  value.set(at(0s), 2);
  const Integral before = value.integral(at(900ms));
  value.set(at(1s), 4);
  // 2 × 0.1 s + 4 × 0.3 s, across a full second
  EXPECT_NEAR(value.integral(at(1300ms)) - before, 1.4, 1e-12);
}

TEST(TimeWeighted, AYearOfAMillionIsExact) {
  constexpr std::int64_t kMillion = 1'000'000;
  TimeWeighted value(kBegin);
  value.set(kBegin, kMillion);
  const Duration year = 24h * 365;
  const Integral integral = value.integral(at(year + 1ns));
  EXPECT_EQ(integral.seconds, 365 * 86'400 * kMillion);
  EXPECT_EQ(integral.nanoseconds, kMillion);
}

TEST(TimeWeighted, ManyShortStepsAddUpWithoutLoss) {
  TimeWeighted value(kBegin);
  for (int i = 0; i < 3'000'000; ++i) value.set(at(Duration(i) * 333), 7);
  const Integral integral = value.integral(at(Duration(3'000'000) * 333));
  EXPECT_EQ(integral.seconds, 6);  // 7 × 0.999 s
  EXPECT_EQ(integral.nanoseconds, 993'000'000);
}

}  // namespace gauges_test
}  // namespace thaw
