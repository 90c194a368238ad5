// The bill. A node costs 0.001 EUR a second (scenario_builder.hpp), so parts are told in seconds.
#include "sim/ledger.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace ledger_test {

// A pool "work" that takes the function f, beside the platform's, which is made too small for it.
Scenario scenario_of(int nodes_min, int nodes_max = 1, int gpus = 0) {
  Scenario scenario = platform();
  scenario.cluster.pools.front().machine.cpu = Millicores(10);
  scenario.cluster.pools.push_back(pool("work", nodes_min, nodes_max, gpus));
  add_function(scenario, "f");
  scenario.manifests.workloads.back().requests.cpu = Millicores(1000);
  return scenario;
}

struct Seconds {
  double useful = 0, idle_warm = 0, cold_start = 0, stranded = 0, draining = 0, fixed = 0;
};

void expect_bill(TestBed& bed, std::size_t pool, const Seconds& expected) {
  bed.ledger.settle();
  const Ledger::PoolBill bill = bed.ledger.bill(pool);
  const auto part = [&](Part p) {
    return static_cast<double>(bill.nanomoney[static_cast<std::size_t>(p)]) /
           static_cast<double>(kNanomoneyPerSecond);
  };
  EXPECT_DOUBLE_EQ(part(Part::useful), expected.useful) << "useful";
  EXPECT_DOUBLE_EQ(part(Part::idle_warm), expected.idle_warm) << "idle warm";
  EXPECT_DOUBLE_EQ(part(Part::cold_start), expected.cold_start) << "cold start";
  EXPECT_DOUBLE_EQ(part(Part::stranded), expected.stranded) << "stranded";
  EXPECT_DOUBLE_EQ(part(Part::draining), expected.draining) << "draining";
  EXPECT_DOUBLE_EQ(part(Part::fixed), expected.fixed) << "fixed";
}

// --- which part ---

TEST(Ledger, PoolThatCanHostNoFunctionIsFixed) {
  TestBed bed(scenario_of(0));
  bed.run_until(100s);
  expect_bill(bed, 0, {.fixed = 100});
  expect_bill(bed, 1, {});
}

TEST(Ledger, NodeOnItsWayIsAColdStartFromTheOrder) {
  TestBed bed(scenario_of(0, 1, 1));
  bed.run_until(10s);
  bed.nodes.order(1);
  bed.run_until(110s);  // allocatable just now
  expect_bill(bed, 1, {.cold_start = 100});
}

TEST(Ledger, UsableNodeWithoutAnythingIsStranded) {
  TestBed bed(scenario_of(1));
  bed.run_until(40s);
  expect_bill(bed, 1, {.stranded = 40});
}

TEST(Ledger, StartingReplicaIsAColdStart) {
  Scenario scenario = scenario_of(1);
  scenario.functions[0].container_start = Distribution::constant(10s);
  scenario.functions[0].fixed_delay = Distribution::constant(7s);
  scenario.functions[0].model_load = Distribution::constant(3s);
  TestBed bed(scenario);
  bed.pod(0);
  bed.run_until(50s);
  expect_bill(bed, 1, {.idle_warm = 30, .cold_start = 20});
}

TEST(Ledger, ReadyReplicaIsUsefulWhileItServesAndIdleWarmOtherwise) {
  TestBed bed(scenario_of(1));
  bed.pod(0);
  bed.run_until(10s);
  bed.offer(0, 4s);  // to 14 s
  bed.run_until(12s);
  bed.offer(0, 3s);  // its turn at 14 s: to 17 s
  bed.run_until(30s);
  expect_bill(bed, 1, {.useful = 7, .idle_warm = 23});
}

TEST(Ledger, TerminatingReplicaIsUsefulUntilItHasServedThenStranded) {
  Scenario scenario = scenario_of(1);
  scenario.functions[0].stop = 10s;
  TestBed bed(scenario);
  const PodId pod = bed.pod(0);
  bed.offer(0, 4s);
  bed.remove(pod);
  bed.run_until(30s);
  expect_bill(bed, 1, {.useful = 4, .stranded = 26});
}

TEST(Ledger, NodeMarkedForRemovalIsDrainingUntilItsVmIsDeleted) {
  TestBed bed(scenario_of(1));
  bed.pod(0);
  bed.offer(0, 1h);  // draining comes before useful
  bed.run_until(20s);
  bed.nodes.drain(bed.node("work-1"));
  bed.run_until(25s);
  bed.nodes.erase(bed.node("work-1"));
  bed.run_until(500s);
  expect_bill(bed, 1, {.useful = 20, .draining = 65});  // 5 s and the 60 s of deletion
}

