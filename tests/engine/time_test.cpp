#include "engine/time.hpp"

#include <gtest/gtest.h>

#include "engine/random.hpp"
#include "engine/scenario/units.hpp"

namespace thaw {
namespace time_test {

constexpr TimePoint at(std::int64_t unix_seconds) { return {std::chrono::seconds{unix_seconds}}; }

TEST(DurationText, NamesTheLargestUnitFirst) {
  EXPECT_EQ(to_text(10min), "10min");
  EXPECT_EQ(to_text(2h + 30min), "2h30min");
  EXPECT_EQ(to_text(1h + 1min + 1s), "1h1min1s");
  EXPECT_EQ(to_text(3h), "3h");
  EXPECT_EQ(to_text(2h + 5s), "2h5s");
  EXPECT_EQ(to_text(90s), "1min30s");
  EXPECT_EQ(to_text(59s), "59s");
}

TEST(DurationText, WritesFractionsOfASecondAsDecimals) {
  EXPECT_EQ(to_text(1500ms), "1.5s");
  EXPECT_EQ(to_text(1h + 500ms), "1h0.5s");
  EXPECT_EQ(to_text(1min + 1ns), "1min0.000000001s");
  EXPECT_EQ(to_text(12s + 340ms), "12.34s");
}

TEST(DurationText, GoesBelowTheSecondByUnit) {
  EXPECT_EQ(to_text(250ms), "250ms");
  EXPECT_EQ(to_text(1ms + 20us), "1.02ms");
  EXPECT_EQ(to_text(999us), "999us");
  EXPECT_EQ(to_text(1001ns), "1.001us");
  EXPECT_EQ(to_text(7ns), "7ns");
  EXPECT_EQ(to_text(999'999'999ns), "999.999999ms");
}

TEST(DurationText, WritesZeroInSeconds) { EXPECT_EQ(to_text(Duration{0}), "0s"); }

TEST(DurationText, PutsASignBeforeANegativeLength) {
  EXPECT_EQ(to_text(-1500ms), "-1.5s");
  EXPECT_EQ(to_text(-(1h + 1min)), "-1h1min");
  EXPECT_EQ(to_text(Duration{-7}), "-7ns");
}

// 2^63 ns = 9223372036.854775808 s = 2562047 h 47 min 16.854775808 s
TEST(DurationText, ReachesTheEndsOfTheRange) {
  EXPECT_EQ(to_text(Duration::max()), "2562047h47min16.854775807s");
  EXPECT_EQ(to_text(Duration::min()), "-2562047h47min16.854775808s");
}

TEST(DurationText, IsReadBackExactlyByTheScenarioReader) {
  Random random(1, "duration text");
  for (int i = 0; i < 20'000; ++i) {
    // Of every size from 1 ns to 2^61 ns = 73 years, half of them rounded to whole milliseconds.
    Duration d{static_cast<std::int64_t>(random.bits() >> (3 + random.below(61)))};
    if (i % 2 == 0) d -= d % 1ms;
    ASSERT_EQ(units::duration(to_text(d)), d) << to_text(d);
  }
}

// Unix times by `date -u -d … +%s`.
TEST(TimePointText, WritesTheCalendarInUtc) {
  EXPECT_EQ(to_text(at(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_text(at(1'767'571'200)), "2026-01-05T00:00:00Z");
  EXPECT_EQ(to_text(at(951'782'399)), "2000-02-28T23:59:59Z");
  EXPECT_EQ(to_text(at(951'782'400)), "2000-02-29T00:00:00Z");
  EXPECT_EQ(to_text(at(951'868'800)), "2000-03-01T00:00:00Z");
  EXPECT_EQ(to_text(at(4'107'542'400)), "2100-03-01T00:00:00Z");  // 2100 is no leap year
  EXPECT_EQ(to_text(at(4'107'542'399)), "2100-02-28T23:59:59Z");
}

TEST(TimePointText, WritesAFractionOnlyWhenThereIsOne) {
  EXPECT_EQ(to_text(at(1'767'571'200) + 500ms), "2026-01-05T00:00:00.5Z");
  EXPECT_EQ(to_text(at(1'767'571'200) + 1ns), "2026-01-05T00:00:00.000000001Z");
}

TEST(TimePointText, GoesBackBeforeTheEpoch) {
  EXPECT_EQ(to_text(at(0) - 1ns), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(to_text(at(-86'400)), "1969-12-31T00:00:00Z");
  EXPECT_EQ(to_text(at(-5'364'662'400)), "1800-01-01T00:00:00Z");
}

// 2^63 ns after and before the epoch, as every 64-bit clock of nanoseconds ends.
TEST(TimePointText, ReachesTheEndsOfTheRange) {
  EXPECT_EQ(to_text(TimePoint::never()), "2262-04-11T23:47:16.854775807Z");
  EXPECT_EQ(to_text(TimePoint{Duration::min()}), "1677-09-21T00:12:43.145224192Z");
}

TEST(TimePoint, AddsAndSubtractsLengths) {
  const TimePoint t = at(100);
  EXPECT_EQ(t + 5s, at(105));
  EXPECT_EQ(t - 5s, at(95));
  EXPECT_EQ(at(105) - t, 5s);
  EXPECT_LT(t, t + 1ns);
  EXPECT_LT(t, TimePoint::never());
}

TEST(Seconds, AreTheNearestDouble) {
  EXPECT_EQ(seconds(1500ms), 1.5);
  EXPECT_EQ(seconds(100ms), 0.1);
  EXPECT_EQ(seconds(-1ns), -1e-9);
}

}  // namespace time_test
}  // namespace thaw
