#include "policies/hpa/go_arithmetic.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace thaw::hpa {
namespace go_arithmetic_test {

constexpr auto kLeast32 = std::numeric_limits<std::int32_t>::min();
constexpr auto kMost32 = std::numeric_limits<std::int32_t>::max();
constexpr auto kLeast64 = std::numeric_limits<std::int64_t>::min();
constexpr auto kMost64 = std::numeric_limits<std::int64_t>::max();

TEST(HpaArithmetic, WrapsAround) {
  EXPECT_EQ(wrapped(std::int64_t{kMost32} + 1), kLeast32);
  EXPECT_EQ(sum(kMost64, 1), kLeast64);
  EXPECT_EQ(product(kMost64, 2), -2);
  EXPECT_EQ(quotient(kLeast64, -1), kLeast64);
  EXPECT_EQ(quotient(-7, 2), -3);
}

// amd64's CVTTSD2SI answers what it cannot hold with the least integer.
TEST(HpaArithmetic, AFloatThatNoIntegerHoldsIsTheLeastOne) {
  EXPECT_EQ(to_int32(2147483647.0), kMost32);
  EXPECT_EQ(to_int32(2147483648.0), kLeast32);
  EXPECT_EQ(to_int32(-2147483648.9), kLeast32);
  EXPECT_EQ(to_int32(-1.9), -1);
  EXPECT_EQ(to_int32(NAN), kLeast32);
  EXPECT_EQ(to_int32(INFINITY), kLeast32);
  EXPECT_EQ(to_int64(9.3e18), kLeast64);
  EXPECT_EQ(to_int64(NAN), kLeast64);
  EXPECT_EQ(to_int64(-2.5), -2);
}

}  // namespace go_arithmetic_test
}  // namespace thaw::hpa
