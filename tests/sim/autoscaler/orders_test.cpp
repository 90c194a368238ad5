// Orders of nodes that fail or come late. Source of the expected behaviour:
// cluster-autoscaler 1.36, defaults of its flags: back-off 5 min, doubled up to 30 min, forgotten
// after 3 h or a success; 15 min from an order to a node, 15 min from there to its GPUs; unready
// nodes removed after 20 min; nothing done with more than 45 % of the nodes unready and more than 3
// of them.
#include <gtest/gtest.h>

#include "sim/autoscaler/backoff.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace orders_test {

using Times = std::vector<Duration>;

Fault stock_out(const std::string& pool, bool silent = false) {
  Fault fault;
  fault.kind = Fault::Kind::stock_out;
  fault.name = "stock_out";
  fault.pool = pool;
  fault.silent = silent;
  return fault;
}

// One GPU pod from the start, a pool for it, and what the test changes.
struct Bed {
  explicit Bed(const std::function<void(Scenario&)>& change = [](Scenario&) {}) {
    Scenario scenario = platform();
    scenario.cluster.pools.push_back(pool("gpu", 0, 9, 1));
    add_gpu_function(scenario, "llm");
    change(scenario);
    const std::size_t faults = scenario.faults.size();
    bed.emplace(std::move(scenario));
    for (std::size_t i = 0; i < faults; ++i) bed->nodes.cloud().begin(i);
    pod = bed->pod(0);
    bed->autoscaler.start();
  }
  Times orders(const std::string& pool = "gpu") const {
    Times all;
    for (int i = 1; i <= 50; ++i)
      for (const Duration at : bed->times(pool + "-" + std::to_string(i), "ordered"))
        all.push_back(at);
    return all;
  }
  std::optional<TestBed> bed;
  PodId pod = 0;
};

Times from(Duration first, const Times& gaps) {
  Times all{first};
  for (const Duration gap : gaps) all.push_back(all.back() + gap);
  return all;
}

TEST(Orders, RefusedOneBacksItsPoolOff5_10_20_30Minutes) {
  Bed bed([](Scenario& s) { s.faults = {stock_out("gpu")}; });
  bed.bed->run_until(2h);
  const Times orders = bed.orders();
  ASSERT_GT(orders.size(), 2u);
  // A loop finds the refusal 10 s after the order; the back-off counts from there.
  EXPECT_EQ(orders, from(orders.front(), {310s, 610s, 1210s, 1810s, 1810s}));
  EXPECT_EQ(bed.bed->gauge(Gauge::nodes, 1), 0);
}

