#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <limits>

#include "engine/math.hpp"
#include "engine/random.hpp"

namespace thaw {
namespace cos_turns_and_gamma_test {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int kPoints = 200'000;

static_assert(LDBL_MANT_DIG >= 64, "the error of a double is measured in long double");

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

struct Pinned {
  double x, result;
};

// Without whole turns, as libm's own reduction would multiply their error.
long double exact_cos_turns(double turns) {
  const long double fraction = turns - std::floor(static_cast<long double>(turns));
  return std::cos(2 * std::acos(-1.0L) * fraction);
}

TEST(CosTurns, HoldsItsAbsoluteError) {
  Random random(50, "cos");
  double worst = 0;
  for (int i = 0; i < kPoints; ++i) {
    const double unit = random.uniform(), some = 2000 * (random.uniform() - 0.5);
    for (const double x : {unit, some}) {
      worst =
          std::max(worst, static_cast<double>(std::fabs(math::cos_turns(x) - exact_cos_turns(x))));
    }
  }
  EXPECT_LT(worst, 0x1p-52);
  EXPECT_GT(worst, 0x1p-54);  // no worse than correct rounding would mean that nothing was measured
}

TEST(CosTurns, IsExactAtEachQuarter) {
  for (const double whole : {0., 1., 7., 1e6, 0x1p40, -3., -0x1p40}) {
    EXPECT_EQ(math::cos_turns(whole), 1) << whole;
    EXPECT_EQ(math::cos_turns(whole + 0.25), 0) << whole;
    EXPECT_EQ(math::cos_turns(whole + 0.5), -1) << whole;
    EXPECT_EQ(math::cos_turns(whole + 0.75), 0) << whole;
  }
}

// A fraction of many binary digits is the same one after a million turns.
TEST(CosTurns, LosesNothingOverManyTurns) {
  for (const double fraction : {0x1.5p-3, 0x1.9p-2, 0x1.cp-1, 0x1.23p-5}) {
    for (const double whole : {1., 1e3, 1e6, 0x1p30}) {
      EXPECT_EQ(math::cos_turns(whole + fraction), math::cos_turns(fraction)) << whole;
      EXPECT_EQ(math::cos_turns(-whole - fraction), math::cos_turns(fraction)) << whole;
    }
  }
}

TEST(CosTurns, HasItsSpecialValues) {
  for (const double whole : {0x1p52, 0x1p53, 0x1p60, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(math::cos_turns(whole), 1) << whole;
    EXPECT_EQ(math::cos_turns(-whole), 1) << whole;
  }
  EXPECT_EQ(math::cos_turns(0x1p51 + 0.5), -1);
  EXPECT_EQ(math::cos_turns(-0.0), 1);
  for (const double x : {kInfinity, -kInfinity, kNan}) EXPECT_TRUE(std::isnan(math::cos_turns(x)));
}

TEST(GammaFunction, HoldsItsRelativeError) {
  Random random(51, "gamma");
  double worst = 0;
  for (int i = 0; i < kPoints; ++i) {
    const double wide = 170 * random.uniform(), common = 3 * random.uniform();
    for (const double x : {wide, common, std::pow(10, -300 * common / 3)}) {
      const long double exact = std::tgamma(static_cast<long double>(x));
      const long double distance = std::fabs((math::gamma_function(x) - exact) / exact);
      worst = std::max(worst, static_cast<double>(distance));
    }
  }
  EXPECT_LT(worst, 2e-14);
  EXPECT_GT(worst, 1e-16);
}

// Γ(n) = (n - 1)!; Γ(1/2) = sqrt(π); Γ(1/4) = 3.62560990822190831193…
TEST(GammaFunction, HasItsKnownValues) {
  double factorial = 1;
  for (int n = 1; n <= 15; ++n) {
    EXPECT_EQ(math::gamma_function(n), factorial) << n;
    factorial *= n;
  }
  EXPECT_NEAR(math::gamma_function(0.5), std::sqrt(std::acos(-1.0)), 2e-14);
  EXPECT_NEAR(math::gamma_function(0.25), 3.6256099082219083, 4e-14);
}

// The greatest double is Γ(171.6243769563027…); Γ(x) = 1/x - 0.577… near 0.
TEST(GammaFunction, OverflowsWhereDoublesEnd) {
  EXPECT_LT(math::gamma_function(171.62437), kInfinity);
  EXPECT_GT(math::gamma_function(171.62437), 1.79e308);
  for (const double x : {171.6244, 172., 172.1, 1e10, kInfinity, 1e-309}) {
    EXPECT_EQ(math::gamma_function(x), kInfinity) << x;
  }
  EXPECT_NEAR(math::gamma_function(1e-308), 1e308, 2e-14 * 1e308);
}

TEST(GammaFunction, HasNoValueFromZeroDown) {
  for (const double x : {0., -0., -0.5, -1., -kInfinity, kNan}) {
    EXPECT_TRUE(std::isnan(math::gamma_function(x))) << x;
  }
}

// As in math_test.cpp: results of this very code, the same on every machine.
TEST(SameBits, OfCosTurns) {
  static constexpr Pinned kCases[] = {{0, 0x1p+0},
                                      {1e-09, 0x1p+0},
                                      {0.01, 0x1.fefd5bfe443fep-1},
                                      {0.1, 0x1.9e3779b97f4a8p-1},
                                      {0.125, 0x1.6a09e667f3bcdp-1},
                                      {0.12500000000000003, 0x1.6a09e667f3bcbp-1},
                                      {0.2, 0x1.3c6ef372fe94ep-2},
                                      {0.24999999999999997, 0x1.921fb54442d18p-53},
                                      {0.3, -0x1.3c6ef372fe94ep-2},
                                      {0.4, -0x1.9e3779b97f4a8p-1},
                                      {0.499, -0x1.fffd69aa0b99dp-1},
                                      {0.6, -0x1.9e3779b97f4a8p-1},
                                      {0.7, -0x1.3c6ef372fe954p-2},
                                      {0.9, 0x1.9e3779b97f4a8p-1},
                                      {1.1, 0x1.9e3779b97f4a5p-1},
                                      {17.35, -0x1.2cf2304755a9fp-1},
                                      {-0.15, 0x1.2cf2304755a5ep-1},
                                      {-1234.567, -0x1.d34c4fce76eebp-1},
                                      {1000000.3, -0x1.3c6ef377c665ep-2},
                                      {1000000000000000.4, -0x1.6a09e667f3bcdp-1}};
  for (const auto& [x, result] : kCases) EXPECT_EQ(bits(math::cos_turns(x)), bits(result)) << x;
}

TEST(SameBits, OfGammaFunction) {
  static constexpr Pinned kCases[] = {{1e-300, 0x1.7e43c8800759ap+996},
                                      {1e-09, 0x1.dcd64ffb61dcfp+29},
                                      {0.1, 0x1.306ea7b280d9fp+3},
                                      {0.3333333333333333, 0x1.56e77539482e6p+1},
                                      {0.5, 0x1.c5bf891b4ef6cp+0},
                                      {0.75, 0x1.39b4e8b50f62dp+0},
                                      {1, 0x1p+0},
                                      {1.1, 0x1.e71772b7348ffp-1},
                                      {1.4616321449683622, 0x1.c56dc82a74af2p-1},
                                      {1.5, 0x1.c5bf891b4ef6cp-1},
                                      {2.5, 0x1.544fa6d47b391p+0},
                                      {3.3, 0x1.577ae04a2e948p+1},
                                      {7.7, 0x1.5a3a925403f41p+11},
                                      {15.99, 0x1.283c48cb66619p+40},
                                      {16, 0x1.30777758p+40},
                                      {16.01, 0x1.38edb6f5b2bd8p+40},
                                      {33.3, 0x1.2069372b95fbdp+119},
                                      {100, 0x1.166c698cf183bp+518},
                                      {143.5, 0x1.d7a37bd8b40f3p+818},
                                      {150.25, 0x1.5a9121ac859efp+867},
                                      {170.6, 0x1.52e425f13147ap+1016}};
  for (const auto& [x, result] : kCases) {
    EXPECT_EQ(bits(math::gamma_function(x)), bits(result)) << x;
  }
}

// Ten thousand results each, folded into one number (FNV-1a over 64-bit words).
template <class Function>
std::uint64_t hash_of_results(const Function& result_at_random) {
  Random random(46, "same bits");
  std::uint64_t hash = 0xcbf29ce484222325;
  for (int i = 0; i < 10'000; ++i) {
    hash = (hash ^ bits(result_at_random(random))) * 0x100000001b3;
  }
  return hash;
}

TEST(SameBits, OfTenThousandCosinesAndGammas) {
  const auto cosine = [](Random& r) { return math::cos_turns(1000 * (r.uniform() - 0.5)); };
  EXPECT_EQ(hash_of_results(cosine), 0xd99360d2be112081u);
  const auto gamma = [](Random& r) { return math::gamma_function(171 * r.uniform()); };
  EXPECT_EQ(hash_of_results(gamma), 0xe6356dd703527aa9u);
}

}  // namespace cos_turns_and_gamma_test
}  // namespace thaw
