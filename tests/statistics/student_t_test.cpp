#include "engine/statistics/student_t.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>

#include "engine/math.hpp"

namespace thaw {
namespace {

// The two-sided 95 % column (0.975 one-sided) as textbooks print it, and the normal quantile that
// it ends with.
TEST(StudentT, HasThePublishedTableOf95Percent) {
  struct Row {
    std::size_t degrees_of_freedom;
    double t;
  };
  for (const auto& [n, t] :
       {Row{1, 12.706}, Row{2, 4.303}, Row{3, 3.182}, Row{4, 2.776}, Row{5, 2.571}, Row{9, 2.262},
        Row{10, 2.228}, Row{19, 2.093}, Row{29, 2.045}, Row{30, 2.042}, Row{60, 2.000},
        Row{100, 1.984}, Row{120, 1.980}, Row{1000, 1.962}}) {
    EXPECT_NEAR(student_t(n), t, 0.0005) << n;
  }
  EXPECT_NEAR(student_t(1'000'000'000'000), 1.959963984540054, 1e-11);
}

TEST(StudentT, HasThePublishedTableOfOtherConfidences) {
  EXPECT_NEAR(student_t(1, 0.5), 1.000, 0.0005);
  EXPECT_NEAR(student_t(9, 0.5), 0.703, 0.0005);
  EXPECT_NEAR(student_t(9, 0.99), 3.250, 0.0005);
  EXPECT_NEAR(student_t(19, 0.99), 2.861, 0.0005);
  EXPECT_NEAR(student_t(29, 0.999), 3.659, 0.0005);
  EXPECT_NEAR(student_t(100, 0.999), 3.390, 0.0005);
}

// n = 1 is Cauchy's: t = tan(π/2 · c). n = 2 and n = 4 have inverses too; that of 2 is t = c ·
// sqrt(2/(1 - c²)), and t with n = 4 solves 1 - c² = 1 - s²(1 + k/2)², s² = t²/(4 + t²), k = 1 -
// s².
TEST(StudentT, HoldsItsErrorWhereThereIsAFormula) {
  const long double half_pi = std::acos(-1.0L) / 2;
  for (const double c : {0.5, 0.9, 0.95, 0.99, 0.9999, 0.999999}) {
    const auto cauchy = static_cast<double>(std::tan(half_pi * c));
    EXPECT_NEAR(student_t(1, c), cauchy, 1e-9 * cauchy) << c;
    const auto of_two =
        static_cast<double>(c * std::sqrt(2 / (1 - static_cast<long double>(c) * c)));
    EXPECT_NEAR(student_t(2, c), of_two, 1e-9 * of_two) << c;
    const long double t = student_t(4, c), s2 = t * t / (4 + t * t);
    EXPECT_NEAR(static_cast<double>(std::sqrt(s2) * (1 + (1 - s2) / 2)), c, 1e-15) << c;
  }
}

// With 50 digits, by the incomplete beta function: a computation of another kind.
TEST(StudentT, HoldsItsErrorForManyDegreesOfFreedom) {
  const auto expect = [](std::size_t n, double c, double t) {
    EXPECT_NEAR(student_t(n, c), t, (c <= 0.95 ? 2e-13 : 1e-9) * t) << n << ' ' << c;
  };
  expect(3, 0.5, 0.7648923284043453);
  expect(3, 0.95, 3.182446305283708);
  expect(3, 0.9999, 28.00013001095001);
  expect(3, 0.999999, 130.1545895571102);
  expect(19, 0.5, 0.6876214602039603);
  expect(19, 0.95, 2.093024054408309);
  expect(19, 0.9999, 4.897461588862216);
  expect(19, 0.999999, 7.069118187044321);
  expect(100, 0.5, 0.6769510430114715);
  expect(100, 0.95, 1.983971518523552);
  expect(100, 0.9999, 4.053336701201548);
  expect(100, 0.999999, 5.213727574223293);
  expect(399, 0.5, 0.6751051239197809);
  expect(399, 0.95, 1.965927295920882);
  expect(399, 0.9999, 3.930285012126537);
  expect(399, 0.999999, 4.969091949844319);
  expect(400, 0.5, 0.6751035842407485);
  expect(400, 0.95, 1.965912343229463);
  expect(400, 0.9999, 3.930184884404128);
  expect(400, 0.999999, 4.96889567032995);
  expect(1000, 0.5, 0.6747351646070094);
  expect(1000, 0.95, 1.962339080826408);
  expect(1000, 0.9999, 3.906343736701408);
  expect(1000, 0.999999, 4.922289523423825);
}

TEST(StudentT, FallsFromOneDegreeOfFreedomToTheNext) {
  for (const double c : {0.5, 0.95, 0.9999}) {
    for (std::size_t n = 1; n < 600; ++n) ASSERT_GT(student_t(n, c), student_t(n + 1, c)) << n;
    EXPECT_GT(student_t(600, c), math::normal_quantile(0.5 + c / 2));
  }
}

TEST(StudentTDeathTest, RefusesWhatHasNoMeaning) {
  EXPECT_DEATH(student_t(0), "at least one degree of freedom");
  EXPECT_DEATH(student_t(5, 0.4), "confidence is out of range");
  EXPECT_DEATH(student_t(5, 1), "confidence is out of range");
}

}  // namespace
}  // namespace thaw