TEST(Ledger, LostNodeCostsNothingMore) {
  TestBed bed(scenario_of(1));
  bed.pod(0);
  bed.run_until(20s);
  bed.nodes.lose(bed.node("work-1"));
  bed.run_until(500s);
  expect_bill(bed, 1, {.idle_warm = 20});
}

// --- whose it is ---

// By function, the last is nobody, in seconds of a node.
std::vector<double> seconds_of(const Ledger::PoolBill& bill, Part part) {
  std::vector<double> all;
  for (const Parts& parts : bill.by_function)
    all.push_back(static_cast<double>(parts[static_cast<std::size_t>(part)]) /
                  static_cast<double>(kNanomoneyPerSecond));
  return all;
}

Ledger::PoolBill bill_of(TestBed& bed, std::size_t pool) {
  bed.ledger.settle();
  return bed.ledger.bill(pool);
}

TEST(Ledger, ANodesWayIsTheFunctionsWhosePodComesFirst) {
  Scenario scenario = scenario_of(0, 1, 1);
  add_function(scenario, "g").container_start = Distribution::constant(20s);
  scenario.manifests.workloads.back().requests.cpu = Millicores(1000);
  TestBed bed(scenario);
  bed.nodes.order(1);
  bed.run_until(60s);
  EXPECT_EQ(seconds_of(bill_of(bed, 1), Part::cold_start), (std::vector<double>{0, 0, 60}))
      << "nobody's as long as nobody has it";
  bed.run_until(110s);
  bed.pod(1);
  bed.run_until(130s);
  const Ledger::PoolBill bill = bill_of(bed, 1);
  EXPECT_EQ(seconds_of(bill, Part::cold_start), (std::vector<double>{0, 120, 0}));
  EXPECT_EQ(seconds_of(bill, Part::stranded), (std::vector<double>{0, 0, 10}));
}

TEST(Ledger, ANodeThatNobodyTakesStaysNobodys) {
  TestBed bed(scenario_of(0, 1, 1));
  bed.nodes.order(1);
  bed.run_until(50s);
  bed.nodes.lose(bed.node("work-1"));
  bed.run_until(60s);
  EXPECT_EQ(seconds_of(bill_of(bed, 1), Part::cold_start), (std::vector<double>{0, 50}));
}

TEST(Ledger, EachFunctionHasItsShareOfANodeAndNobodyTheRest) {
  Scenario scenario = scenario_of(1);
  add_function(scenario, "g");
  scenario.manifests.workloads.back().requests.cpu = Millicores(2000);
  TestBed bed(scenario);
  bed.pod(0);
  bed.pod(1);
  bed.offer(0, 40s);
  bed.run_until(100s);
  const Ledger::PoolBill bill = bill_of(bed, 1);
  EXPECT_EQ(seconds_of(bill, Part::useful), (std::vector<double>{10, 0, 0}));
  EXPECT_EQ(seconds_of(bill, Part::idle_warm), (std::vector<double>{15, 50, 0}));
  EXPECT_EQ(seconds_of(bill, Part::stranded), (std::vector<double>{0, 0, 25}));
}

// --- billing unit ---

TEST(Ledger, BillsAMachinesMinimumBeforeItsUnit) {
  Machine machine;
  EXPECT_EQ(billed(5s + 1ns, machine), 5s + 1ns);
  machine.billing_unit = 1s;
  machine.billing_minimum = 1min;  // as Google Compute Engine
  EXPECT_EQ(billed(5s, machine), 1min);
  EXPECT_EQ(billed(1min, machine), 1min);
  EXPECT_EQ(billed(1min + 1ns, machine), 61s);
  machine.billing_unit = 45s;
  EXPECT_EQ(billed(5s, machine), 90s);
}

TEST(Ledger, WhatTheMinimumAddsIsOfWhoHadTheNodeLast) {
  Scenario scenario = scenario_of(1);
  scenario.cluster.pools[1].machine.billing_minimum = 10min;
  TestBed bed(scenario);
  bed.run_until(35s);
  bed.nodes.drain(bed.node("work-1"));
  bed.nodes.erase(bed.node("work-1"));
  bed.run_until(200s);
  expect_bill(bed, 1, {.stranded = 35, .draining = 565});
}

