// Pods that take more GPU memory than they may, or than there is.
#include <gtest/gtest.h>

#include "engine/scenario/mig_profiles.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace memory_test {

using Mode = GpuSharing::Mode;
using Times = std::vector<Duration>;
using Offered = std::map<std::string, std::int64_t>;

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

// One card of 40 GiB. Function f's pod wants sizes[f] of it; a container is up 1 s after its start.
Scenario wanting(Mode mode, int per_card, const std::vector<std::int64_t>& sizes,
                 const Offered& asked = {{kGpuResource, 1}}) {
  Scenario made = bare_cluster();
  Pool gpu = pool("gpu", 1, 1, 1);
  gpu.machine.gpu_model = "A100-40GB";
  gpu.machine.gpu_memory = Bytes{40 * kGiB};
  gpu.labels = {{"gpu", "on"}, {"card", "shared"}};
  gpu.gpu_sharing.mode = mode;
  gpu.gpu_sharing.per_card = per_card;
  gpu.gpu_sharing.hami = {2, 10, 0};
  if (mode == Mode::mig) gpu.gpu_sharing.profile = "1g.5gb";
  made.cluster.pools.push_back(gpu);
  for (std::size_t f = 0; f < sizes.size(); ++f) {
    FunctionSpec& function = add_plain_function(made, "f" + std::to_string(f));
    function.gpu_memory = Bytes{sizes[f]};
    function.container_start = Distribution::constant(1s);
    workload_of(made, function).requests.extended = asked;
    workload_of(made, function).node_selector["card"] = "shared";
  }
  return made;
}

bool lives(Mode mode, int per_card, std::int64_t bytes, const Offered& asked) {
  TestBed bed(wanting(mode, per_card, {bytes}, asked));
  const PodId pod = bed.pod(0);
  bed.run_until(5s);
  return bed.pods.get(pod).stage == PodStage::ready;
}

TEST(GpuMemory, ALimitIsHardToTheLastByte) {
  const Offered one{{kGpuResource, 1}};
  EXPECT_TRUE(lives(Mode::whole, 1, 40 * kGiB, one));
  EXPECT_FALSE(lives(Mode::whole, 1, 40 * kGiB + 1, one));
  // Half of a card by HAMi; a fourth and, of 40960 MiB, a third in whole MiB by MPS.
  const Offered half{{kGpuResource, 1}, {"nvidia.com/gpumem-percentage", 50}};
  EXPECT_TRUE(lives(Mode::vgpu, 10, 20 * kGiB, half));
  EXPECT_FALSE(lives(Mode::vgpu, 10, 20 * kGiB + 1, half));
  EXPECT_TRUE(lives(Mode::mps, 4, 10 * kGiB, one));
  EXPECT_FALSE(lives(Mode::mps, 4, 10 * kGiB + 1, one));
  EXPECT_TRUE(lives(Mode::mps, 3, std::int64_t{13'653} << 20, one));
  EXPECT_FALSE(lives(Mode::mps, 3, (std::int64_t{13'653} << 20) + 1, one));
  // One of eight parts of an A100's memory by MIG.
  EXPECT_TRUE(lives(Mode::mig, 7, 5 * kGiB, one));
  EXPECT_FALSE(lives(Mode::mig, 7, 5 * kGiB + 1, one));
}

TEST(GpuMemory, OfSeveralCardsAModelTakesAnEvenPartEach) {
  Scenario scenario = wanting(Mode::whole, 1, {80 * kGiB}, {{kGpuResource, 2}});
  scenario.cluster.pools.back().machine.gpus = 2;
  TestBed bed(scenario);
  const PodId pod = bed.pod(0);
  bed.run_until(5s);
  EXPECT_EQ(bed.pods.get(pod).stage, PodStage::ready);
}

TEST(GpuMemory, AContainerThatDiesOfItIsStartedAgainAsTheKubeletDoes) {
  TestBed bed(wanting(Mode::mps, 4, {11 * kGiB}));
  bed.pod(0);
  bed.run_until(20min);
  // Each time 1 s to start. Back-off: none, 10, 20, 40, 80, 160, 300, 300 s.
  EXPECT_EQ(bed.times("f0-1", "oom"), (Times{1s, 2s, 13s, 34s, 75s, 156s, 317s, 618s, 919s}));
  const auto& timeline = bed.world.timeline;
  const auto first = std::find_if(timeline.begin(), timeline.end(),
                                  [](const TimelineEvent& e) { return e.what == "oom"; });
  EXPECT_EQ(
      first->words,
      "f0-1 out of GPU memory: wants 11264 MiB where 10240 MiB are left, starts again at once");
  EXPECT_EQ(first->kind, EventKind::pod);
}

TEST(GpuMemory, WithoutLimitsTheLastToAllocateDiesUntilThereIsRoom) {
  for (const Mode mode : {Mode::time_slicing, Mode::remote}) {
    const Offered asked = mode == Mode::remote ? Offered{} : Offered{{kGpuResource, 1}};
    TestBed bed(wanting(mode, 4, {30 * kGiB, 9 * kGiB, 2 * kGiB}, asked));
    const PodId big = bed.pod(0);
    bed.run_until(10s);
    bed.pod(1);
    bed.run_until(20s);
    bed.pod(2);  // 39 of 40 GiB are taken
    bed.run_until(25s);
    EXPECT_EQ(bed.times("f0-1", "ready"), (Times{1s}));
    EXPECT_EQ(bed.times("f1-1", "ready"), (Times{11s}));
    EXPECT_EQ(bed.times("f2-1", "oom"), (Times{21s, 22s}));
    bed.remove(big);
    bed.run_until(1min);
    EXPECT_EQ(bed.times("f2-1", "ready"), (Times{33s})) << "10 s after its second death, and 1 s";
    EXPECT_EQ(bed.times("f0-1", "oom"), Times{});
    EXPECT_EQ(bed.times("f1-1", "oom"), Times{});
  }
}

TEST(GpuMemory, ADeadContainerIsGoneWithItsPod) {
  TestBed bed(wanting(Mode::mps, 4, {11 * kGiB}));
  const PodId pod = bed.pod(0);
  bed.run_until(100s);
  bed.remove(pod);
  bed.run_until(20min);
  EXPECT_EQ(bed.times("f0-1", "gone").size(), 1u);
  EXPECT_EQ(bed.times("f0-1", "oom").size(), 5u) << "none after it";
  EXPECT_EQ(bed.node("gpu-1").cards->cards()[0].pods, 0);
}

}  // namespace memory_test
}  // namespace thaw::sim
