// Which replica takes a request. One function, three replicas, made in this order.
#include "sim/serving.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace serving_test {

struct Setting {
  Dispatch dispatch = Dispatch::least_in_flight;
  QueuePlace queue = QueuePlace::replica;
  int slots = 1;
};

Scenario scenario_of(const Setting& setting) {
  Scenario scenario = platform();
  Service& service = add_function(scenario, "f").service;
  service.dispatch = setting.dispatch;
  service.queue = setting.queue;
  service.slots = setting.slots;
  return scenario;
}

struct Replicas3 {
  explicit Replicas3(const Setting& setting, std::uint64_t seed = 1)
      : bed(scenario_of(setting), seed) {
    for (PodId& pod : pods) pod = bed.pod(0);
  }
  // The replica, counted from 1 in the order of creation, that a new request is sent to; 0: none.
  int takes(Duration work = 1s) {
    last = bed.offer(0, work);
    return replica(last);
  }
  int replica(RequestId id) {
    const auto found = std::find(pods.begin(), pods.end(), bed.requests.get(id).pod);
    return found == pods.end() ? 0 : static_cast<int>(found - pods.begin()) + 1;
  }
  std::vector<int> take(int n) {
    std::vector<int> order;
    for (int i = 0; i < n; ++i) order.push_back(takes());
    return order;
  }

  TestBed bed;
  std::array<PodId, 3> pods{};
  RequestId last = kNoRequest;
};

using Order = std::vector<int>;

TEST(Dispatch, NewestGoesByCreation) {
  Replicas3 three({Dispatch::newest});
  EXPECT_EQ(three.take(3), (Order{3, 2, 1}));  // one slot each: the next newest with a free one
}

TEST(Dispatch, NewestFillsAReplicaBeforeItTurnsToAnother) {
  Replicas3 three({Dispatch::newest, QueuePlace::replica, 2});
  EXPECT_EQ(three.take(6), (Order{3, 3, 2, 2, 1, 1}));
}

TEST(Dispatch, OldestGoesByCreation) {
  Replicas3 three({Dispatch::oldest, QueuePlace::replica, 2});
  EXPECT_EQ(three.take(6), (Order{1, 1, 2, 2, 3, 3}));
}

TEST(Dispatch, LeastInFlightSpreadsAndTheOldestWinsATie) {
  Replicas3 three({Dispatch::least_in_flight, QueuePlace::replica, 4});
  EXPECT_EQ(three.take(7), (Order{1, 2, 3, 1, 2, 3, 1}));
}

// The three have served once, and ended at 3 s, 1 s and 2 s.
struct Rested : Replicas3 {
  explicit Rested(Dispatch dispatch) : Replicas3({dispatch}) {
    for (const Duration work : {3s, 1s, 2s}) served_once.push_back(takes(work));
    bed.run_until(10s);
  }
  Order served_once;
};

TEST(Dispatch, RecentlyIdleGoesByTheEndOfTheLastRequest) {
  Rested three(Dispatch::recently_idle);
  ASSERT_EQ(three.served_once, (Order{1, 2, 3}));
  EXPECT_EQ(three.take(3), (Order{1, 3, 2}));  // 3 s, 2 s, 1 s
}

TEST(Dispatch, LongestIdleGoesByTheEndOfTheLastRequest) {
  Rested three(Dispatch::longest_idle);
  ASSERT_EQ(three.served_once, (Order{1, 2, 3}));
  EXPECT_EQ(three.take(3), (Order{2, 3, 1}));  // 1 s, 2 s, 3 s
}

TEST(Dispatch, RandomIsFairAndOfTheSeed) {
  const auto chosen = [](std::uint64_t seed) {
    Replicas3 three({Dispatch::random, QueuePlace::replica, 2}, seed);
    Order order;
    for (int i = 0; i < 3000; ++i) {
      order.push_back(three.takes());
      three.bed.serving.withdraw(three.last);
    }
    return order;
  };
  const Order order = chosen(1);
  for (const int replica : {1, 2, 3}) {
    // Binomial(3000, 1/3): 1000 ± 3.29 × √(3000 × 1/3 × 2/3) = ± 85 in 99.9 %.
    EXPECT_NEAR(static_cast<double>(std::count(order.begin(), order.end(), replica)), 1000, 85);
  }
  EXPECT_EQ(chosen(1), order);
  EXPECT_NE(chosen(2), order);
}

