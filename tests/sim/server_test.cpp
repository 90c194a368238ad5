#include "sim/server.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/random.hpp"

namespace thaw::sim {
namespace server_test {

constexpr TimePoint kStart{1767571200s};
constexpr bool kShared = true, kAlone = false;

struct Job {
  Duration arrives, work;
};
using Ends = std::vector<Duration>;

// Each job starts when it arrives, as soon as a slot is free; what ends when.
Ends served_by(Server server, const std::vector<Job>& jobs) {
  Ends ends(jobs.size());
  std::vector<RequestId> finished;
  TimePoint now = kStart;
  for (std::size_t next = 0;;) {
    const TimePoint arrival = next < jobs.size() ? kStart + jobs[next].arrives : TimePoint::never();
    const TimePoint end = server.next_end(now);
    if (arrival == TimePoint::never() && end == TimePoint::never()) return ends;
    now = std::min(arrival, end);
    if (end <= arrival) {
      finished.clear();
      server.take_finished(now, finished);
      EXPECT_FALSE(finished.empty()) << "nothing had ended at next_end()";
      for (const RequestId id : finished) ends[id] = now - kStart;
    } else {
      server.wait(static_cast<RequestId>(next++));
    }
    while (server.has_free_slot()) {
      const auto id = server.take_waiting();
      if (!id) break;
      server.start(*id, jobs[*id].work, now);
    }
  }
}

// --- first come, first served ---

TEST(Server, EachSlotServesAtFullSpeed) {
  EXPECT_EQ(served_by(Server(3, kAlone), {{0s, 5s}, {0s, 3s}, {1s, 3s}}), (Ends{5s, 3s, 4s}));
}

TEST(Server, TheThirdWaitsForTheFirstFreeOfTwoSlots) {
  // Slots are free at 3 s and 5 s; 3 + 4 = 7, 5 + 1 = 6.
  EXPECT_EQ(served_by(Server(2, kAlone), {{0s, 5s}, {0s, 3s}, {1s, 4s}, {2s, 1s}}),
            (Ends{5s, 3s, 7s, 6s}));
}

TEST(Server, OneSlotServesInTheOrderOfArrival) {
  EXPECT_EQ(served_by(Server(1, kAlone), {{0s, 5s}, {1s, 1s}, {2s, 1s}, {20s, 1s}}),
            (Ends{5s, 6s, 7s, 21s}));
}

TEST(Server, CountsSlotsAndTheLine) {
  Server server(2, kAlone);
  server.start(0, 5s, kStart);
  EXPECT_TRUE(server.has_free_slot());
  server.start(1, 5s, kStart);
  EXPECT_FALSE(server.has_free_slot());
  server.wait(2);
  EXPECT_EQ(server.running(), 2u);
  EXPECT_EQ(server.waiting(), 1u);
  EXPECT_EQ(server.load(), 3u);
}

TEST(Server, EqualEndsComeInTheOrderOfTheirStarts) {
  Server server(3, kAlone);
  server.start(7, 10s, kStart);
  server.start(3, 5s, kStart + 5s);
  server.start(5, 1s, kStart + 5s);
  std::vector<RequestId> finished;
  server.take_finished(kStart + 10s, finished);  // ends at 10, 10 and 6 s
  EXPECT_EQ(finished, (std::vector<RequestId>{5, 7, 3}));
}

// --- processor sharing: closed forms ---

TEST(Server, EqualJobsAtOnceEndTogetherAfterTheirSum) {
  for (int n = 1; n <= 16; ++n) {
    const std::vector<Job> jobs(static_cast<std::size_t>(n), Job{0s, 3s});
    EXPECT_EQ(served_by(Server(n, kShared), jobs), Ends(jobs.size(), n * 3s)) << n;
  }
}

TEST(Server, AJobThatArrivesMidwayHalvesTheSpeed) {
  // First alone until 5 s, then 5 s of work at 1/2: 15 s. Second: 5 s done by then, 5 s alone: 20
  // s.
  EXPECT_EQ(served_by(Server(2, kShared), {{0s, 10s}, {5s, 10s}}), (Ends{15s, 20s}));
}

TEST(Server, AShortJobOvertakesALongOne) {
  // Short: 2 s of work at 1/2 from 1 s to 5 s. Long: 1 + 2 done at 5 s, 7 s left, alone: 12 s.
  EXPECT_EQ(served_by(Server(2, kShared), {{0s, 10s}, {1s, 2s}}), (Ends{12s, 5s}));
}

TEST(Server, AShareIsOfWhatIsInServiceNotOfWhatWaits) {
  // Two slots: 4 s each at 1/2 until 8 s; the third, alone from 8 s, ends at 12 s.
  EXPECT_EQ(served_by(Server(2, kShared), {{0s, 4s}, {0s, 4s}, {0s, 4s}}), (Ends{8s, 8s, 12s}));
}

TEST(Server, OneNanosecondOfWorkTakesItsShareOfTime) {
  EXPECT_EQ(served_by(Server(3, kShared), {{0s, 1ns}, {0s, 1ns}, {0s, 1ns}}),
            (Ends{3ns, 3ns, 3ns}));
}

TEST(Server, NoWorkEndsAtOnce) {
  EXPECT_EQ(served_by(Server(2, kShared), {{1s, 0ns}}), (Ends{1s}));
}

// --- processor sharing against another computation ---

// Ends by remaining work in 64-bit mantissas; slots without end. `jobs` in the order of arrival.
std::vector<long double> exact_ends(const std::vector<Job>& jobs) {
  std::vector<long double> left, ends(jobs.size(), -1);
  std::size_t next = 0, running = 0;
  long double now = 0;
  while (true) {
    long double least = -1;
    for (std::size_t i = 0; i < next; ++i)
      if (ends[i] < 0 && (least < 0 || left[i] < least)) least = left[i];
    const long double share = static_cast<long double>(running);
    const long double end = now + least * share;
    if (next < jobs.size() &&
        (running == 0 || static_cast<long double>(jobs[next].arrives.count()) <= end)) {
      const auto arrival = static_cast<long double>(jobs[next].arrives.count());
      for (std::size_t i = 0; i < next; ++i)
        if (ends[i] < 0) left[i] -= (arrival - now) / share;
      now = arrival;
      left.push_back(static_cast<long double>(jobs[next++].work.count()));
      ++running;
    } else if (running > 0) {
      for (std::size_t i = 0; i < next; ++i) {
        if (ends[i] >= 0) continue;
        left[i] -= least;
        if (left[i] > 1e-6L) continue;
        ends[i] = end;
        --running;
      }
      now = end;
    } else {
      return ends;
    }
  }
}

TEST(Server, SharingIsNeverEarlyAndAtMostNanosecondsLate) {
  Random random(1, "server test");
  long double latest = 0;
  for (int round = 0; round < 1000; ++round) {
    std::vector<Job> jobs(1 + random.below(12));
    for (Job& job : jobs) {
      job.arrives = Duration(static_cast<std::int64_t>(random.below(20'000'000'000)));
      job.work = Duration(static_cast<std::int64_t>(1 + random.below(10'000'000'000)));
    }
    std::sort(jobs.begin(), jobs.end(),
              [](const Job& a, const Job& b) { return a.arrives < b.arrives; });
    const Ends ends = served_by(Server(16, kShared), jobs);
    const auto exact = exact_ends(jobs);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const long double late = static_cast<long double>(ends[i].count()) - exact[i];
      // 2e10 ns in 64 bits of mantissa are good to 1e-9; sums of a few dozen such to 1e-6.
      ASSERT_GE(late, -1e-6L) << "round " << round << ", job " << i;
      latest = std::max(latest, late);
    }
  }
  // An end rounded up by e < 1 ns among n sharers costs each other one e / (n (n - 1)) of its work,
  // paid back times the sharers there are by then: below 12 × (1/2 + 1/6 + …) = 12 for 12 jobs.
  EXPECT_LT(latest, 12.0L);
  EXPECT_GT(latest, 0.0L);
}

// --- leaving early ---

TEST(Server, WithdrawnInServiceLeavesItsShareToTheOthers) {
  Server server(2, kShared);
  server.start(0, 10s, kStart);
  server.start(1, 10s, kStart);
  EXPECT_EQ(server.next_end(kStart), kStart + 20s);
  EXPECT_TRUE(server.withdraw(0, kStart + 10s));
  // The other has had 5 s by 10 s; its last 5 s alone.
  EXPECT_EQ(server.next_end(kStart + 10s), kStart + 15s);
  EXPECT_EQ(server.running(), 1u);
}

TEST(Server, WithdrawnInServiceLeavesNoTraceInAServerOfItsOwnSpeed) {
  Server server(2, kAlone);
  server.start(0, 10s, kStart);
  server.start(1, 12s, kStart);
  EXPECT_TRUE(server.withdraw(0, kStart + 1s));
  EXPECT_EQ(server.next_end(kStart + 1s), kStart + 12s);
}

TEST(Server, WithdrawnFromTheLineChangesNothingInService) {
  Server server(1, kShared);
  server.start(0, 10s, kStart);
  server.wait(1);
  server.wait(2);
  EXPECT_FALSE(server.withdraw(1, kStart + 1s));
  EXPECT_EQ(server.next_end(kStart + 1s), kStart + 10s);
  EXPECT_EQ(server.take_waiting(), 2u);
  EXPECT_EQ(server.take_waiting(), std::nullopt);
}

TEST(Server, TakeAllEmptiesServiceThenLine) {
  Server server(2, kShared);
  server.start(4, 10s, kStart);
  server.start(2, 10s, kStart);
  server.wait(9);
  server.wait(1);
  EXPECT_EQ(server.take_all(), (std::vector<RequestId>{4, 2, 9, 1}));
  EXPECT_EQ(server.load(), 0u);
  EXPECT_EQ(server.next_end(kStart), TimePoint::never());
}

TEST(Server, RemembersWhenItsLastRequestEnded) {
  Server server(2, kAlone);
  server.start(0, 3s, kStart);
  server.start(1, 60s, kStart);
  std::vector<RequestId> finished;
  server.take_finished(kStart + 2s, finished);
  EXPECT_EQ(server.last_end(), TimePoint{});
  server.take_finished(kStart + 3s, finished);
  EXPECT_EQ(server.last_end(), kStart + 3s);
  server.wait(2);
  server.withdraw(2, kStart + 4s);
  EXPECT_EQ(server.last_end(), kStart + 3s) << "it was never in service";
  server.withdraw(1, kStart + 5s);
  EXPECT_EQ(server.last_end(), kStart + 5s);
}

TEST(Server, AnIdleStretchDoesNotCount) {
  EXPECT_EQ(served_by(Server(4, kShared), {{0s, 1s}, {3600s, 2s}, {3600s, 2s}}),
            (Ends{1s, 3604s, 3604s}));
}

}  // namespace server_test
}  // namespace thaw::sim