TEST(Orders, MeanwhileAnotherPoolIsTried) {
  Bed bed([](Scenario& s) {
    s.cluster.pools.push_back(pool("spare", 0, 9, 1));
    s.cluster.pools.back().machine.cpu = Millicores(16'000);  // more waste: second choice
    s.faults = {stock_out("gpu")};
  });
  bed.bed->run_until(1h);
  ASSERT_EQ(bed.orders().size(), 1u);
  EXPECT_EQ(bed.orders("spare"), (Times{bed.orders().front() + 10s}));
  EXPECT_EQ(bed.bed->times("llm-1", "ready"), (Times{bed.orders().front() + 110s}));
}

TEST(Orders, OneThatIsNeverAnsweredIsGivenUpAfterAQuarterOfAnHour) {
  Bed bed([](Scenario& s) { s.faults = {stock_out("gpu", true)}; });
  bed.bed->run_until(40min);
  const Times orders = bed.orders();
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(bed.bed->times("gpu-1", "gone"), (Times{orders.front() + 15min}));
  EXPECT_EQ(orders[1] - orders[0], 15min + 5min);
}

TEST(Orders, RefusedAndUnansweredOnesCostNothing) {
  for (const bool silent : {false, true}) {
    Bed bed([&](Scenario& s) { s.faults = {stock_out("gpu", silent)}; });
    bed.bed->run_until(2h);
    bed.bed->ledger.settle();
    EXPECT_EQ(bed.bed->ledger.bill(1).total, 0);
  }
}

TEST(Orders, MachineThatIsNoNodeInTimeIsDeletedAndPaid) {
  Bed bed([](Scenario& s) { s.cluster.pools[1].provisioning.total = Distribution::constant(1h); });
  bed.bed->run_until(30min);  // 35 % of an hour to the machine: 21 min
  const Times orders = bed.orders();
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(orders[1] - orders[0], 20min);
  EXPECT_EQ(bed.bed->times("gpu-1", "gone"), (Times{orders[0] + 15min + 60s}));
}

TEST(Orders, StockThatComesBackEndsIt) {
  Bed bed([](Scenario& s) {
    s.faults = {stock_out("gpu")};
    s.faults[0].lasts = 4min;
  });
  bed.bed->run_until(30min);
  const Times orders = bed.orders();
  ASSERT_EQ(orders.size(), 2u);
  EXPECT_EQ(bed.bed->times("llm-1", "ready"), (Times{orders[0] + 310s + 100s}));
}

TEST(Orders, QuotaOfThePoolOrTheClusterRefusesTheNext) {
  for (const bool whole : {false, true}) {
    Bed bed([&](Scenario& s) {
      Fault quota;
      quota.kind = Fault::Kind::quota;
      quota.name = "quota";
      quota.pool = whole ? "" : "gpu";
      quota.nodes = whole ? 3 : 2;  // the platform's node counts
      s.faults = {quota};
    });
    for (int i = 0; i < 3; ++i) bed.bed->pod(0);
    bed.bed->run_until(4min);
    EXPECT_EQ(bed.bed->gauge(Gauge::nodes, 1), 2) << whole;
    EXPECT_EQ(bed.orders().size(), 4u) << "two came, two were refused";
  }
}

TEST(Orders, SlowJoinStretchesTheStageThatItNames) {
  Bed bed([](Scenario& s) {
    Fault slow;
    slow.kind = Fault::Kind::slow_join;
    slow.name = "slow";
    slow.pool = "gpu";
    slow.stage = Fault::Stage::boot;
    slow.times = 3;
    slow.longer = 7s;
    s.faults = {slow};
  });
  bed.bed->run_until(10min);
  const Duration order = bed.orders().at(0);
  EXPECT_EQ(bed.bed->times("gpu-1", "created"), (Times{order + 35s}));
  EXPECT_EQ(bed.bed->times("gpu-1", "ready"), (Times{order + 35s + 45s + 7s}));
  EXPECT_EQ(bed.bed->times("gpu-1", "allocatable"), (Times{order + 35s + 52s + 50s}));
}

// --- GPUs that are not allocatable yet ---

TEST(Orders, WithoutTheGpuLabelEachLoopBringsAnotherNode) {
  Bed labelled, bare([](Scenario&s) { s.cluster.pools[1].gpu_label = false; });
  labelled.bed->run_until(30min);
  bare.bed->run_until(9min);
  EXPECT_EQ(labelled.orders().size(), 1u);
  // Ready at 50 s, GPU at 100 s: the loop at 50 s finds no room, those at 60 to 90 s find a node
  // that is on its way.
  const Duration first = bare.orders().at(0);
  EXPECT_EQ(bare.orders(), (Times{first, first + 50s}));
}

TEST(Orders, GpusThatDoNotComeInAQuarterOfAnHourBringAnother) {
  Bed bed([](Scenario& s) {
    s.cluster.pools[1].provisioning = {Distribution::constant(20h), 0.001, 0.001, 0.998};
  });
  bed.bed->run_until(20min);
  const Duration ready = bed.bed->times("gpu-1", "ready").at(0);
  ASSERT_EQ(bed.orders().size(), 2u);
  EXPECT_GE(bed.orders()[1], ready + 15min);
  EXPECT_LT(bed.orders()[1], ready + 15min + 10s);
}

TEST(Orders, UnreadyNodeGoesAfterTwentyMinutes) {
  Bed bed([](Scenario& s) {
    s.cluster.pools[1].provisioning = {Distribution::constant(20h), 0.001, 0.001, 0.998};
    s.cluster.pools[1].nodes_max = 1;
  });
  bed.bed->run_until(30min);
  const Duration ready = bed.bed->times("gpu-1", "ready").at(0);
  const Duration marked = bed.bed->times("gpu-1", "draining").at(0);
  EXPECT_GE(marked, ready + 20min);
  EXPECT_LE(marked, ready + 20min + 10s);
}

TEST(Orders, WithTooManyUnreadyNodesNothingIsDone) {
  const auto tried = [](int unready) {
    Bed bed([&](Scenario& s) {
      s.cluster.pools[1].provisioning = {Distribution::constant(20h), 0.001, 0.001, 0.998};
      s.cluster.pools[1].nodes_max = unready;
      s.cluster.pools.push_back(pool("later", 0, 1));
      add_function(s, "f");
      s.manifests.workloads.back().node_selector = {{"k8s.scaleway.com/pool-name", "later"}};
    });
    for (int i = 1; i < unready; ++i) bed.bed->pod(0);
    bed.bed->at(18min, [&] { bed.bed->pods.create(1); });  // registered 144 s in, unready 15 min on
    bed.bed->run_until(20min);
    return bed.orders("later").size();
  };
  EXPECT_EQ(tried(3), 1u);  // 3 of 4, but no more than 3
  EXPECT_EQ(tried(4), 0u);  // 4 of 5
}

// --- the back-off by itself ---

TEST(Backoff, DoublesOnlyOnceTheLastOneIsOver) {
  const NodeAutoscaler settings;
  Backoff backoff(settings, 1);
  EXPECT_EQ(backoff.failed(0, kStart), 5min);
  EXPECT_TRUE(backoff.holds(0, kStart + 299s));
  EXPECT_FALSE(backoff.holds(0, kStart + 300s));
  EXPECT_EQ(backoff.failed(0, kStart + 200s), 5min) << "another order of the same time";
  EXPECT_EQ(backoff.failed(0, kStart + 501s), 10min);
}

TEST(Backoff, IsForgottenAfterASuccessAndAfterThreeHours) {
  const NodeAutoscaler settings;
  Backoff backoff(settings, 2);
  backoff.failed(0, kStart);
  EXPECT_EQ(backoff.failed(0, kStart + 1h), 10min);
  EXPECT_FALSE(backoff.holds(1, kStart)) << "another pool's is its own";
  backoff.succeeded(0);
  EXPECT_EQ(backoff.failed(0, kStart + 2h), 5min);
  EXPECT_EQ(backoff.failed(0, kStart + 5h + 1s), 5min);
}

}  // namespace orders_test
}  // namespace thaw::sim
