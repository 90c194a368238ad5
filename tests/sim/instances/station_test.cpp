#include "sim/instances/station.hpp"

#include <gtest/gtest.h>

#include <map>

namespace thaw::sim {
namespace station_test {

using Wide = InstanceTally::Wide;

struct Job {
  Duration arrives, work;
};

// A station alone. Times count from 0; the source of a request is its number.
struct Bed {
  explicit Bed(int servers, QueuePlace queue = QueuePlace::central) {
    spec.standalone.emplace();
    spec.standalone->servers = servers;
    spec.standalone->wait_when_full = true;
    spec.service.queue = queue;
    spec.service.dispatch = Dispatch::oldest;
  }

  // When each left, by its number; who was rejected is missing.
  std::map<std::uint32_t, Duration> serve(const std::vector<Job>& jobs) {
    Station station(spec, kFirst, Random(1, "work"), Random(1, "choice"));
    std::map<std::uint32_t, Duration> left;
    const auto end_until = [&](Duration t) {
      while (!ends.empty() && ends.top().at <= t.count()) {
        const FinishHeap::Entry next = ends.top();
        ends.pop();
        for (const std::uint32_t who :
             station.end({Duration{next.at}}, next.id, warm_up, ends, tally)) {
          left[who] = Duration{next.at};
          server_of[who] = next.id - kFirst;
        }
      }
    };
    for (std::uint32_t i = 0; i < jobs.size(); ++i) {
      end_until(jobs[i].arrives);
      const bool counts = jobs[i].arrives.count() >= warm_up;
      station.arrive({jobs[i].arrives}, i, jobs[i].work, counts, ends, tally);
    }
    if (stop_at) {
      end_until(*stop_at);
      station.add_present({*stop_at}, warm_up, tally);
    } else {
      end_until(1h);
    }
    return left;
  }

