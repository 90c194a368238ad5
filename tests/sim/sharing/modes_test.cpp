// What each way of sharing a card offers, where it puts pods and how fast they work there. Expected
// times by hand.
#include "sim/sharing/modes.hpp"

#include <gtest/gtest.h>

#include "engine/scenario/mig_profiles.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace modes_test {

using Mode = GpuSharing::Mode;
using Ends = std::vector<Duration>;
using Offered = std::map<std::string, std::int64_t>;

Pool cards_of(Mode mode, int per_card, int cards = 1) {
  Pool made = pool("gpu", 1, 1, cards);
  made.machine.gpu_model = "A100-40GB";
  made.machine.gpu_memory = Bytes{std::int64_t{40} << 30};
  made.labels["card"] = "shared";
  made.gpu_sharing.mode = mode;
  made.gpu_sharing.per_card = per_card;
  return made;
}

// Functions of one pod each, on the pool's node; each asks for these resources.
struct Bed {
  Bed(const Pool& gpu, std::size_t functions, const Offered& asked)
      : bed(scenario(gpu, functions, asked)) {
    for (std::size_t f = 0; f < functions; ++f) pods.push_back(bed.pod(f));
  }
  static Scenario scenario(const Pool& gpu, std::size_t functions, const Offered& asked) {
    Scenario made = bare_cluster();
    made.cluster.pools.push_back(gpu);
    for (std::size_t f = 0; f < functions; ++f) {
      add_plain_function(made, "f" + std::to_string(f)).service.on_gpu = true;
      Workload& workload = workload_of(made, made.functions[f]);
      workload.requests.extended = asked;
      workload.node_selector["card"] = "shared";
    }
    return made;
  }
  // All begin at once, with this work each.
  Ends together(Duration work) {
    std::vector<RequestId> ids;
    for (std::size_t f = 0; f < pods.size(); ++f) ids.push_back(bed.offer(f, work));
    bed.run_until(1h);
    Ends ends;
    for (const RequestId id : ids) ends.push_back(bed.reply(id) ? bed.reply(id)->at : Duration{-1});
    return ends;
  }
  std::vector<std::size_t> cards_of_pod(std::size_t f) {
    const auto* share = bed.node("gpu-1").cards->share_of(pods[f]);
    return share ? share->cards : std::vector<std::size_t>{};
  }
  TestBed bed;
  std::vector<PodId> pods;
};

const Offered kOne{{kGpuResource, 1}};

TEST(Exclusive, ACardIsOnePods) {
  Bed bed(cards_of(Mode::whole, 1, 2), 3, kOne);
  EXPECT_EQ(bed.cards_of_pod(0), (std::vector<std::size_t>{0}));
  EXPECT_EQ(bed.cards_of_pod(1), (std::vector<std::size_t>{1}));
  EXPECT_FALSE(bed.bed.pods.get(bed.pods[2]).node);
}

// --- time-slicing ---

TEST(TimeSlicing, PodsAtWorkShareACardEquallyAndOneAloneHasIt) {
  EXPECT_EQ(Bed(cards_of(Mode::time_slicing, 4), 1, kOne).together(10s), (Ends{10s}));
  EXPECT_EQ(Bed(cards_of(Mode::time_slicing, 4), 4, kOne).together(10s),
            (Ends{40s, 40s, 40s, 40s}));
}

TEST(TimeSlicing, ReplicasAreTakenFromTheCardWithTheFewest) {
  Bed bed(cards_of(Mode::time_slicing, 2, 2), 5, kOne);
  const std::size_t expected[] = {0, 1, 0, 1};
  for (std::size_t f = 0; f < 4; ++f) EXPECT_EQ(bed.cards_of_pod(f).at(0), expected[f]) << f;
  EXPECT_FALSE(bed.bed.pods.get(bed.pods[4]).node) << "four are offered";
}