// A thousand nodes at 30 EUR/h for a thousand years: their price in nanoseconds and billionths is
// beyond 128 bits, and the bill beyond 64. By hand: 8 766 000 000 hours times 30 EUR.
TEST(Ledger, MillenniaOfManyNodesFit) {
  constexpr Wide kHour = Wide{3'600'000'000'000} * Ledger::kWhole;
  constexpr Wide kHours = Wide{1000} * 1000 * 8766;
  constexpr Nanomoney kPrice = 30'000'000'000;
  EXPECT_TRUE(to_nanomoney(kHours * kHour, kPrice) == kHours * kPrice);
  EXPECT_TRUE(to_nanomoney(kHours * kHour + kHour / 2, kPrice) == kHours * kPrice + kPrice / 2);
}

TEST(Ledger, BillOfAFinishedNodeIsRoundedUpToItsUnit) {
  Scenario scenario = scenario_of(1);
  scenario.cluster.pools[1].machine.billing_unit = 1h;
  TestBed bed(scenario);
  bed.run_until(35s);
  bed.nodes.drain(bed.node("work-1"));
  bed.nodes.erase(bed.node("work-1"));
  bed.run_until(90s);
  expect_bill(bed, 1, {.stranded = 35, .draining = 55});  // not at its end yet
  bed.run_until(200s);
  expect_bill(bed, 1, {.stranded = 35, .draining = 3565});  // 95 s → 3600 s, in its last part
}

TEST(Ledger, WholeUnitsAreNotRounded) {
  Scenario scenario = scenario_of(1);
  scenario.cluster.pools[1].machine.billing_unit = 30s;
  TestBed bed(scenario);
  bed.run_until(120s);
  bed.nodes.lose(bed.node("work-1"));
  bed.run_until(200s);
  expect_bill(bed, 1, {.stranded = 120});
}

TEST(Ledger, UnitsCountFromTheOrder) {
  Scenario scenario = scenario_of(0, 1, 1);
  scenario.cluster.pools[1].machine.billing_unit = 1min;
  TestBed bed(scenario);
  bed.run_until(50s);
  bed.nodes.order(1);
  bed.run_until(155s);  // 100 s cold start, 5 s stranded: 105 s → 120 s
  bed.nodes.lose(bed.node("work-1"));
  bed.run_until(500s);
  expect_bill(bed, 1, {.cold_start = 100, .stranded = 20});
}

// --- shared nodes ---

TEST(Ledger, SharedNodeIsSplitByDominantSharesAndTheRestIsStranded) {
  Scenario scenario = scenario_of(1);
  add_function(scenario, "g");  // f: 1/4 of the CPU; g: 1/2 of the memory
  scenario.manifests.workloads.back().requests = {
      Millicores(100), Bytes(std::int64_t{4} << 30), {}};
  TestBed bed(scenario);
  bed.pod(0);
  bed.pod(1);
  bed.offer(0, 1h);
  bed.run_until(100s);
  expect_bill(bed, 1, {.useful = 25, .idle_warm = 50, .stranded = 25});
}

TEST(Ledger, SharesOfDifferentResourcesAreScaledToOneNode) {
  Scenario scenario = scenario_of(1);
  add_function(scenario, "g");
  scenario.manifests.workloads[1].requests = {Millicores(3000), Bytes(0), {}};  // 3/4
  scenario.manifests.workloads[2].requests = {
      Millicores(100), Bytes(std::int64_t{6} << 30), {}};  // 3/4
  TestBed bed(scenario);
  bed.pod(0);
  bed.pod(1);
  bed.offer(0, 1h);
  bed.run_until(100s);
  expect_bill(bed, 1, {.useful = 50, .idle_warm = 50});
}

TEST(Ledger, OnePodAloneTakesTheWholeNode) {
  TestBed bed(scenario_of(1));
  bed.pod(0);  // a quarter of it
  bed.run_until(100s);
  expect_bill(bed, 1, {.idle_warm = 100});
}

// --- figures beside the money ---

TEST(Ledger, GpuBusyRatioIsOfTheGpusThatAreServedOn) {
  Scenario scenario = scenario_of(1, 1, 4);
  scenario.functions[0].service.on_gpu = true;
  auto& extended = workload_of(scenario, scenario.functions[0]).requests.extended;
  extended[kGpuResource] = 2;
  extended["nvidia.com/gpumem"] = 1000;  // memory of a card is no further card
  TestBed bed(scenario);
  for (Node& node : bed.nodes.all()) node.allocatable.extended["nvidia.com/gpumem"] = 4000;
  bed.pod(0);
  bed.offer(0, 30s);
  bed.run_until(120s);
  bed.ledger.settle();
  EXPECT_DOUBLE_EQ(bed.ledger.bill(1).gpu_busy_ratio, 0.125);  // 2 × 30 s of 4 × 120 s
  EXPECT_DOUBLE_EQ(bed.ledger.bill(1).node_hours, 120 / 3600.0);
}

