#include "engine/time_zone.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <stdexcept>

namespace thaw {

void PrintTo(const CivilTime& t, std::ostream* out) {
  *out << t.year << '-' << t.month << '-' << t.day << ' ' << t.hour << ':' << t.minute << ':'
       << t.second;
}

namespace time_zone_test {

constexpr TimePoint at(std::int64_t unix_seconds) { return {std::chrono::seconds{unix_seconds}}; }
constexpr TimePoint kWinterNoon = at(1'767'614'400);  // 2026-01-05T12:00:00Z
constexpr TimePoint kSummerNoon = at(1'782'907'200);  // 2026-07-01T12:00:00Z

TimeZone zone(const std::string& name) {
  const auto found = TimeZone::find(name);
  if (!found) throw std::runtime_error("the tz database lacks " + name);
  return *found;
}

TEST(TimeZone, FindsOnlyWhatTheDatabaseHas) {
  for (const char* name : {"Europe/Paris", "GB", "UTC", "America/New_York", "Etc/GMT+5"}) {
    EXPECT_TRUE(TimeZone::find(name)) << name;
  }
  for (const char* name : {"", "Europe", "Europe/Pariss", "europe/paris", "../../../etc/passwd",
                           "/usr/share/zoneinfo/UTC", "CEST", "UTC+1"}) {
    EXPECT_FALSE(TimeZone::find(name)) << name;
  }
}

TEST(TimeZone, FollowsSummerTime) {
  EXPECT_EQ(zone("Europe/Paris").local(kWinterNoon), (CivilTime{2026, 1, 5, 13, 0, 0}));
  EXPECT_EQ(zone("Europe/Paris").local(kSummerNoon), (CivilTime{2026, 7, 1, 14, 0, 0}));
  EXPECT_EQ(zone("UTC").local(kSummerNoon), (CivilTime{2026, 7, 1, 12, 0, 0}));
}

TEST(TimeZone, TakesTheShortNameOfGreatBritain) {
  EXPECT_EQ(zone("GB").local(kWinterNoon), (CivilTime{2026, 1, 5, 12, 0, 0}));
  EXPECT_EQ(zone("GB").local(kSummerNoon), (CivilTime{2026, 7, 1, 13, 0, 0}));
}

TEST(TimeZone, KnowsOffsetsOfQuarterHours) {
  EXPECT_EQ(zone("Asia/Kathmandu").local(kWinterNoon), (CivilTime{2026, 1, 5, 17, 45, 0}));
}

TEST(TimeZone, CutsFractionsTowardsThePast) {
  EXPECT_EQ(zone("UTC").local(at(0) - 1ns), (CivilTime{1969, 12, 31, 23, 59, 59}));
  EXPECT_EQ(zone("UTC").local(at(0) + 999ms), (CivilTime{1970, 1, 1, 0, 0, 0}));
}

TEST(TimeZone, ReadsLocalTimeBack) {
  for (const char* name : {"Europe/Paris", "GB", "America/New_York", "Australia/Lord_Howe"}) {
    const TimeZone z = zone(name);
    // Of autumn's two equal local times the first comes back: by an hour, or Lord Howe's 30 min.
    for (TimePoint t = kWinterNoon; t < kWinterNoon + 365 * 24h; t = t + 5h + 7min) {
      const TimePoint back = z.instant(z.local(t));
      ASSERT_TRUE(back == t || back == t - 1h || back == t - 30min) << name << ' ' << to_text(t);
      ASSERT_EQ(z.local(back), z.local(t)) << name << ' ' << to_text(t);
    }
  }
}

// The European Union's summer time of 2026: from 29 March to 25 October, each at 01:00 UTC.
TEST(TimeZone, TakesTheOffsetOfWinterForTheHourThatSpringSkips) {
  // 02:30 does not exist; by the offset before the change, +1 h, it is 01:30 UTC.
  EXPECT_EQ(to_text(zone("Europe/Paris").instant({2026, 3, 29, 2, 30, 0})), "2026-03-29T01:30:00Z");
}

TEST(TimeZone, TakesTheFirstOfTheTwoHoursOfAutumn) {
  // 02:30 is 00:30 UTC by +2 h and again 01:30 UTC by +1 h.
  EXPECT_EQ(to_text(zone("Europe/Paris").instant({2026, 10, 25, 2, 30, 0})),
            "2026-10-25T00:30:00Z");
}

TEST(TimeZoneDeathTest, RefusesADateThatNoCalendarHas) {
  const TimeZone utc = zone("UTC");
  EXPECT_DEATH(utc.instant({2026, 2, 30, 0, 0, 0}), "date of the calendar");
  EXPECT_DEATH(utc.instant({2026, 13, 1, 0, 0, 0}), "date of the calendar");
  EXPECT_DEATH(utc.instant({2262, 1, 1, 0, 0, 0}), "fit a TimePoint");
}

}  // namespace time_zone_test
}  // namespace thaw
