// Where pods go whose nodes' cards HAMi splits: scheduler, node autoscaler, and what frees a card.
#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace vgpu_placement_test {

using Times = std::vector<Duration>;

Pool split_pool(int nodes_min, int nodes_max, int cards = 1) {
  Pool made = pool("gpu", nodes_min, nodes_max, cards);
  made.machine.cpu = Millicores(100'000);
  made.machine.gpu_memory = Bytes{std::int64_t{10'000} << 20};
  made.labels["gpu"] = "on";
  made.gpu_sharing.mode = GpuSharing::Mode::vgpu;
  made.gpu_sharing.per_card = 10;
  made.gpu_sharing.hami = {2, 4, 0};
  return made;
}

// A client of FedLess: 18 % of a card.
Scenario clients_on(const Pool& gpu, int cards = 1) {
  Scenario scenario = bare_cluster();
  scenario.cluster.pools.push_back(gpu);
  add_plain_function(scenario, "client");
  workload_of(scenario, scenario.functions[0]).requests.extended = {
      {"nvidia.com/gpu", cards}, {"nvidia.com/gpucores", 18}, {"nvidia.com/gpumem-percentage", 18}};
  return scenario;
}

int placed(TestBed& bed, int pods) {
  int count = 0;
  for (int i = 0; i < pods; ++i) count += bed.pods.get(bed.pod(0)).node ? 1 : 0;
  return count;
}

TEST(SplitCards, TheSixthClientWaitsUntilOneGoes) {
  TestBed bed(clients_on(split_pool(1, 1)));
  EXPECT_EQ(placed(bed, 6), 5);
  bed.at(60s, [&] { bed.remove(1); });
  bed.run_until(100s);
  EXPECT_EQ(bed.times("client-6", "scheduled"), bed.times("client-1", "gone"));
  EXPECT_EQ(bed.times("client-6", "scheduled").size(), 1u);
}

TEST(SplitCards, TheTimelineSaysWhatIsMissing) {
  TestBed bed(clients_on(split_pool(1, 1)));
  placed(bed, 6);
  EXPECT_EQ(bed.world.timeline.back().words,
            "client-6 fits no node, no card of gpu-1: too little of its memory is left");
}

TEST(SplitCards, MoreCardsThanTheNodeHasAreNeverThere) {
  TestBed bed(clients_on(split_pool(1, 1), 2));
  EXPECT_EQ(capacity_of(split_pool(1, 1)).extended.at(kGpuResource), 10) << "10 are on offer";
  EXPECT_EQ(placed(bed, 1), 0);
  TestBed two(clients_on(split_pool(1, 1, 2), 2));
  EXPECT_EQ(placed(two, 6), 5);
}

TEST(SplitCards, ANodeWithoutTheLabelOffersNone) {
  Pool gpu = split_pool(1, 1);
  gpu.labels["gpu"] = "off";
  EXPECT_TRUE(capacity_of(gpu).extended.empty());
  TestBed bed(clients_on(gpu));
  EXPECT_EQ(placed(bed, 1), 0);
}

TEST(SplitCards, PodsArePackedOntoTheFullestNode) {
  TestBed bed(clients_on(split_pool(2, 2)));
  bed.pod(0);
  bed.remove(bed.pod(0));
  bed.run_until(60s);
  placed(bed, 3);
  EXPECT_EQ(bed.node("gpu-1").pods.size(), 4u);
  EXPECT_TRUE(bed.node("gpu-2").pods.empty()) << "LeastAllocated would have spread them";
}

TEST(SplitCards, CpuIsALimitBesideTheCard) {
  Scenario scenario = clients_on(split_pool(1, 1));
  scenario.cluster.pools[1].machine.cpu = Millicores(8000);
  workload_of(scenario, scenario.functions[0]).requests.cpu = Millicores(2000);
  TestBed bed(scenario);
  EXPECT_EQ(placed(bed, 6), 4);
}

TEST(SplitCards, AreThereOnceTheGpuIsAllocatable) {
  TestBed bed(clients_on(split_pool(0, 1)));
  bed.nodes.order(1);
  bed.pod(0);
  bed.run_until(200s);
  EXPECT_EQ(bed.times("client-1", "scheduled"), (Times{100s}));  // Ready at 50 s
}

TEST(SplitCards, BringNoNodeForWhatOnlyHamiUnderstands) {
  Scenario scenario = clients_on(split_pool(0, 1));
  TestBed bed(scenario);
  bed.pod(0);
  bed.autoscaler.start();
  bed.run_until(1h);
  EXPECT_TRUE(bed.times("gpu-1", "ordered").empty());
  workload_of(scenario, scenario.functions[0]).requests.extended = {{kGpuResource, 1}};
  TestBed plain(scenario);
  plain.pod(0);
  plain.autoscaler.start();
  plain.run_until(1h);
  EXPECT_EQ(plain.times("gpu-1", "ordered").size(), 1u);
}

}  // namespace vgpu_placement_test
}  // namespace thaw::sim
