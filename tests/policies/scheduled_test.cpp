// scheduled: entries, days, midnight and the change of clocks. kStart is a Monday in UTC.
#include <gtest/gtest.h>

#include "tests/policies/shown.hpp"

namespace thaw {

PolicyInfo scheduled_policy();

namespace scheduled_test {

constexpr Duration kDay = 24h;

const Settings kOffice{{"entries.0.days", "Mon-Fri"},
                       {"entries.0.from", "08:00"},
                       {"entries.0.to", "18:00"},
                       {"entries.0.replicas", "4"},
                       {"otherwise", "1"}};

TEST(Scheduled, FollowsTheEntriesOfTheDay) {
  Shown f(scheduled_policy, kOffice);
  f.replicas(1);
  const Decision night = f.ask(0s, Cause::start);
  EXPECT_EQ(night.desired, std::nullopt);
  EXPECT_EQ(night.ask_again, kStart + 8h);
  EXPECT_EQ(to_words(night.why), "outside every entry of the schedule → 1");

  const Decision morning = f.ask(8h);
  EXPECT_EQ(morning.desired, Replicas(4));
  EXPECT_EQ(to_words(morning.why), "entry 0 of the schedule → 4");
  f.replicas(4);
  EXPECT_EQ(f.ask(8h + 1s, Cause::pods).ask_again, kStart + 18h);
  EXPECT_EQ(f.ask(18h - 1ns, Cause::pods).desired, std::nullopt);
  EXPECT_EQ(f.ask(18h).desired, Replicas(1));
}

TEST(Scheduled, SleepsOverTheWeekend) {
  Shown f(scheduled_policy, kOffice);
  f.replicas(1);
  // From Friday 18:00 to Monday 08:00.
  EXPECT_EQ(f.ask(4 * kDay + 18h, Cause::start).ask_again, kStart + 7 * kDay + 8h);
  EXPECT_EQ(f.ask(5 * kDay + 12h).desired, std::nullopt);
}

TEST(Scheduled, WrapsAroundMidnight) {
  Shown f(scheduled_policy, {{"entries.0.days", "Fri"},
                             {"entries.0.from", "22:00"},
                             {"entries.0.to", "06:00"},
                             {"entries.0.replicas", "2"}});
  f.replicas(0);
  EXPECT_EQ(f.ask(4 * kDay + 5h, Cause::start).desired, std::nullopt);  // Thursday night: not Fri
  EXPECT_EQ(f.ask(4 * kDay + 22h).desired, Replicas(2));
  f.replicas(2);
  EXPECT_EQ(f.ask(5 * kDay).ask_again, kStart + 5 * kDay + 6h);  // Saturday
  EXPECT_EQ(f.ask(5 * kDay + 6h).desired, Replicas(0));
}

TEST(Scheduled, AnEntryWithoutDaysOrTimesHoldsAlways) {
  Shown f(scheduled_policy, {{"entries.0.replicas", "3"}});
  f.replicas(3);
  for (int hour = 0; hour < 24 * 7; ++hour) EXPECT_EQ(f.ask(hour * 1h).desired, std::nullopt);
}

TEST(Scheduled, OfTwoEntriesTheFirstDecides) {
  Shown f(scheduled_policy, {{"entries.0.days", "Mon,Wed"},
                             {"entries.0.from", "10:00"},
                             {"entries.0.to", "11:00"},
                             {"entries.0.replicas", "9"},
                             {"entries.1.days", "Sat-Mon"},
                             {"entries.1.replicas", "2"}});
  f.replicas(0);
  EXPECT_EQ(f.ask(9h, Cause::start).desired, Replicas(2));
  EXPECT_EQ(f.ask(10h).desired, Replicas(9));
  EXPECT_EQ(f.ask(11h).desired, Replicas(2));
  EXPECT_EQ(f.ask(kDay + 10h).desired, std::nullopt);  // Tuesday is in neither, and 0 holds
}

// Paris is an hour ahead of UTC in January and two from 29 March 2026, 01:00 UTC, to 25 October,
// 01:00 UTC: 07:00 there is 06:00 and 05:00 in UTC.
TEST(Scheduled, FollowsTheClocksOfItsZone) {
  Shown f(scheduled_policy,
          {{"entries.0.from", "07:00"}, {"entries.0.to", "08:00"}, {"time-zone", "Europe/Paris"}});
  f.replicas(0);
  EXPECT_EQ(f.ask(0s, Cause::start).ask_again, kStart + 6h);
  const Duration march28 = 82 * kDay, march29 = 83 * kDay;  // 5 January + 82 days
  EXPECT_EQ(f.ask(march28 + 12h, Cause::start).ask_again, kStart + march29 + 5h);
  const Duration october25 = 293 * kDay;
  EXPECT_EQ(f.ask(october25, Cause::start).ask_again, kStart + october25 + 6h);
}

TEST(Scheduled, ATimeThatTheClocksSkipHasTheOffsetBefore) {
  Shown f(scheduled_policy,
          {{"entries.0.from", "02:30"}, {"entries.0.to", "04:00"}, {"time-zone", "Europe/Paris"}});
  f.replicas(0);
  const Duration march29 = 83 * kDay;
  EXPECT_EQ(f.ask(march29, Cause::start).ask_again, kStart + march29 + 90min);  // 02:30 + 01:00
  EXPECT_EQ(f.ask(march29 + 90min).desired, Replicas(1));
  f.replicas(1);
  EXPECT_EQ(f.ask(march29 + 2h).desired, Replicas(0));  // 04:00 in summer time
}

TEST(Scheduled, PutsItsNumberBack) {
  Shown f(scheduled_policy, kOffice);
  f.replicas(1);
  f.ask(0s, Cause::start);
  f.replicas(6);
  EXPECT_EQ(f.ask(1h, Cause::pods).desired, Replicas(1));
}

TEST(Scheduled, SleepingIsNotObservable) {
  Shown asleep(scheduled_policy, kOffice), awake(scheduled_policy, kOffice);
  asleep.replicas(0), awake.replicas(0);
  TimePoint due = kStart;
  int changes = 0, questions = 0;
  for (Duration t = 0s; t < 8 * kDay; t += 15min) {
    const Decision often = awake.ask(t);
    if (often.desired) awake.replicas(often.desired->count), ++changes;
    if (kStart + t < due) {
      EXPECT_EQ(often.desired, std::nullopt);
      continue;
    }
    ++questions;
    const Decision seldom = asleep.ask(t);
    due = seldom.desired ? kStart + t + 1ns : seldom.ask_again;  // a write pokes
    if (seldom.desired) asleep.replicas(seldom.desired->count);
    EXPECT_EQ(seldom.desired, often.desired);
  }
  EXPECT_EQ(changes, 13);  // the first, five days of two, and Monday again
  EXPECT_LT(questions, 30);
}

TEST(Scheduled, RefusesWhatIsNoDayTimeOrZone) {
  EXPECT_TRUE(Shown(scheduled_policy, {{"entries.0.days", "Mon-Fry"}}).complains("\"Mon-Fry\""));
  EXPECT_TRUE(Shown(scheduled_policy, {{"entries.0.from", "8:00"}}).complains("\"8:00\""));
  EXPECT_TRUE(Shown(scheduled_policy, {{"entries.0.to", "24:01"}}).complains("\"24:01\""));
  EXPECT_TRUE(Shown(scheduled_policy, {{"entries.0.from", "24:00"}}).complains("end of a day"));
  EXPECT_TRUE(Shown(scheduled_policy, {{"time-zone", "Paris"}}).complains("found \"Paris\""));
  EXPECT_TRUE(Shown(scheduled_policy, {{"entries.0.form", "08:00"}}).complains("entries.0.from"));
  EXPECT_TRUE(Shown(scheduled_policy, {{"entries.1.from", "08:00"}}).complains("unknown setting"));
  EXPECT_EQ(Shown(scheduled_policy, kOffice).problem(), "");
}

TEST(Scheduled, HasNothingToRemember) {
  Shown f(scheduled_policy, kOffice);
  EXPECT_TRUE(f.restart());
  f.replicas(1);
  EXPECT_EQ(f.ask(9h, Cause::start).desired, Replicas(4));
  EXPECT_FALSE(f.restart(1));
}

}  // namespace scheduled_test
}  // namespace thaw