TEST(TimeSlicing, TwoReplicasAreNotTwiceTheTime) {
  Scenario scenario = Bed::scenario(cards_of(Mode::time_slicing, 4), 2, kOne);
  workload_of(scenario, scenario.functions[0]).requests.extended = {{kGpuResource, 2}};
  TestBed bed(scenario);
  bed.pod(0);
  bed.pod(1);
  const RequestId two = bed.offer(0, 10s), one = bed.offer(1, 10s);
  bed.run_until(1min);
  EXPECT_EQ(bed.reply(two).value().at, 20s);
  EXPECT_EQ(bed.reply(one).value().at, 20s);
}

TEST(TimeSlicing, InterferenceSlowsNeighboursOnly) {
  Pool gpu = cards_of(Mode::time_slicing, 4);
  gpu.gpu_sharing.interference_milli = 1100;
  EXPECT_EQ(Bed(gpu, 1, kOne).together(10s), (Ends{10s}));
  EXPECT_EQ(Bed(gpu, 2, kOne).together(10s), (Ends{22s, 22s}));  // 10 × 2 × 1.1
}

// Four pods on a card that offers four shares; a node autoscaler that knows only of cards orders a
// node for each.
TEST(TimeSlicing, ATemplateOfCardsBringsANodeAPod) {
  for (const auto& [foreseen, nodes] : {std::pair(true, 1), std::pair(false, 4)}) {
    Pool gpu = cards_of(Mode::time_slicing, 4);
    gpu.nodes_min = 0;
    gpu.nodes_max = 10;
    gpu.gpu_sharing.shares_foreseen = foreseen;
    Bed bed(gpu, 4, kOne);
    bed.bed.autoscaler.start();
    bed.bed.run_until(9min);
    EXPECT_EQ(bed.bed.nodes.count(1), static_cast<std::size_t>(nodes)) << foreseen;
    for (const PodId pod : bed.pods) EXPECT_TRUE(bed.bed.pods.get(pod).node);
  }
}

// --- MPS ---

TEST(Mps, APodHasItsPartOfTheThreadsAloneAtWorkToo) {
  EXPECT_EQ(Bed(cards_of(Mode::mps, 4), 1, kOne).together(10s), (Ends{40s}));
  EXPECT_EQ(Bed(cards_of(Mode::mps, 4), 2, kOne).together(10s), (Ends{40s, 40s}));
  // 100 / 3 is 33 per cent to the device plugin: 33 s at 33 %.
  EXPECT_EQ(Bed(cards_of(Mode::mps, 3), 1, kOne).together(33s), (Ends{100s}));
}

TEST(Mps, MoreThanOneShareIsRefused) {
  Bed bed(cards_of(Mode::mps, 4), 1, {{kGpuResource, 2}});
  EXPECT_EQ(bed.bed.world.timeline.back().words,
            "f0-1 fits no node, no card of gpu-1: the pod wants more than one share");
}

// --- MIG ---

Pool cut(const std::string& profile, int cards = 1) {
  Pool made = cards_of(Mode::mig, mig_profile("A100-40GB", profile)->instances, cards);
  made.gpu_sharing.profile = profile;
  return made;
}

TEST(Mig, EightPodsDoNotFitSevenInstances) {
  Bed bed(cut("1g.5gb"), 8, kOne);
  for (std::size_t f = 0; f < 7; ++f) EXPECT_TRUE(bed.bed.pods.get(bed.pods[f]).node) << f;
  EXPECT_FALSE(bed.bed.pods.get(bed.pods[7]).node);
}

TEST(Mig, InstancesDisturbNobody) {
  EXPECT_EQ(Bed(cut("2g.10gb"), 3, kOne).together(10s), (Ends{10s, 10s, 10s}));
}

TEST(Mig, AnInstanceHasItsSlicesOfAWholeCardsWork) {
  Pool gpu = cut("3g.20gb");
  gpu.gpu_sharing.pace = GpuSharing::Pace::compute;
  EXPECT_EQ(Bed(gpu, 2, kOne).together(30s), (Ends{70s, 70s}));  // 3 of 7
  gpu.gpu_sharing.pace = GpuSharing::Pace::memory;
  EXPECT_EQ(Bed(gpu, 2, kOne).together(30s), (Ends{60s, 60s}));  // 4 of 8
}

