#include "engine/invariant.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace thaw {
namespace invariant_test {

TEST(Invariant, GoesOnWhereTheConditionHolds) {
  int evaluated = 0;
  THAW_CHECK(++evaluated == 1, "a condition is evaluated once");
  EXPECT_EQ(evaluated, 1);
}

TEST(InvariantDeathTest, AbortsWithPlaceReasonAndCondition) {
  const int ready = 3, desired = 2;
  EXPECT_EXIT(THAW_CHECK(ready <= desired, "never more than asked for"),
              testing::KilledBySignal(SIGABRT),
              "invariant_test.cpp:[0-9]+: never more than asked for \\(ready <= desired");
}

}  // namespace invariant_test
}  // namespace thaw
