// The node autoscaler's loop. Source of the expected behaviour: cluster-autoscaler's FAQ and the
// defaults of its flags: scan 10 s, unneeded 10 min, delay after add 10 min, 5 s from taint to
// eviction and deletion (actuator.go waits before it drains); deleting a VM takes 60 s. A node is
// there 100 s after its order (scenario_builder.hpp).
#include "sim/node_autoscaler.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace node_autoscaler_test {

using Times = std::vector<Duration>;

// Removed in the loop that finds it unneeded for 10 min; then taint and deletion.
constexpr Duration kUnneeded = 600s, kTaintAndDeletion = 65s;

Scenario gpu_scenario(int nodes_max, int nodes_min = 0) {
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("gpu", nodes_min, nodes_max, 1));
  add_gpu_function(scenario, "llm");
  return scenario;
}

// The first scan at `t` or later, of a loop with a scan at `scan`.
Duration scan_from(Duration t, Duration scan) {
  const Duration phase = scan % 10s;
  const Duration since = (t - phase) % 10s;
  return since == 0s ? t : t - since + 10s;
}

std::size_t ordered(const TestBed& bed, const std::string& pool) {
  std::size_t count = 0;
  for (int i = 1; i <= 20; ++i)
    count += bed.times(pool + "-" + std::to_string(i), "ordered").size();
  return count;
}

// One GPU pod at 0; the scan that orders its node tells the loop's phase.
struct OnePod {
  explicit OnePod(Scenario scenario = gpu_scenario(3), std::uint64_t seed = 1)
      : bed(std::move(scenario), seed) {
    pod = bed.pod(0);
    bed.autoscaler.start();
    bed.run_until(10s);
    const Times order = bed.times("gpu-1", "ordered");
    EXPECT_EQ(order.size(), 1u);
    scan = order.empty() ? 0s : order.front();
  }
  TestBed bed;
  PodId pod = 0;
  Duration scan{};
};

// --- the loop itself ---

TEST(NodeAutoscaler, ScansEachTenSecondsFromARandomPhase) {
  std::set<Duration> phases;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    OnePod one(gpu_scenario(3), seed);
    EXPECT_GE(one.scan, 0s);
    EXPECT_LT(one.scan, 10s);
    phases.insert(one.scan);
    one.bed.pod(0);  // just after a scan, or just before one: it waits for the next
    one.bed.run_until(25s);
    EXPECT_EQ(one.bed.times("gpu-2", "ordered"), (Times{scan_from(10s, one.scan)}))
        << one.scan.count();
  }
  EXPECT_EQ(phases.size(), 40u);
  EXPECT_LT(*phases.begin(), 2s);  // of 40 uniform in 10 s; missed by chance in 0.8^40 = 1e-4
  EXPECT_GT(*phases.rbegin(), 8s);
}

TEST(NodeAutoscaler, SwitchedOffItDoesNothing) {
  Scenario scenario = gpu_scenario(1);
  scenario.cluster.node_autoscaler.enabled = false;
  TestBed bed(scenario);
  bed.pod(0);
  bed.autoscaler.start();
  bed.run_until(3600s);
  EXPECT_EQ(ordered(bed, "gpu"), 0u);
}

// --- scale-up ---

TEST(NodeAutoscaler, OnePodBringsOneNodeThoughItTakesMinutes) {
  Scenario scenario = gpu_scenario(5);
  scenario.cluster.pools[1].provisioning.total = Distribution::constant(20min);
  OnePod one(scenario);
  one.bed.run_until(1h);
  EXPECT_EQ(ordered(one.bed, "gpu"), 1u);
  EXPECT_EQ(one.bed.times("llm-1", "scheduled"), (Times{one.scan + 20min}));
}

TEST(NodeAutoscaler, PodThatFitsBringsNone) {
  Scenario scenario = gpu_scenario(3, 1);
  TestBed bed(scenario);
  bed.pod(0);
  bed.autoscaler.start();
  bed.run_until(1h);
  EXPECT_EQ(ordered(bed, "gpu"), 0u);
}

