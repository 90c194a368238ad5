// The three times of a node, and which node a pod gets. Pools of scenario_builder.hpp: 4 CPUs a
// node, 100 s from order to GPU: VM at 35 s, Ready at 50 s, GPU allocatable at 100 s.
#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace nodes_scheduler_test {

using Times = std::vector<Duration>;

TEST(Nodes, ThreeTimesSplitTheTotalAsTheScenarioSays) {
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("gpu", 0, 1, 1));
  TestBed bed(scenario);
  bed.at(7s, [&] { bed.nodes.order(1); });
  bed.run_until(200s);
  EXPECT_EQ(bed.times("gpu-1", "ordered"), (Times{7s}));
  EXPECT_EQ(bed.times("gpu-1", "created"), (Times{42s}));       // + 0.35 × 100 s
  EXPECT_EQ(bed.times("gpu-1", "ready"), (Times{57s}));         // + 0.15 × 100 s
  EXPECT_EQ(bed.times("gpu-1", "allocatable"), (Times{107s}));  // + the rest
}

TEST(Nodes, TheThreeTimesAddUpToTheDrawnTotalExactly) {
  Scenario scenario = platform();
  Pool gpu = pool("gpu", 0, 50, 1);
  gpu.provisioning.total = Distribution::lognormal_median_p95(10min, 12min);
  gpu.provisioning.instance_ratio = 1.0 / 3;
  gpu.provisioning.boot_ratio = 1.0 / 7;
  gpu.provisioning.gpu_ratio = 1 - 1.0 / 3 - 1.0 / 7;
  scenario.cluster.pools.push_back(gpu);
  TestBed bed(scenario, 3);
  for (int i = 0; i < 50; ++i) bed.nodes.order(1);
  bed.run_until(3600s);
  for (std::uint64_t i = 1; i <= 50; ++i) {
    Random random(3, "node provisioning/gpu", i);
    const Duration total = gpu.provisioning.total.draw(random);
    const std::string name = "gpu-" + std::to_string(i);
    ASSERT_EQ(bed.times(name, "allocatable"), (Times{total}));
    const double created = seconds(bed.times(name, "created").front()) / seconds(total);
    const double ready = seconds(bed.times(name, "ready").front()) / seconds(total);
    EXPECT_NEAR(created, 1.0 / 3, 1e-9);
    EXPECT_NEAR(ready, 1.0 / 3 + 1.0 / 7, 1e-9);
  }
}

TEST(Nodes, WithoutGpuIsUsableAtReady) {
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("more", 0, 1));
  TestBed bed(scenario);
  Node& node = bed.nodes.order(1);
  bed.run_until(50s - 1ns);
  EXPECT_EQ(node.stage, NodeStage::created);
  bed.run_until(50s);
  EXPECT_EQ(node.stage, NodeStage::usable);
}

TEST(Nodes, ObjectIsThereFromReadyUntilTheVmIsDeleted) {
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("gpu", 0, 1, 1));
  TestBed bed(scenario);
  Node& node = bed.nodes.order(1);
  bed.run_until(49s);
  EXPECT_EQ(bed.gauge(Gauge::nodes, 1), 0);
  bed.run_until(50s);
  EXPECT_EQ(bed.gauge(Gauge::nodes, 1), 1);
  bed.run_until(200s);
  bed.nodes.drain(node);
  bed.nodes.erase(node);
  EXPECT_FALSE(bed.nodes.room(1)) << "its slot is taken until it is gone";
  bed.run_until(259s);
  EXPECT_EQ(bed.gauge(Gauge::nodes, 1), 1);
  bed.run_until(260s);  // deletion: 60 s
  EXPECT_EQ(bed.gauge(Gauge::nodes, 1), 0);
  EXPECT_TRUE(bed.nodes.room(1));
}

TEST(Nodes, MinimumIsUsableFromTheStart) {
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("gpu", 2, 3, 1));
  TestBed bed(scenario);
  EXPECT_EQ(bed.gauge(Gauge::nodes, 1), 2);
  EXPECT_EQ(bed.node("gpu-2").stage, NodeStage::usable);
  EXPECT_TRUE(bed.nodes.room(1));
}

TEST(Nodes, NewOneTakesTheLowestFreeSlotAndANameOfItsOwn) {
  Scenario scenario = platform();                          // slot 0
  scenario.cluster.pools.push_back(pool("gpu", 3, 3, 1));  // slots 1 to 3
  TestBed bed(scenario);
  EXPECT_EQ(Nodes::slots(scenario.cluster.pools), 4u);
  bed.nodes.lose(bed.node("gpu-2"));
  Node& node = bed.nodes.order(1);
  EXPECT_EQ(node.slot, 2u);
  EXPECT_EQ(node.name, "gpu-4");
}