TEST(Mig, SeveralKindsAreResourcesOfTheirOwn) {
  Pool gpu = cards_of(Mode::mig, 3, 2);
  gpu.gpu_sharing.profiles = {"3g.20gb", "2g.10gb", "1g.5gb"};
  EXPECT_EQ(capacity_of(gpu).extended, (Offered{{"nvidia.com/mig-1g.5gb", 2},
                                                {"nvidia.com/mig-2g.10gb", 2},
                                                {"nvidia.com/mig-3g.20gb", 2}}));
  gpu.gpu_sharing.pace = GpuSharing::Pace::compute;
  Bed bed(gpu, 3, {{"nvidia.com/mig-2g.10gb", 1}});
  EXPECT_EQ(bed.cards_of_pod(1), (std::vector<std::size_t>{1}));
  EXPECT_FALSE(bed.bed.pods.get(bed.pods[2]).node) << "one on each of two cards";
}

// The pool's node takes 35, 15 and 50 s to be there, booted, allocatable.
TEST(Mig, ANewNodeBootsOnceMoreWhereItsCardMust) {
  const auto allocatable = [](const std::string& card, std::optional<Duration> reboot) {
    Pool gpu = cut("1g.5gb");
    gpu.machine.gpu_model = card;
    gpu.nodes_min = 0;
    gpu.gpu_sharing.reboot = reboot;
    if (card == "H100") gpu.gpu_sharing.profile = "1g.10gb";
    Scenario scenario = bare_cluster();
    scenario.cluster.pools.push_back(gpu);
    TestBed bed(scenario);
    bed.nodes.order(1);
    bed.run_until(10min);
    return bed.times("gpu-1", "allocatable").at(0);
  };
  EXPECT_EQ(allocatable("A100-40GB", {}), 115s);
  EXPECT_EQ(allocatable("H100", {}), 100s);
  EXPECT_EQ(allocatable("A100-40GB", 60s), 160s);
  EXPECT_EQ(allocatable("H100", 60s), 160s);
}

// --- remote ---

TEST(Remote, PodsThatAskForNoneShareTheHostsCards) {
  Pool gpu = cards_of(Mode::remote, 1, 2);
  EXPECT_TRUE(capacity_of(gpu).extended.empty());
  // Three on two cards: 0, 1, 0.
  EXPECT_EQ(Bed(gpu, 3, {}).together(10s), (Ends{20s, 10s, 20s}));
}

TEST(Remote, ACallTakesItsTimeToo) {
  Pool gpu = cards_of(Mode::remote, 1);
  gpu.gpu_sharing.call_latency = 5ms;
  EXPECT_EQ(Bed(gpu, 1, {}).together(10s), (Ends{10s + 5ms}));
}

// --- vGPU: the policies ---

TEST(Vgpu, CardsAndNodesAreFilledAsThePoliciesSay) {
  using Packing = GpuSharing::Packing;
  const Offered small{{kGpuResource, 1}, {"nvidia.com/gpumem-percentage", 10}};
  for (const Packing cards : {Packing::binpack, Packing::spread}) {
    for (const Packing nodes : {Packing::binpack, Packing::spread}) {
      Pool gpu = cards_of(Mode::vgpu, 10, 2);
      gpu.labels["gpu"] = "on";
      gpu.nodes_min = gpu.nodes_max = 2;
      gpu.gpu_sharing.hami = {2, 10, 0};
      gpu.gpu_sharing.cards = cards;
      gpu.gpu_sharing.nodes = nodes;
      Bed bed(gpu, 2, small);
      const bool same_node =
          bed.bed.pods.get(bed.pods[0]).node == bed.bed.pods.get(bed.pods[1]).node;
      EXPECT_EQ(same_node, nodes == Packing::binpack);
      if (!same_node) continue;
      EXPECT_EQ(bed.cards_of_pod(0) == bed.cards_of_pod(1), cards == Packing::binpack);
    }
  }
}

}  // namespace modes_test
}  // namespace thaw::sim