TEST(NodeAutoscaler, PodThatNoPoolCouldHostBringsNone) {
  Scenario scenario = gpu_scenario(3);
  workload_of(scenario, scenario.functions[0]).requests.extended[kGpuResource] =
      2;  // on one-GPU nodes
  TestBed bed(scenario);
  bed.pod(0);
  bed.autoscaler.start();
  bed.run_until(1h);
  EXPECT_EQ(ordered(bed, "gpu"), 0u);
}

TEST(NodeAutoscaler, TwoPodsOfOneGpuEachBringTwoNodesInOneLoop) {
  TestBed bed(gpu_scenario(5));
  bed.pod(0);
  bed.pod(0);
  bed.autoscaler.start();
  bed.run_until(1h);
  EXPECT_EQ(ordered(bed, "gpu"), 2u);
  EXPECT_EQ(bed.times("gpu-1", "ordered"), bed.times("gpu-2", "ordered"));
}

TEST(NodeAutoscaler, TwoPodsThatFitOneNodeBringOne) {
  Scenario scenario = gpu_scenario(5);
  scenario.cluster.pools[1].machine.gpus = 2;
  TestBed bed(scenario);
  bed.pod(0);
  bed.pod(0);
  bed.autoscaler.start();
  bed.run_until(1h);
  EXPECT_EQ(ordered(bed, "gpu"), 1u);
}

TEST(NodeAutoscaler, NeverOrdersAboveTheMaximum) {
  TestBed bed(gpu_scenario(2));
  for (int i = 0; i < 5; ++i) bed.pod(0);
  bed.autoscaler.start();
  bed.run_until(1h);
  EXPECT_EQ(ordered(bed, "gpu"), 2u);
  EXPECT_EQ(bed.gauge(Gauge::nodes, 1), 2);
}