TEST(Dispatch, RandomChoosesAmongFreeSlotsOnly) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Replicas3 three({Dispatch::random}, seed);
    Order order = three.take(3);
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, (Order{1, 2, 3})) << "seed " << seed;
  }
}

// --- where a request waits ---

// Three in service until 3 s, 1 s and 2 s, and one more.
TEST(Queue, OfAReplicaIsChosenAtOnceAndKept) {
  Replicas3 three({Dispatch::least_in_flight, QueuePlace::replica});
  for (const Duration work : {3s, 1s, 2s}) three.takes(work);
  EXPECT_EQ(three.takes(5s), 1) << "all have one; the oldest";
  EXPECT_EQ(three.takes(5s), 2) << "the first has two by now";
  EXPECT_EQ(three.bed.gauge(Gauge::queued), 2);
  three.bed.run_until(100s);
  // The fourth waits for the first replica (3 s), the fifth for the second (1 s).
  std::vector<Duration> ends;
  for (const Reply& reply : three.bed.replies()) ends.push_back(reply.at);
  EXPECT_EQ(ends, (std::vector<Duration>{1s, 2s, 3s, 6s, 8s}));
}

TEST(Queue, CentralWaitsForTheFirstFreeSlot) {
  Replicas3 three({Dispatch::least_in_flight, QueuePlace::central});
  for (const Duration work : {3s, 1s, 2s}) three.takes(work);
  EXPECT_EQ(three.takes(5s), 0) << "nobody's yet";
  const RequestId fourth = three.last;
  EXPECT_EQ(three.takes(5s), 0);
  const RequestId fifth = three.last;
  EXPECT_EQ(three.bed.gauge(Gauge::queued), 2);
  three.bed.run_until(2500ms);
  EXPECT_EQ(three.replica(fourth), 2);  // free at 1 s
  EXPECT_EQ(three.replica(fifth), 3);   // free at 2 s
  EXPECT_EQ(three.bed.gauge(Gauge::queued), 0);
  three.bed.run_until(100s);
  std::vector<Duration> ends;
  for (const Reply& reply : three.bed.replies()) ends.push_back(reply.at);
  EXPECT_EQ(ends, (std::vector<Duration>{1s, 2s, 3s, 6s, 7s}));
}

TEST(Queue, CentralServesANewReplicaToo) {
  Replicas3 three({Dispatch::least_in_flight, QueuePlace::central});
  three.take(3);
  three.takes(5s);
  const RequestId waiting = three.last;
  const PodId fourth = three.bed.pod(0);
  EXPECT_EQ(three.bed.requests.get(waiting).pod, fourth);
  EXPECT_EQ(three.bed.gauge(Gauge::in_flight), 4);
}

// --- replicas that go ---

TEST(Serving, TerminatingReplicaFinishesWhatItHasAndTakesNothingNew) {
  Scenario scenario = scenario_of({Dispatch::oldest});
  scenario.functions[0].stop = 10s;
  TestBed bed(scenario);
  const PodId first = bed.pod(0), second = bed.pod(0);
  const RequestId serving = bed.offer(0, 4s);
  ASSERT_EQ(bed.requests.get(serving).pod, first);
  bed.remove(first);
  EXPECT_EQ(bed.requests.get(bed.offer(0, 1s)).pod, second);
  bed.run_until(5s);
  ASSERT_TRUE(bed.reply(serving));
  EXPECT_EQ(bed.reply(serving)->at, 4s);
  EXPECT_EQ(bed.reply(serving)->answer.status, 200);
}