TEST(Nodes, LossTakesThePodsAlongAtOnce) {
  Scenario scenario = platform();
  add_function(scenario, "f");
  TestBed bed(scenario);
  bed.pod(0);
  bed.run_until(5s);
  bed.nodes.lose(bed.node("cpu-1"));
  EXPECT_EQ(bed.gauge(Gauge::nodes), 0);
  EXPECT_EQ(bed.gauge(Gauge::replicas), 0);
  EXPECT_EQ(bed.times("f-1", "lost"), (Times{5s}));
  EXPECT_EQ(bed.times("cpu-1", "lost"), (Times{5s}));
}

// --- which node ---

TEST(Scheduler, ReadyNodeWithoutAllocatableGpuTakesNoGpuPod) {
  Scenario scenario = platform();
  add_gpu_function(scenario, "llm");
  add_function(scenario, "helper");
  scenario.manifests.workloads.back().node_selector = {{"k8s.scaleway.com/pool-name", "gpu"}};
  TestBed bed(scenario);
  bed.pod(0);
  bed.pod(1);
  bed.nodes.order(1);
  bed.run_until(200s);
  EXPECT_EQ(bed.times("helper-1", "scheduled"), (Times{50s})) << "wants no GPU: as soon as Ready";
  EXPECT_EQ(bed.times("llm-1", "scheduled"), (Times{100s}));
}

TEST(Scheduler, DrainingNodeTakesNothing) {
  Scenario scenario = platform();
  scenario.cluster.pools.front().nodes_max = 2;
  add_function(scenario, "f");
  TestBed bed(scenario);
  bed.nodes.drain(bed.node("cpu-1"));
  const PodId pod = bed.pod(0);
  EXPECT_TRUE(bed.pods.get(pod).unschedulable);
  EXPECT_EQ(bed.times("f-1", "unschedulable"), (Times{0s}));
}

TEST(Scheduler, PrefersTheNodeWithTheSmallestDominantShareInUse) {
  Scenario scenario = platform();
  scenario.cluster.pools.front() = pool("cpu", 3, 3);
  add_function(scenario, "f");
  scenario.manifests.workloads.back().requests.cpu = Millicores(1000);
  TestBed bed(scenario);
  reserve(bed.node("cpu-1").used, {Millicores(2000), Bytes(0), {}});                   // 1/2
  reserve(bed.node("cpu-2").used, {Millicores(0), Bytes(std::int64_t{6} << 30), {}});  // 3/4
  reserve(bed.node("cpu-3").used, {Millicores(1500), Bytes(0), {}});                   // 3/8
  bed.pod(0);  // then cpu-3 has 5/8, and cpu-1 is next
  bed.pod(0);
  EXPECT_EQ(bed.node("cpu-3").pods, (std::vector<PodId>{1}));
  EXPECT_EQ(bed.node("cpu-1").pods, (std::vector<PodId>{2}));
}

TEST(Scheduler, OldestNodeWinsATie) {
  Scenario scenario = platform();
  scenario.cluster.pools.front() = pool("cpu", 3, 3);
  add_function(scenario, "f");
  TestBed bed(scenario);
  for (int i = 0; i < 3; ++i) bed.pod(0);
  EXPECT_EQ(bed.node("cpu-1").pods, (std::vector<PodId>{1}));
  EXPECT_EQ(bed.node("cpu-2").pods, (std::vector<PodId>{2}));
  EXPECT_EQ(bed.node("cpu-3").pods, (std::vector<PodId>{3}));
}

TEST(Scheduler, PodsAreTriedInTheOrderOfTheirCreation) {
  Scenario scenario = platform();
  add_gpu_function(scenario, "older");
  add_gpu_function(scenario, "younger");
  TestBed bed(scenario);
  bed.pod(0);
  bed.pod(1);
  bed.nodes.order(1);  // one GPU for two
  bed.run_until(200s);
  EXPECT_EQ(bed.times("older-1", "scheduled"), (Times{100s}));
  EXPECT_EQ(bed.times("younger-1", "scheduled"), (Times{}));
}

TEST(Scheduler, PodThatFitsNowhereLetsTheNextOneBy) {
  Scenario scenario = platform();
  add_function(scenario, "large");
  scenario.manifests.workloads.back().requests.cpu = Millicores(4001);
  add_function(scenario, "small");
  TestBed bed(scenario);
  bed.pod(0);
  bed.pod(1);
  EXPECT_EQ(bed.times("large-1", "unschedulable"), (Times{0s}));
  EXPECT_EQ(bed.times("small-1", "scheduled"), (Times{0s}));
}

TEST(Scheduler, TriesAgainWhenAPodHasGone) {
  Scenario scenario = platform();
  add_function(scenario, "f").stop = 3s;
  scenario.manifests.workloads.back().requests.cpu = Millicores(4000);
  TestBed bed(scenario);
  const PodId first = bed.pod(0);
  bed.pod(0);
  bed.run_until(10s);
  bed.remove(first);
  bed.run_until(20s);
  EXPECT_EQ(bed.times("f-2", "unschedulable"), (Times{0s})) << "told once";
  EXPECT_EQ(bed.times("f-2", "scheduled"), (Times{13s})) << "it keeps its room until it is gone";
}

}  // namespace nodes_scheduler_test
}  // namespace thaw::sim