TEST(NodeAutoscaler, TakesThePoolWithTheLeastWaste) {
  Scenario scenario = platform();
  for (const char* name : {"large", "small", "tiny"}) {
    scenario.cluster.pools.push_back(pool(name, 0, 1));
  }
  scenario.cluster.pools[1].machine.cpu = Millicores(16'000);
  scenario.cluster.pools[2].machine.cpu = Millicores(6'000);
  scenario.cluster.pools[3].machine.cpu = Millicores(2'000);  // could not host it
  add_function(scenario, "f");
  scenario.manifests.workloads.back().requests.cpu = Millicores(5'000);
  TestBed bed(scenario);
  bed.pod(0);
  bed.pod(0);
  bed.autoscaler.start();
  bed.run_until(20s);
  EXPECT_EQ(bed.times("small-1", "ordered").size(), 1u);
  EXPECT_EQ(bed.times("large-1", "ordered").size(), 1u) << "once small is at its maximum";
  EXPECT_EQ(bed.times("tiny-1", "ordered").size(), 0u);
}

// --- scale-down ---

TEST(NodeAutoscaler, EmptyNodeIsGoneTenMinutesAfterTheLoopThatSawItEmpty) {
  OnePod one;
  one.bed.at(30min, [&] { one.bed.remove(one.pod); });
  one.bed.run_until(1h);
  const Duration seen = scan_from(30min, one.scan);
  EXPECT_EQ(one.bed.times("gpu-1", "draining"), (Times{seen + kUnneeded}));
  EXPECT_EQ(one.bed.times("gpu-1", "gone"), (Times{seen + kUnneeded + kTaintAndDeletion}));
}

TEST(NodeAutoscaler, TimerStartsOverWhenAPodComesBack) {
  OnePod one;
  one.bed.at(30min, [&] { one.bed.remove(one.pod); });
  one.bed.at(39min, [&] { one.pod = one.bed.pods.create(0).id; });
  one.bed.at(39min + 30s, [&] { one.bed.remove(one.pod); });
  one.bed.run_until(1h);
  const Duration seen = scan_from(39min + 30s, one.scan);
  EXPECT_EQ(one.bed.times("gpu-1", "gone"), (Times{seen + kUnneeded + kTaintAndDeletion}));
  EXPECT_EQ(one.bed.times("llm-2", "scheduled"), (Times{39min})) << "the old node serves it";
}

TEST(NodeAutoscaler, TheMarkedNodeIsNotTakenBack) {
  OnePod one;
  const Duration marked = scan_from(30min, one.scan) + kUnneeded;
  one.bed.at(30min, [&] { one.bed.remove(one.pod); });
  one.bed.at(marked + 1s, [&] { one.bed.pods.create(0); });
  one.bed.run_until(1h);
  EXPECT_EQ(one.bed.times("gpu-1", "gone"), (Times{marked + kTaintAndDeletion}));
  EXPECT_EQ(one.bed.times("gpu-2", "ordered"), (Times{marked + 10s}));
}

TEST(NodeAutoscaler, NothingIsRemovedWithinTenMinutesOfAScaleUpAnywhere) {
  Scenario scenario = gpu_scenario(1);
  scenario.cluster.pools.push_back(pool("more", 0, 1));
  add_function(scenario, "f");
  scenario.manifests.workloads.back().node_selector = {{"k8s.scaleway.com/pool-name", "more"}};
  OnePod one(scenario);
  one.bed.at(30min, [&] { one.bed.remove(one.pod); });
  one.bed.at(39min, [&] { one.bed.pods.create(1); });  // orders a node of the other pool
  one.bed.run_until(1h);
  const Duration order = scan_from(39min, one.scan);
  ASSERT_EQ(one.bed.times("more-1", "ordered"), (Times{order}));
  EXPECT_EQ(one.bed.times("gpu-1", "draining"), (Times{order + 10min}));
}

TEST(NodeAutoscaler, CoolDownCountsFromTheOrder) {
  Scenario scenario = gpu_scenario(1);
  scenario.cluster.node_autoscaler.delay_after_add = 30min;
  OnePod one(scenario);
  one.bed.at(2min, [&] { one.bed.remove(one.pod); });
  one.bed.run_until(1h);
  EXPECT_EQ(one.bed.times("gpu-1", "draining"), (Times{one.scan + 30min}));
}

TEST(NodeAutoscaler, MinimumStays) {
  TestBed bed(gpu_scenario(3, 2));
  bed.nodes.order(1);
  bed.autoscaler.start();
  bed.run_until(3h);
  EXPECT_EQ(bed.gauge(Gauge::nodes, 1), 2);
  std::size_t gone = 0;
  for (const char* name : {"gpu-1", "gpu-2", "gpu-3"}) gone += bed.times(name, "gone").size();
  EXPECT_EQ(gone, 1u);
  EXPECT_EQ(bed.gauge(Gauge::nodes, 0), 1) << "the platform's only node";
}

TEST(NodeAutoscaler, EmptyNodesGoTogether) {
  TestBed bed(gpu_scenario(3));
  for (int i = 0; i < 3; ++i) bed.nodes.order(1);
  bed.autoscaler.start();
  bed.run_until(1h);
  EXPECT_EQ(bed.gauge(Gauge::nodes, 1), 0);
  EXPECT_EQ(bed.times("gpu-1", "gone"), bed.times("gpu-3", "gone"));
}

// --- nodes in use ---

// A pod on a node of the pool `mixed`, with room for it on the platform's node.
struct InUse {
  explicit InUse(
      int gpus, std::int64_t milli, std::int64_t gpus_asked = 0,
      const std::function<void(Workload&)>& change = [](Workload&) {}) {
    Scenario scenario = platform();
    scenario.cluster.pools.front().machine.gpus = gpus;
    scenario.cluster.pools.push_back(pool("mixed", 0, 1, gpus));
    add_function(scenario, "f").stop = 1s;
    Workload& workload = scenario.manifests.workloads.back();
    workload.requests.cpu = Millicores(milli);
    if (gpus_asked > 0) workload.requests.extended[kGpuResource] = gpus_asked;
    change(workload);
    bed.emplace(scenario);
    Node& node = bed->nodes.order(1);
    bed->run_until(100s);
    bed->pods.bind(bed->pods.create(0), node);
    bed->autoscaler.start();
    bed->run_until(1h);
  }
  bool removed() const { return bed->gauge(Gauge::nodes, 1) == 0; }
  std::optional<TestBed> bed;
};

TEST(NodeAutoscaler, DrainsBelowHalfOfCpu) {
  EXPECT_TRUE(InUse(0, 1999).removed());   // of 4000
  EXPECT_FALSE(InUse(0, 2000).removed());  // the threshold itself is needed
}

TEST(NodeAutoscaler, DrainsBelowHalfOfMemory) {
  const auto memory = [](std::int64_t bytes) {
    return [bytes](Workload& workload) { workload.requests.memory = Bytes(bytes); };
  };
  EXPECT_TRUE(InUse(0, 100, 0, memory((std::int64_t{4} << 30) - 1)).removed());
  EXPECT_FALSE(InUse(0, 100, 0, memory(std::int64_t{4} << 30)).removed());
}

TEST(NodeAutoscaler, UtilisationOfAGpuNodeCountsGpusOnly) {
  EXPECT_TRUE(InUse(4, 3900).removed()) << "nearly all CPU, no GPU";
  EXPECT_FALSE(InUse(0, 3900).removed()) << "the same on a node without GPU";
  EXPECT_TRUE(InUse(4, 3900, 1).removed());  // 1 of 4
  EXPECT_FALSE(InUse(4, 100, 2).removed());  // 2 of 4 is the threshold
}

TEST(NodeAutoscaler, DrainsOnlyWhatFitsElsewhere) {
  const auto pinned = [](Workload& workload) {
    workload.node_selector = {{"k8s.scaleway.com/pool-name", "mixed"}};
  };
  EXPECT_FALSE(InUse(0, 100, 0, pinned).removed());
}

TEST(NodeAutoscaler, DiskEmptyDirBlocksADrain) {
  const auto on_disk = [](Workload& workload) { workload.disk_empty_dir = true; };
  EXPECT_TRUE(InUse(0, 100).removed());
  EXPECT_FALSE(InUse(0, 100, 0, on_disk).removed());
}

TEST(NodeAutoscaler, DrainWaitsForThePodsToStop) {
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("more", 0, 1));
  add_function(scenario, "f").stop = 25s;
  TestBed bed(scenario);
  Node& node = bed.nodes.order(1);
  bed.run_until(100s);
  bed.pods.bind(bed.pods.create(0), node);
  bed.autoscaler.start();
  bed.run_until(1h);
  const Times draining = bed.times("more-1", "draining");
  ASSERT_EQ(draining.size(), 1u);
  EXPECT_EQ(bed.times("f-1", "terminating"), (Times{draining.front() + 5s}));
  EXPECT_EQ(bed.times("f-1", "gone"), (Times{draining.front() + 5s + 25s}));
  EXPECT_EQ(bed.times("more-1", "gone"), (Times{draining.front() + 5s + 25s + 60s}));
}

TEST(NodeAutoscaler, DrainWaitsNoLongerThanThePodsGrace) {
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("more", 0, 1));
  add_function(scenario, "f").stop = 25s;
  scenario.manifests.workloads.back().grace = 10s;  // killed by then
  TestBed bed(scenario);
  Node& node = bed.nodes.order(1);
  bed.run_until(100s);
  bed.pods.bind(bed.pods.create(0), node);
  bed.autoscaler.start();
  bed.run_until(1h);
  const Times draining = bed.times("more-1", "draining");
  ASSERT_EQ(draining.size(), 1u);
  EXPECT_EQ(bed.times("f-1", "gone"), (Times{draining.front() + 5s + 10s}));
  EXPECT_EQ(bed.times("more-1", "gone"), (Times{draining.front() + 5s + 10s + 60s}));
}

TEST(NodeAutoscaler, OneNodeInUseIsDrainedAtATime) {
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("more", 0, 2));
  add_function(scenario, "f").stop = 25s;
  TestBed bed(scenario);
  Node &first = bed.nodes.order(1), &second = bed.nodes.order(1);
  bed.run_until(100s);
  bed.pods.bind(bed.pods.create(0), first);
  bed.pods.bind(bed.pods.create(0), second);
  bed.autoscaler.start();
  bed.run_until(1h);
  const Times one = bed.times("more-1", "draining"), other = bed.times("more-2", "draining");
  ASSERT_EQ(one.size(), 1u);
  ASSERT_EQ(other.size(), 1u);
  EXPECT_EQ(other.front() - one.front(), 30s)
      << "the first scan after its pod was gone at 5 + 25 s";
}

}  // namespace node_autoscaler_test
}  // namespace thaw::sim
