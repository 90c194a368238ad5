#include "policies/idle_schedule.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace thaw {
namespace idle_schedule_test {

using Rule = IdleSchedule::Rule;
using Times = std::vector<std::string>;
using Timeouts = std::vector<std::pair<std::string, std::string>>;

constexpr TimePoint kWinter{1767571200s};  // 2026-01-05T00:00:00Z, by `date -u +%s`
constexpr TimePoint kSummer{1782864000s};  // 2026-07-01T00:00:00Z
constexpr TimePoint kSpring{1774742400s};  // 2026-03-29T00:00:00Z: Paris skips 02:00 to 03:00

struct Read {
  explicit Read(const Times& wake_ups, const Timeouts& timeouts = {},
                const std::string& zone = "UTC", Rule rule = Rule::by_instant) {
    if (!zone.empty()) params.set("Schedule.TimeZoneID", zone, {});
    for (std::size_t i = 0; i < wake_ups.size(); ++i) {
      params.set("Schedule.Default.WakeUp." + std::to_string(i), wake_ups[i], {});
    }
    for (std::size_t i = 0; i < timeouts.size(); ++i) {
      const std::string key = "Schedule.Default.ScaleDownTimeout." + std::to_string(i);
      params.set(key + ".Time", timeouts[i].first, {});
      params.set(key + ".Value", timeouts[i].second, {});
    }
    ParamsReader reader(params, diagnostics, "");
    schedule = IdleSchedule::read(params, reader, rule);
    reader.finish();
  }

  std::string errors() const {
    try {
      diagnostics.throw_if_any();
    } catch (const InputError& e) {
      return e.what();
    }
    return "";
  }