TEST(Serving, ReplicaThatLeavesDropsWhatItStillHas) {
  Scenario scenario = scenario_of({Dispatch::oldest});
  scenario.functions[0].stop = 3s;
  TestBed bed(scenario);
  const PodId only = bed.pod(0);
  const RequestId serving = bed.offer(0, 60s), waiting = bed.offer(0, 60s);
  EXPECT_EQ(bed.gauge(Gauge::queued), 1);
  bed.remove(only);
  bed.run_until(60s);
  for (const RequestId id : {serving, waiting}) {
    ASSERT_TRUE(bed.reply(id));
    EXPECT_EQ(bed.reply(id)->at, 3s);
    EXPECT_EQ(bed.reply(id)->answer.status, 502);
    EXPECT_EQ(bed.reply(id)->answer.cut_by, CutBy::replica);
  }
  EXPECT_EQ(bed.gauge(Gauge::in_flight), 0);
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
}

TEST(Serving, WithdrawnRequestMakesRoomForTheNext) {
  Replicas3 three({Dispatch::oldest});
  three.takes(60s);
  const RequestId first = three.last;
  three.take(2);
  three.takes(1s);
  const RequestId next = three.last;
  EXPECT_EQ(three.replica(next), 1);
  three.bed.run_until(500ms);
  three.bed.serving.withdraw(first);
  three.bed.run_until(10s);
  EXPECT_EQ(three.bed.reply(next)->at, 1500ms);
}

TEST(Serving, NobodyReadyTakesNothing) {
  TestBed bed(scenario_of({}));
  const RequestId id = bed.requests.open();
  EXPECT_FALSE(bed.serving.has_ready(0));
  EXPECT_FALSE(bed.serving.offer(id));
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
}

TEST(Serving, SecondsOfACardAreShared) {
  Scenario scenario = scenario_of({Dispatch::oldest, QueuePlace::replica, 2});
  scenario.functions[0].service.on_gpu = true;  // whatever the discipline says
  TestBed bed(scenario);
  bed.pod(0);
  bed.offer(0, 3s);
  bed.offer(0, 3s);
  bed.run_until(10s);
  EXPECT_EQ(bed.replies().front().at, 6s);
}

// Offers, withdrawals and replicas that come and go, at random: what is counted in goes out again.
class ServingHistory : public testing::TestWithParam<QueuePlace> {};

TEST_P(ServingHistory, LeavesNothingInFlightOrQueued) {
  Scenario scenario = scenario_of({Dispatch::random, GetParam(), 2});
  scenario.functions[0].stop = 2s;
  scenario.manifests.workloads.back().requests = {};
  TestBed bed(scenario);
  Random random(7, "serving history");
  std::int64_t most = 0;
  for (int round = 1; round <= 2000; ++round) {
    switch (random.below(8)) {
      case 0:
        bed.pod(0);
        break;
      case 1:
        if (!bed.pods.all().empty()) {
          auto pod = bed.pods.all().begin();
          std::advance(pod, static_cast<std::ptrdiff_t>(random.below(bed.pods.all().size())));
          bed.pods.remove(pod->second);
        }
        break;
      default:
        if (bed.serving.has_ready(0)) bed.offer(0, std::chrono::milliseconds(random.below(3000)));
    }
    bed.run_until(round * 100ms);
    most = std::max(most, bed.gauge(Gauge::queued));
    ASSERT_EQ(bed.gauge(Gauge::in_flight) + bed.gauge(Gauge::queued),
              static_cast<std::int64_t>(bed.requests.open_count()));
  }
  EXPECT_GT(most, 5) << "this history should make requests wait";
  if (GetParam() == QueuePlace::central) bed.pod(0);  // somebody must empty the line
  bed.run_until(600s);
  EXPECT_EQ(bed.gauge(Gauge::in_flight), 0);
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
  EXPECT_EQ(bed.requests.open_count(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Both, ServingHistory,
                         testing::Values(QueuePlace::replica, QueuePlace::central));

}  // namespace serving_test
}  // namespace thaw::sim
