#include "engine/report/notation.hpp"

#include <gtest/gtest.h>

namespace thaw {
namespace notation_test {

TEST(ExactSeconds, KeepsEveryNanosecondAndNoTrailingZero) {
  EXPECT_EQ(exact_seconds(0s), "0");
  EXPECT_EQ(exact_seconds(100s), "100");
  EXPECT_EQ(exact_seconds(1500ms), "1.5");
  EXPECT_EQ(exact_seconds(602s + 1ns), "602.000000001");
  EXPECT_EQ(exact_seconds(-250ms), "-0.25");
}

TEST(ExactSeconds, KeepsTheNanosecondThatADoubleLoses) {
  // 2^53 ns are 104.25 days: from there on a double in nanoseconds skips odd ones.
  EXPECT_EQ(exact_seconds(9'007'199'254'740'993ns), "9007199.254740993");
}

TEST(ReadableLength, HasThreeDigitsBelowASecondAndCentisecondsAbove) {
  EXPECT_EQ(readable_length(0s), "0s");
  EXPECT_EQ(readable_length(999ns), "999ns");
  EXPECT_EQ(readable_length(1'500ns), "1.5us");
  EXPECT_EQ(readable_length(15'340us), "15.3ms");
  EXPECT_EQ(readable_length(153'400us), "153ms");
  EXPECT_EQ(readable_length(1'530ms), "1.53s");
  EXPECT_EQ(readable_length(59'994ms), "59.99s");
}

TEST(ReadableLength, HasTwoUnitsFromAMinuteOn) {
  EXPECT_EQ(readable_length(602s), "10min02s");
  EXPECT_EQ(readable_length(20h + 3min + 29s), "20h03min");
  EXPECT_EQ(readable_length(20h + 3min + 30s), "20h04min");
  EXPECT_EQ(readable_length(76h), "3d04h");
}

TEST(ReadableLength, CarriesWhenRoundingReachesTheNextUnit) {
  EXPECT_EQ(readable_length(999'900ns), "1ms");  // to whole microseconds: 1000us
  EXPECT_EQ(readable_length(999'900us), "1s");
  EXPECT_EQ(readable_length(59'995ms), "1min00s");
  EXPECT_EQ(readable_length(3599'500ms), "1h00min");
  EXPECT_EQ(readable_length(24h - 30s), "1d00h");
}

TEST(ReadableLength, ShowsTheSign) { EXPECT_EQ(readable_length(-90s), "-1min30s"); }

TEST(ReadableInstant, KeepsTheSecondHoweverLateItIs) {
  EXPECT_EQ(readable_instant(5s), "5s");
  EXPECT_EQ(readable_instant(602'500ms), "10min03s");
  EXPECT_EQ(readable_instant(3599'500ms), "1h00min00s");
  EXPECT_EQ(readable_instant(20h + 3min + 7s), "20h03min07s");
  EXPECT_EQ(readable_instant(24h - 1ms), "1d00h00min00s");
}

}  // namespace notation_test
}  // namespace thaw