  Params params;
  Diagnostics diagnostics;
  IdleSchedule schedule;
};

TEST(IdleSchedule, SaysNothingWhereNothingIsScheduled) {
  const Read read({}, {}, "");
  EXPECT_EQ(read.schedule.last_wake_up(kWinter), std::nullopt);
  EXPECT_EQ(read.schedule.timeout(kWinter, 300s), 300s);
  EXPECT_EQ(read.schedule.next_change(kWinter), TimePoint::never());
}

TEST(IdleSchedule, TheLastWakeUpOfTodayCounts) {
  const Read read({"12:30", "07:00"});
  EXPECT_EQ(read.schedule.last_wake_up(kWinter + 8h), kWinter + 7h);
  EXPECT_EQ(read.schedule.last_wake_up(kWinter + 12h + 30min), kWinter + 12h + 30min);  // inclusive
  EXPECT_EQ(read.schedule.last_wake_up(kWinter + 12h + 30min - 1ns), kWinter + 7h);
}

TEST(IdleSchedule, BeforeTheFirstWakeUpOfTheDayTheLatestOfYesterdayCounts) {
  const Read read({"12:30", "07:00"});
  EXPECT_EQ(read.schedule.last_wake_up(kWinter + 6h), kWinter + 12h + 30min - 24h);
}

TEST(IdleSchedule, TimesAreThoseOfTheZone) {
  EXPECT_EQ(Read({"07:00"}, {}, "Europe/Paris").schedule.last_wake_up(kWinter + 23h),
            kWinter + 6h);  // winter: UTC+1
  EXPECT_EQ(Read({"07:00"}, {}, "Europe/Paris").schedule.last_wake_up(kSummer + 23h),
            kSummer + 5h);  // summer: UTC+2
}

TEST(IdleSchedule, TheDefaultZoneIsGreatBritain) {
  EXPECT_EQ(Read({"07:00"}, {}, "").schedule.last_wake_up(kSummer + 23h), kSummer + 6h);  // UTC+1
}

TEST(IdleSchedule, TodayIsTheDateInUtc) {
  // 07:00 in Tokyo (UTC+9) of the UTC date 5 January is 22:00 UTC of the 4th, past all day long.
  const Read read({"07:00"}, {}, "Asia/Tokyo");
  EXPECT_EQ(read.schedule.last_wake_up(kWinter), kWinter - 2h);
  EXPECT_EQ(read.schedule.last_wake_up(kWinter + 23h), kWinter - 2h);  // not 22:00 of the 5th
}

TEST(IdleSchedule, ATimeThatTheZoneSkipsTakesTheEarlierOffset) {
  // 02:30 does not exist; with the winter's UTC+1 it is 01:30 UTC.
  EXPECT_EQ(Read({"02:30"}, {}, "Europe/Paris").schedule.last_wake_up(kSpring + 12h),
            kSpring + 1h + 30min);
}

TEST(IdleSchedule, OfSeveralTimeoutsTheLatestPastOneHolds) {
  const Read read({}, {{"08:00", "60"}, {"20:00", "5"}});
  EXPECT_EQ(read.schedule.timeout(kWinter + 8h, 300s), 5s);  // 08:00 is past only right after it
  EXPECT_EQ(read.schedule.timeout(kWinter + 8h + 1ns, 300s), 60s);
  EXPECT_EQ(read.schedule.timeout(kWinter + 20h, 300s), 60s);
  EXPECT_EQ(read.schedule.timeout(kWinter + 20h + 1ns, 300s), 5s);
  EXPECT_EQ(read.schedule.timeout(kWinter, 300s), 5s);  // none past: the latest
}

TEST(IdleSchedule, ASingleTimeoutHoldsFromItsTimeToMidnight) {
  const Read read({}, {{"08:00", "60"}});
  EXPECT_EQ(read.schedule.timeout(kWinter + 7h, 300s), 300s);
  EXPECT_EQ(read.schedule.timeout(kWinter + 9h, 300s), 60s);
  EXPECT_EQ(read.schedule.timeout(kWinter + 24h, 300s), 300s);
}

TEST(IdleSchedule, ByMinuteASingleTimeoutCountsForNothing) {
  const Read read({}, {{"08:00", "60"}}, "UTC", Rule::by_minute);
  EXPECT_EQ(read.schedule.timeout(kWinter + 9h, 300s), 300s);
}

TEST(IdleSchedule, ByMinuteATimeIsPastWhenItsMinuteIs) {
  const Read read({}, {{"08:00", "60"}, {"20:00", "5"}}, "UTC", Rule::by_minute);
  EXPECT_EQ(read.schedule.timeout(kWinter + 8h + 1min - 1ns, 300s), 5s);
  EXPECT_EQ(read.schedule.timeout(kWinter + 8h + 1min, 300s), 60s);
}

TEST(IdleSchedule, ByMinuteOnlyTheMinuteOfTheUtcDayIsCompared) {
  // 07:00 in Tokyo is 22:00 UTC of the day before, and is compared as 22:00.
  const Timeouts timeouts{{"07:00", "60"}, {"15:00", "5"}};  // 22:00 and 06:00 UTC
  const Read by_minute({}, timeouts, "Asia/Tokyo", Rule::by_minute);
  EXPECT_EQ(by_minute.schedule.timeout(kWinter + 5h, 1s), 60s);  // none past: the latest minute
  EXPECT_EQ(by_minute.schedule.timeout(kWinter + 12h, 1s), 5s);
  EXPECT_EQ(by_minute.schedule.timeout(kWinter + 23h, 1s), 60s);
  const Read by_instant({}, timeouts, "Asia/Tokyo");
  EXPECT_EQ(by_instant.schedule.timeout(kWinter + 5h, 1s), 60s);  // past since yesterday
  EXPECT_EQ(by_instant.schedule.timeout(kWinter + 23h, 1s), 5s);
}

// The promise of next_change: between two of its instants neither answer differs.
TEST(IdleSchedule, AnnouncesEachChange) {
  const Times wake_ups{"07:00", "23:30", "00:15"};
  const Timeouts timeouts{{"08:00", "60"}, {"20:00", "5"}, {"23:59", "7"}};
  for (const char* zone : {"UTC", "Asia/Tokyo", "America/Los_Angeles", "Europe/Paris"}) {
    for (const Rule rule : {Rule::by_instant, Rule::by_minute}) {
      const Read read(wake_ups, timeouts, zone, rule);
      for (TimePoint now = kSpring - 24h; now < kSpring + 48h;) {
        const TimePoint next = read.schedule.next_change(now);
        ASSERT_GT(next, now);
        const auto wake_up = read.schedule.last_wake_up(now);
        const Duration timeout = read.schedule.timeout(now, 300s);
        for (const TimePoint t : {now + (next - now) / 3, now + (next - now) / 2, next - 1ns}) {
          ASSERT_EQ(read.schedule.last_wake_up(t), wake_up) << zone << " " << to_text(t);
          ASSERT_EQ(read.schedule.timeout(t, 300s), timeout) << zone << " " << to_text(t);
        }
        now = next;
      }
    }
  }
}

TEST(IdleSchedule, RefusesWhatIsNoTimeOfDay) {
  for (const char* text : {"7", "24:00", "07:60", "07-00", "", ":", "07:00:00", "-1:00", "a:b"}) {
    EXPECT_NE(Read({text}).errors().find("expected a time of day such as 07:00"), std::string::npos)
        << text;
  }
  EXPECT_EQ(Read({"7:5"}).errors(), "");
}

TEST(IdleSchedule, RefusesAnUnknownZoneAndANegativeTimeout) {
  EXPECT_NE(Read({"07:00"}, {}, "Europe/Pariss").errors().find("found \"Europe/Pariss\""),
            std::string::npos);
  EXPECT_NE(Read({}, {{"07:00", "-1"}}).errors().find("found \"-1\""), std::string::npos);
}

}  // namespace idle_schedule_test
}  // namespace thaw