  static constexpr std::uint64_t kFirst = 100;
  FunctionSpec spec;
  FinishHeap ends;
  InstanceTally tally;
  std::int64_t warm_up = 0;
  std::optional<Duration> stop_at;
  std::map<std::uint32_t, std::uint64_t> server_of;
};

using Left = std::map<std::uint32_t, Duration>;
Wide ns(Duration d) { return d.count(); }

// Servers take 0 … 4 s and 1 … 2 s; who waits in one line takes the first that is free.
const std::vector<Job> kFour = {{0s, 4s}, {1s, 1s}, {1s, 5s}, {1s, 1s}};

TEST(Station, OneCentralLineFeedsTheFirstServerThatIsFree) {
  Bed bed(2);
  EXPECT_EQ(bed.serve(kFour), (Left{{0, 4s}, {1, 2s}, {2, 7s}, {3, 5s}}));
  EXPECT_EQ(bed.tally.waited, 2);
  EXPECT_EQ(bed.tally.wait.max(), 3s);  // the last, from 1 s to 4 s
}

// Both lines are as long when the third comes (the tie goes to the first server), so the fourth
// joins the second; nobody changes lines.
TEST(Station, ALineForEachServerIsJoinedWhereItIsShortest) {
  Bed bed(2, QueuePlace::replica);
  EXPECT_EQ(bed.serve(kFour), (Left{{0, 4s}, {1, 2s}, {2, 9s}, {3, 3s}}));
}

TEST(Station, DispatchChoosesAmongFreeServers) {
  const std::vector<Job> jobs = {{0s, 1s}, {0s, 3s}, {0s, 2s}, {10s, 1s}};
  for (const auto& [dispatch, server] : {std::pair{Dispatch::oldest, 0U},
                                         {Dispatch::newest, 2U},
                                         {Dispatch::recently_idle, 1U},
                                         {Dispatch::longest_idle, 0U}}) {
    Bed bed(3);
    bed.spec.service.dispatch = dispatch;
    // The first three go to servers in the order of the dispatch; make that the same for all.
    bed.serve(jobs);
    std::map<std::uint64_t, std::uint32_t> job_of;  // of the first three
    for (std::uint32_t job = 0; job < 3; ++job) job_of[bed.server_of[job]] = job;
    ASSERT_EQ(job_of.size(), 3U);
    if (dispatch == Dispatch::recently_idle) {
      EXPECT_EQ(job_of[bed.server_of[3]], 1U) << "the job that ended last, at 3 s";
    } else if (dispatch == Dispatch::longest_idle) {
      EXPECT_EQ(job_of[bed.server_of[3]], 0U) << "the job that ended first, at 1 s";
    } else {
      EXPECT_EQ(bed.server_of[3], server);
    }
  }
}

TEST(Station, SharedServersSlowEachOtherDown) {
  Bed bed(1);
  bed.spec.service.slots = 2;
  bed.spec.service.discipline = Discipline::ps;
  // Alone until 2 s, then each at 1/2; the second ends at 6 s, the first has had 4 of 8 s then and
  // shares with the third, which waited for a slot, until 10 s; it ends alone at 12 s.
  EXPECT_EQ(bed.serve({{0s, 8s}, {2s, 2s}, {3s, 2s}}), (Left{{0, 12s}, {1, 6s}, {2, 10s}}));
  EXPECT_EQ(bed.tally.waited, 1);
  EXPECT_EQ(bed.tally.busy_ns, ns(12s)) << "one server had something to do all along";
  EXPECT_EQ(bed.tally.in_system_ns, ns(12s + 4s + 7s));
  EXPECT_EQ(bed.tally.in_service_ns, ns(12s + 4s + 4s));
}

TEST(Station, SlotsOfAnUnsharedServerEachServeAtFullSpeed) {
  Bed bed(1);
  bed.spec.service.slots = 2;
  EXPECT_EQ(bed.serve({{0s, 8s}, {2s, 2s}, {3s, 2s}}), (Left{{0, 8s}, {1, 4s}, {2, 6s}}));
  EXPECT_EQ(bed.tally.busy_ns, ns(8s));
  EXPECT_EQ(bed.tally.in_service_ns, ns(8s + 2s + 2s));
}

TEST(Station, WithoutALineWhoFindsAllBusyIsRejected) {
  Bed bed(1);
  bed.spec.standalone->wait_when_full = false;
  EXPECT_EQ(bed.serve({{0s, 2s}, {1s, 1s}, {2s, 1s}}), (Left{{0, 2s}, {2, 3s}}));
  EXPECT_EQ(bed.tally.rejected, 1);
  EXPECT_EQ(bed.tally.total, 3);
}

TEST(Station, AFullLineRejects) {
  for (const QueuePlace queue : {QueuePlace::central, QueuePlace::replica}) {
    Bed bed(1, queue);
    bed.spec.standalone->queue_max = 2;
    const Left left = bed.serve({{0s, 9s}, {1s, 1s}, {2s, 1s}, {3s, 1s}, {9s, 1s}});
    EXPECT_EQ(left, (Left{{0, 9s}, {1, 10s}, {2, 11s}, {4, 12s}}));
    EXPECT_EQ(bed.tally.rejected, 1);
  }
}

TEST(Station, WhatIsStillThereIsAddedUpToTheEnd) {
  Bed bed(1);
  bed.stop_at = 10s;
  bed.serve({{0s, 4s}, {6s, 9s}, {7s, 1s}});
  EXPECT_EQ(bed.tally.completed, 1);
  EXPECT_EQ(bed.tally.busy_ns, ns(4s + 4s));
  EXPECT_EQ(bed.tally.in_system_ns, ns(4s + 4s + 3s));
  EXPECT_EQ(bed.tally.in_service_ns, ns(4s + 4s));
}

TEST(Station, OnlyWhatLiesAfterTheWarmUpCounts) {
  Bed bed(1);
  bed.warm_up = Duration{2s}.count();
  bed.serve({{0s, 3s}, {1s, 2s}, {2s, 1s}});  // ends at 3, 5 and 6 s
  EXPECT_EQ(bed.tally.total, 1);
  EXPECT_EQ(bed.tally.completed, 1);
  EXPECT_EQ(bed.tally.waited, 1);
  EXPECT_EQ(bed.tally.busy_ns, ns(4s));
  EXPECT_EQ(bed.tally.in_system_ns, ns(1s + 3s + 4s));
}

}  // namespace station_test
}  // namespace thaw::sim
