#include "policies/hpa/tolerance.hpp"

#include <gtest/gtest.h>

namespace thaw::hpa {
namespace tolerance_test {

TEST(HpaTolerance, BothBoundsBelongToIt) {
  const Tolerance tolerance{0.1, 0.2};
  EXPECT_TRUE(tolerance.holds(1.1));
  EXPECT_TRUE(tolerance.holds(0.8));
  EXPECT_FALSE(tolerance.holds(1.1000000000000003));
  EXPECT_FALSE(tolerance.holds(0.7999999999999998));
}

TEST(HpaTolerance, ReadsQuantities) {
  EXPECT_EQ(parse_tolerance("0"), 0.0);
  EXPECT_EQ(parse_tolerance("0.2"), 0.2);
  EXPECT_EQ(parse_tolerance("50m"), 0.05);
  EXPECT_EQ(parse_tolerance("1e-2"), 0.01);
  EXPECT_EQ(parse_tolerance("2"), 2.0);
  EXPECT_EQ(parse_tolerance("1Ki"), 1024.0);
  EXPECT_EQ(parse_tolerance("1.5Ki"), 1536.0);
  EXPECT_EQ(parse_tolerance("2k"), 2000.0);
}

// Digits times a power of ten, as Kubernetes does: 3 · 10^-1 is not the double nearest to 0.3.
TEST(HpaTolerance, IsTheControllersFloatAndNotTheNearest) {
  EXPECT_EQ(parse_tolerance("0.3"), 3 * 0.1);
  EXPECT_NE(parse_tolerance("0.3"), 0.3);
  EXPECT_EQ(parse_tolerance("300m"), 300 * 0.001);
}

TEST(HpaTolerance, IsRoundedUpToBillionths) {
  EXPECT_EQ(parse_tolerance("0.0000000001"), 1e-9);
  EXPECT_EQ(parse_tolerance("0.0000000019"), 2e-9);
  EXPECT_EQ(parse_tolerance("0.0000000000"), 0.0);
  EXPECT_EQ(parse_tolerance("0.1n"), 1e-9);
}

TEST(HpaTolerance, RefusesWhatIsNoQuantity) {
  for (const char* text :
       {"", "-0.1", "0.1.1", "x", "10%", "m", ".", "1e", "1e99", "1 m", "1234567890123456789"}) {
    EXPECT_FALSE(parse_tolerance(text).has_value()) << text;
  }
}

}  // namespace tolerance_test
}  // namespace thaw::hpa
