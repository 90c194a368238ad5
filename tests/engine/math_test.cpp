#include "engine/math.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "engine/random.hpp"

namespace thaw {
namespace math_test {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeast = std::numeric_limits<double>::denorm_min();
constexpr double kLeastNormal = std::numeric_limits<double>::min();
constexpr double kGreatest = std::numeric_limits<double>::max();
constexpr int kPoints = 200'000;

// What the results are measured by: libm with the longer mantissa, whose own error is below 1/1000
// ulp of a double.
static_assert(LDBL_MANT_DIG >= 64, "the error of a double is measured in long double");

double distance_in_ulp(double got, long double exact) {
  const double nearest = std::fabs(static_cast<double>(exact));
  const double ulp = std::nextafter(nearest, kInfinity) - nearest;
  return static_cast<double>(std::fabs(got - exact) / ulp);
}

double relative_distance(double got, long double exact) {
  return static_cast<double>(std::fabs((got - exact) / exact));
}

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

double between(double low, double high, Random& random) {
  return low + (high - low) * random.uniform();
}

// Any positive finite double, each exponent as likely as any other: subnormal ones too.
double of_any_size(Random& random) {
  return std::bit_cast<double>(random.below(bits(kInfinity) - 1) + 1);
}

TEST(Log, IsWithinOneUlp) {
  Random random(40, "log");
  double worst = 0;
  for (int i = 0; i < kPoints; ++i) {
    const double near_one = between(0.5, 2, random), small = 1 + between(-0.01, 0.01, random);
    for (const double x : {of_any_size(random), near_one, small}) {
      worst = std::max(worst, distance_in_ulp(math::log(x), std::log(static_cast<long double>(x))));
    }
  }
  EXPECT_LT(worst, 1);
  EXPECT_GT(worst, 0.5);  // no worse than correct rounding would mean that nothing was measured
}

TEST(Log, IsWithinOneUlpBesideOne) {
  for (double x = 1; x < 1 + 1e-12; x = std::nextafter(x, 2)) {
    const double below = 2 - x;
    ASSERT_LT(distance_in_ulp(math::log(x), std::log(static_cast<long double>(x))), 1) << x;
    ASSERT_LT(distance_in_ulp(math::log(below), std::log(static_cast<long double>(below))), 1);
  }
}

TEST(Log, HasItsSpecialValues) {
  EXPECT_EQ(bits(math::log(1)), bits(0.0));
  EXPECT_EQ(math::log(0), -kInfinity);
  EXPECT_EQ(math::log(-0.0), -kInfinity);
  EXPECT_EQ(math::log(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(math::log(-1)));
  EXPECT_TRUE(std::isnan(math::log(-kLeast)));
  EXPECT_TRUE(std::isnan(math::log(-kInfinity)));
  EXPECT_TRUE(std::isnan(math::log(kNan)));
}

TEST(LogEach, HasTheBitsOfTheLogarithmsOneByOne) {
  Random random(47, "log each");
  for (int round = 0; round < kPoints / 16; ++round) {
    math::Lanes x{};
    for (double& lane : x) {
      const double unit = random.uniform(), any = std::max(of_any_size(random), kLeastNormal);
      lane = round % 2 == 0 ? unit : any;
    }
    math::Lanes got = x;
    math::log_each(got);
    for (std::size_t i = 0; i < x.size(); ++i)
      ASSERT_EQ(bits(got[i]), bits(math::log(x[i]))) << x[i];
  }
}

TEST(LogEach, TakesTheEndsOfItsRange) {
  math::Lanes x;
  x.fill(kLeastNormal);
  x[15] = kGreatest;
  math::log_each(x);
  EXPECT_EQ(x[0], math::log(kLeastNormal));
  EXPECT_EQ(x[15], math::log(kGreatest));
}

TEST(Exp, IsWithinOneUlp) {
  Random random(41, "exp");
  double worst = 0;
  for (int i = 0; i < kPoints; ++i) {
    for (const double x : {between(-708, 709.7, random), between(-1, 1, random),
                           between(-50, 50, random), between(-1e-9, 1e-9, random)}) {
      worst = std::max(worst, distance_in_ulp(math::exp(x), std::exp(static_cast<long double>(x))));
    }
  }
  EXPECT_LT(worst, 1);
  EXPECT_GT(worst, 0.5);
}

TEST(Exp, IsWithinOneUlpOfSubnormalResults) {
  Random random(42, "exp");
  for (int i = 0; i < kPoints; ++i) {
    const double x = between(-745.1, -708.4, random);
    ASSERT_LT(distance_in_ulp(math::exp(x), std::exp(static_cast<long double>(x))), 1) << x;
  }
}

// The ends: ln of the greatest double is 709.782712893383973096…, ln of half the least one is
// -745.133219101941108420…, below which a result rounds to 0.
TEST(Exp, OverflowsAndUnderflowsWhereDoublesEnd) {
  EXPECT_LT(math::exp(709.78271289338397), kInfinity);
  EXPECT_EQ(math::exp(709.78271289338411), kInfinity);
  EXPECT_EQ(math::exp(-745.13321910194110), kLeast);
  EXPECT_EQ(math::exp(-745.13321910194122), 0);
  for (const double x : {710., 799., 801., 1e6, 1e300, kGreatest, kInfinity}) {
    EXPECT_EQ(math::exp(x), kInfinity) << x;
    EXPECT_EQ(bits(math::exp(-x)), x == 710 ? bits(math::exp(-710)) : bits(0.0)) << x;
  }
}

TEST(Exp, HasItsSpecialValues) {
  for (const double x : {0.0, -0.0, kLeast, -kLeast, kLeastNormal, 1e-17, -1e-17}) {
    EXPECT_EQ(math::exp(x), 1) << x;
  }
  EXPECT_TRUE(std::isnan(math::exp(kNan)));
}

// The exponent y is chosen so that the result's logarithm is even within ±ln 1e300 = ±690.7.
TEST(Pow, HoldsItsRelativeErrorOverTheWholeRange) {
  Random random(43, "pow");
  double worst = 0;
  for (int i = 0; i < kPoints; ++i) {
    for (const double x :
         {of_any_size(random), between(0.5, 2, random), 1 + between(-1e-6, 1e-6, random)}) {
      if (x == 1) continue;
      const double y = between(-690, 690, random) / std::log(x);
      const long double exact = std::pow(static_cast<long double>(x), static_cast<long double>(y));
      if (exact < 1e-300L || exact > 1e300L) continue;
      worst = std::max(worst, relative_distance(math::pow(x, y), exact));
    }
  }
  EXPECT_LT(worst, 1e-14);
  EXPECT_GT(worst, 1e-16);
}

// A double logarithm alone would be off by 690 · 2^-53 = 8e-14 at the ends.
TEST(Pow, IsWithinTwoUlpForResultsOfCommonSize) {
  Random random(44, "pow");
  for (int i = 0; i < kPoints; ++i) {
    const double x = between(0.01, 100, random), y = between(-5, 5, random);
    const long double exact = std::pow(static_cast<long double>(x), static_cast<long double>(y));
    ASSERT_LT(distance_in_ulp(math::pow(x, y), exact), 2) << x << ' ' << y;
  }
}

TEST(Pow, IsExactForSmallWholePowers) {
  double power = 1;
  for (int n = 0; n <= 52; ++n, power *= 2) EXPECT_EQ(math::pow(2, n), power) << n;
  EXPECT_EQ(math::pow(3, 4), 81);
  EXPECT_EQ(math::pow(10, 15), 1e15);
}

TEST(Pow, OverflowsAndUnderflows) {
  EXPECT_EQ(math::pow(2, 1023), 0x1p1023);
  EXPECT_EQ(math::pow(2, 1024), kInfinity);
  EXPECT_EQ(math::pow(2, -1074), kLeast);
  EXPECT_EQ(math::pow(2, -1076), 0);
  EXPECT_EQ(math::pow(10, 400), kInfinity);
  EXPECT_EQ(math::pow(10, -400), 0);
  EXPECT_EQ(math::pow(0.5, 5000), 0);
  EXPECT_EQ(math::pow(0.5, -5000), kInfinity);
  EXPECT_EQ(math::pow(kGreatest, kGreatest), kInfinity);
  EXPECT_EQ(math::pow(kLeast, kGreatest), 0);
  EXPECT_EQ(math::pow(1 - 0x1p-53, kGreatest), 0);
  EXPECT_EQ(math::pow(kLeast, kLeast), 1);
}

// As C's annex F has them, for x >= 0.
TEST(Pow, HasItsSpecialValues) {
  for (const double x : {0.0, 1.0, 2.0, kInfinity, kNan, -1.0}) EXPECT_EQ(math::pow(x, 0), 1) << x;
  for (const double y : {-3.0, kInfinity, -kInfinity, kNan}) EXPECT_EQ(math::pow(1, y), 1) << y;
  EXPECT_EQ(math::pow(0, 2.5), 0);
  EXPECT_EQ(math::pow(0, kInfinity), 0);
  EXPECT_EQ(math::pow(0, -2.5), kInfinity);
  EXPECT_EQ(math::pow(0, -kInfinity), kInfinity);
  EXPECT_EQ(math::pow(kInfinity, 0.5), kInfinity);
  EXPECT_EQ(math::pow(kInfinity, -0.5), 0);
  EXPECT_EQ(math::pow(2, kInfinity), kInfinity);
  EXPECT_EQ(math::pow(2, -kInfinity), 0);
  EXPECT_EQ(math::pow(0.5, kInfinity), 0);
  EXPECT_EQ(math::pow(0.5, -kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(math::pow(kNan, 1)));
  EXPECT_TRUE(std::isnan(math::pow(2, kNan)));
  EXPECT_TRUE(std::isnan(math::pow(0, kNan)));
  EXPECT_TRUE(std::isnan(math::pow(-2, 2)));
}

// How far z is from the true quantile of p, relative: (Phi(z) - p) / (z phi(z)). In the middle by
// erf, in the tails by erfc of the side on which p is small, so that neither loses digits.
double quantile_error(double z, double p) {
  const long double exact_z = z, root_two = std::sqrt(2.0L);
  const long double density = std::exp(-exact_z * exact_z / 2) / std::sqrt(2 * std::acos(-1.0L));
  long double missed = 0;
  if (p > 0.25 && p < 0.75) {
    missed = std::erf(exact_z / root_two) / 2 - (p - 0.5L);
  } else if (p < 0.5) {
    missed = std::erfc(-exact_z / root_two) / 2 - p;
  } else {
    missed = (1 - static_cast<long double>(p)) - std::erfc(exact_z / root_two) / 2;
  }
  return static_cast<double>(std::fabs(missed / (density * exact_z)));
}

TEST(NormalQuantile, HoldsItsRelativeError) {
  Random random(45, "normal quantile");
  double worst = 0;
  for (int i = 0; i < kPoints; ++i) {
    const double tail = math::exp(between(-690, -2, random));
    for (const double p : {random.uniform(), tail, math::exp(between(-30, -2, random)),
                           1 - math::exp(between(-30, -2, random))}) {
      worst = std::max(worst, quantile_error(math::normal_quantile(p), p));
    }
  }
  EXPECT_LT(worst, 1e-15);
  EXPECT_GT(worst, 1e-17);
}

// Where one rational approximation hands over to the next: |p - 1/2| = 0.425 and p = exp(-25).
TEST(NormalQuantile, RisesThroughItsSeams) {
  for (const double seam : {0.075, 0.925, math::exp(-25), 1 - math::exp(-25)}) {
    for (int step = -100; step < 100; ++step) {
      const double p = seam * (1 + step * 1e-13), next = seam * (1 + (step + 1) * 1e-13);
      if (p < next) {
        ASSERT_LE(math::normal_quantile(p), math::normal_quantile(next)) << p;
      }
    }
  }
}

// Wichura prints these three to check an implementation; the fourth is the table value for 95 %.
TEST(NormalQuantile, HasThePublishedValues) {
  EXPECT_NEAR(math::normal_quantile(0.25), -0.6744897501960817, 1e-15);
  EXPECT_NEAR(math::normal_quantile(0.001), -3.090232306167814, 1e-14);
  EXPECT_NEAR(math::normal_quantile(1e-20), -9.262340089798408, 1e-14);
  EXPECT_NEAR(math::normal_quantile(0.95), 1.6448536269514722, 2e-15);
}

TEST(NormalQuantile, IsOddAroundOneHalf) {
  EXPECT_EQ(math::normal_quantile(0.5), 0);
  for (const double d : {0x1p-50, 0x1p-5, 0.25, 0.4375, 0.5 - 0x1p-30, 0.5 - 0x1p-53}) {
    EXPECT_EQ(math::normal_quantile(0.5 + d), -math::normal_quantile(0.5 - d)) << d;
  }
}

TEST(NormalQuantile, HasItsSpecialValues) {
  EXPECT_EQ(math::normal_quantile(0), -kInfinity);
  EXPECT_EQ(math::normal_quantile(1), kInfinity);
  EXPECT_TRUE(std::isnan(math::normal_quantile(-0.1)));
  EXPECT_TRUE(std::isnan(math::normal_quantile(1.1)));
  EXPECT_TRUE(std::isnan(math::normal_quantile(kNan)));
  EXPECT_TRUE(std::isfinite(math::normal_quantile(kLeast)));
  EXPECT_TRUE(std::isfinite(math::normal_quantile(1 - 0x1p-53)));
}

// The same bits for every build type, compiler and processor: results of this very code, which the
// tests above hold to their bounds. A change here changes every run that anybody has kept.
struct Pinned {
  double x, result;
};

TEST(SameBits, OfLog) {
  static constexpr Pinned kCases[] = {{5e-324, -0x1.74385446d71c3p+9},
                                      {1e-310, -0x1.64e69394d9508p+9},
                                      {2.2250738585072014e-308, -0x1.6232bdd7abcd2p+9},
                                      {1e-100, -0x1.cc845b54b54f2p+7},
                                      {1e-09, -0x1.4b927f32bffb8p+4},
                                      {0.1, -0x1.26bb1bbb55515p+1},
                                      {0.25, -0x1.62e42fefa39efp+0},
                                      {0.5, -0x1.62e42fefa39efp-1},
                                      {0.7071067811865475, -0x1.62e42fefa39f1p-2},
                                      {0.7071067811865476, -0x1.62e42fefa39eep-2},
                                      {0.75, -0x1.269621134db92p-2},
                                      {0.9, -0x1.af8e8210a415cp-4},
                                      {0.9999999999999999, -0x1p-53},
                                      {1.0000000000000002, 0x1.fffffffffffffp-53},
                                      {1.1, 0x1.8663f793c46ccp-4},
                                      {1.4142135623730951, 0x1.62e42fefa39f0p-2},
                                      {1.5, 0x1.9f323ecbf984cp-2},
                                      {2, 0x1.62e42fefa39efp-1},
                                      {3, 0x1.193ea7aad030ap+0},
                                      {10, 0x1.26bb1bbb55516p+1},
                                      {1000, 0x1.ba18a998fffa0p+2},
                                      {1e+17, 0x1.3926cd770aa67p+5},
                                      {1e+100, 0x1.cc845b54b54f2p+7},
                                      {1.7976931348623157e+308, 0x1.62e42fefa39efp+9}};
  for (const auto& [x, result] : kCases) EXPECT_EQ(bits(math::log(x)), bits(result)) << x;
}

TEST(SameBits, OfExp) {
  static constexpr Pinned kCases[] = {{-745, 0x0.0000000000001p-1022},
                                      {-720.5, 0x0.00005cf08fff0p-1022},
                                      {-708, 0x1.7c8ab2288c9abp-1022},
                                      {-100, 0x1.a8c1f14e2af5dp-145},
                                      {-20, 0x1.1b48655f37267p-29},
                                      {-1.5, 0x1.c8f87724b5c1dp-3},
                                      {-1, 0x1.78b56362cef38p-2},
                                      {-0.34657359027997264, 0x1.6a09e667f3bccp-1},
                                      {-0.1, 0x1.cf46d99d52b3ap-1},
                                      {-1e-09, 0x1.fffffff768fa1p-1},
                                      {1e-300, 0x1p+0},
                                      {1e-05, 0x1.0000a7c5e340ep+0},
                                      {0.1, 0x1.1aec7b35a00d4p+0},
                                      {0.34657359027997264, 0x1.6a09e667f3bccp+0},
                                      {0.5, 0x1.a61298e1e069cp+0},
                                      {1, 0x1.5bf0a8b14576ap+1},
                                      {1.5, 0x1.1ed3fe64fc541p+2},
                                      {2, 0x1.d8e64b8d4ddaep+2},
                                      {10, 0x1.5829dcf950560p+14},
                                      {33.3, 0x1.078401f5a3ec8p+48},
                                      {100, 0x1.3494a9b171bf5p+144},
                                      {600.25, 0x1.f8256bde4abacp+865},
                                      {709.75, 0x1.ef85a11e73f2dp+1023}};
  for (const auto& [x, result] : kCases) EXPECT_EQ(bits(math::exp(x)), bits(result)) << x;
}

TEST(SameBits, OfPow) {
  static constexpr struct {
    double x, y, result;
  } kCases[] = {{2, 0.5, 0x1.6a09e667f3bccp+0},
                {2, -0.5, 0x1.6a09e667f3bccp-1},
                {0.5, 3.7, 0x1.3b2c47bff8328p-4},
                {10, -5, 0x1.4f8b588e368f0p-17},
                {10, 22, 0x1.0f0cf064dd592p+73},
                {1.1, 100, 0x1.aea4e6126bb95p+13},
                {1.0000001, 10000000, 0x1.5bf0a790ce6f2p+1},
                {0.9999999, 10000000, 0x1.78b5622a21056p-2},
                {3, -200.5, 0x1.2924df6b68b58p-318},
                {1.5, 700, 0x1.6382d2c2ff803p+409},
                {1e-05, 0.3, 0x1.030dc4ea03a73p-5},
                {1e+300, 0.99, 0x1.87706b0213ce0p+986},
                {1e-300, 0.99, 0x1.4ed8b04671dc9p-987},
                {123.456, 7.89, 0x1.c37e53d5e93d2p+54},
                {0.001, -33.3, 0x1.d0d934f4c5d24p+331},
                {7, 0.3333333333333333, 0x1.e9b5dba58189dp+0},
                {1e-310, 0.5, 0x1.1297872d9cbaep-515},
                {2, -1070.5, 0x0.000000000000bp-1022},
                {1.2, 3, 0x1.ba5e353f7ced8p+0},
                {0.7, 1e-09, 0x1.fffffffcefa9ep-1},
                {5, 400, 0x1.b4ec7f91973fep+928}};
  for (const auto& [x, y, result] : kCases) {
    EXPECT_EQ(bits(math::pow(x, y)), bits(result)) << x << ' ' << y;
  }
}

TEST(SameBits, OfNormalQuantile) {
  static constexpr Pinned kCases[] = {
      {1e-300, -0x1.286074064c26ep+5},     {1e-100, -0x1.546010d75521fp+4},
      {1e-20, -0x1.2865170b43a4bp+3},      {1e-11, -0x1.ad2f7bbec4805p+2},
      {1e-10, -0x1.97203597a2154p+2},      {1e-05, -0x1.10f3f8843a3dap+2},
      {0.001, -0x1.8b8cbb7204470p+1},      {0.01, -0x1.29c5c4630ff0ep+1},
      {0.05, -0x1.a515209676abdp+0},       {0.0749, -0x1.70b374817af50p+0},
      {0.0751, -0x1.7056dc6686c9ap+0},     {0.1, -0x1.4813c36e26d34p+0},
      {0.25, -0x1.5956b87528a49p-1},       {0.49, -0x1.9aba9f4786911p-6},
      {0.4999999, -0x1.0d25ac61904efp-22}, {0.5000001, 0x1.0d25ac5f0e9c9p-22},
      {0.6, 0x1.036d6c4a04b5ap-2},         {0.75, 0x1.5956b87528a49p-1},
      {0.9, 0x1.4813c36e26d34p+0},         {0.925, 0x1.7085226d3e524p+0},
      {0.95, 0x1.a515209676ab8p+0},        {0.99, 0x1.29c5c4630ff0cp+1},
      {0.999, 0x1.8b8cbb7204470p+1},       {0.9999999, 0x1.4cc1f26b3355ap+2}};
  for (const auto& [p, result] : kCases) {
    EXPECT_EQ(bits(math::normal_quantile(p)), bits(result)) << p;
  }
}

// Far more results than can be listed, folded into one number each (FNV-1a over 64-bit words).
template <class Function>
std::uint64_t hash_of_results(const Function& result_at_random) {
  Random random(46, "same bits");
  std::uint64_t hash = 0xcbf29ce484222325;
  for (int i = 0; i < 10'000; ++i) {
    hash = (hash ^ bits(result_at_random(random))) * 0x100000001b3;
  }
  return hash;
}

TEST(SameBits, OfTenThousandResultsEach) {
  const auto any_log = [](Random& r) { return math::log(of_any_size(r)); };
  EXPECT_EQ(hash_of_results(any_log), 0x999373a1023f8542u);
  const auto near_log = [](Random& r) { return math::log(between(0.5, 2, r)); };
  EXPECT_EQ(hash_of_results(near_log), 0x7c53828b5705bd88u);
  const auto any_exp = [](Random& r) { return math::exp(between(-745, 709, r)); };
  EXPECT_EQ(hash_of_results(any_exp), 0x7e23183388745873u);
  const auto any_pow = [](Random& r) {
    const double x = between(0, 50, r);
    return math::pow(x, between(-100, 100, r));
  };
  EXPECT_EQ(hash_of_results(any_pow), 0x55cfa5c8238bf03du);
  const auto quantile = [](Random& r) { return math::normal_quantile(r.uniform()); };
  EXPECT_EQ(hash_of_results(quantile), 0x4c0a9ac535bf0eecu);
}

}  // namespace math_test
}  // namespace thaw