TEST(Ledger, TotalIsRoundedOnceToABillionth) {
  Scenario scenario = scenario_of(1);
  scenario.cluster.pools[1].machine.price.per_hour = 1;  // 1e-9 EUR/h
  TestBed bed(scenario);
  bed.run_until(30min - 1ns);
  bed.ledger.settle();
  EXPECT_TRUE(bed.ledger.bill(1).total == 0);
  bed.run_until(30min);
  bed.ledger.settle();
  EXPECT_TRUE(bed.ledger.bill(1).total == 1) << "half of a billionth rounds up";
}

// --- whatever happens ---

class LedgerHistory : public testing::TestWithParam<std::uint64_t> {};

// Nodes, pods and requests that come and go at random; the bill must be the nodes' lives times the
// price, and its parts must add up to it, to the last billionth.
TEST_P(LedgerHistory, PartsAddUpToTheNodesLivesExactly) {
  Scenario scenario = scenario_of(1, 4, 1);
  scenario.functions[0].container_start = Distribution::exponential(20s);
  scenario.functions[0].stop = 5s;
  scenario.cluster.pools[1].machine.price.per_hour = 777'777'777;
  if (GetParam() % 2 == 0) scenario.cluster.pools[1].machine.billing_unit = 1min;
  TestBed bed(scenario, GetParam());
  Random random(GetParam(), "ledger history");
  const auto any_node = [&]() -> Node& {
    return bed.nodes.get(static_cast<NodeId>(random.below(bed.nodes.all().size())));
  };
  Duration t{};
  for (int round = 0; round < 400; ++round) {
    t += Duration(static_cast<std::int64_t>(random.below(20'000'000'000)));
    bed.run_until(t);
    switch (random.below(8)) {
      case 0:
        if (bed.nodes.room(1)) bed.nodes.order(1);
        break;
      case 1:
        bed.pod(0);
        break;
      case 2: {
        Node& node = any_node();
        if (node.pool == 1 && node.stage == NodeStage::usable) bed.nodes.drain(node);
        break;
      }
      case 3: {
        Node& node = any_node();
        if (node.stage == NodeStage::draining) bed.nodes.erase(node);
        break;
      }
      case 4: {
        Node& node = any_node();
        if (node.pool == 1 && node.stage != NodeStage::gone && random.below(8) == 0)
          bed.nodes.lose(node);
        break;
      }
      case 5:
        if (!bed.pods.all().empty()) bed.remove(bed.pods.all().begin()->first);
        break;
      default:
        if (bed.serving.has_ready(0)) bed.offer(0, std::chrono::seconds(random.below(30)));
    }
    bed.run_until(t);
  }
  bed.ledger.settle();

  Wide life = 0;
  const std::int64_t unit = scenario.cluster.pools[1].machine.billing_unit.count();
  for (const Node& node : bed.nodes.all()) {
    if (node.pool != 1) continue;
    const auto gone = bed.times(node.name, node.stage == NodeStage::gone ? "gone" : "never");
    const auto lost = bed.times(node.name, "lost");
    std::int64_t lived = (bed.world.now() - node.ordered).count();
    if (node.stage == NodeStage::gone)
      lived = (kStart + (gone.empty() ? lost : gone).front() - node.ordered).count();
    if (unit > 0 && node.stage == NodeStage::gone) lived = (lived + unit - 1) / unit * unit;
    life += lived;
  }
  constexpr Wide kHour = 3'600'000'000'000;
  const Ledger::PoolBill bill = bed.ledger.bill(1);
  EXPECT_TRUE(bill.total == (life * 777'777'777 + kHour / 2) / kHour);
  EXPECT_TRUE(std::accumulate(bill.nanomoney.begin(), bill.nanomoney.end(), Wide{0}) == bill.total);
  for (const Wide part : bill.nanomoney) EXPECT_TRUE(part >= 0);
  EXPECT_GT(bed.nodes.all().size(), 3u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, LedgerHistory, testing::Range(std::uint64_t{1}, std::uint64_t{31}));

}  // namespace ledger_test
}  // namespace thaw::sim
