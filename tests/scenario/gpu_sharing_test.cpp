// How a pool shares its cards, and what a replica takes of them: MIG's profiles, each mode's keys.
#include <gtest/gtest.h>

#include "engine/scenario/mig_profiles.hpp"
#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace gpu_sharing_test {

using Texts = std::vector<std::string>;

const std::vector<std::string_view> kCards{"A30", "A100-40GB", "A100-80GB", "H100", "H200"};

int instances(std::string_view card, std::string_view profile) {
  const auto found = mig_profile(card, profile);
  return found ? found->instances : 0;
}

TEST(MigProfiles, AreThoseOfTheUserGuide) {
  // NVIDIA MIG user guide: seven compute slices, eight of memory; an A30 has four of each.
  EXPECT_EQ(instances("A100-40GB", "1g.5gb"), 7);
  EXPECT_EQ(instances("A100-40GB", "1g.10gb"), 4);
  EXPECT_EQ(instances("A100-40GB", "2g.10gb"), 3);
  EXPECT_EQ(instances("A100-80GB", "1g.10gb"), 7);
  EXPECT_EQ(instances("H100", "3g.40gb"), 2);
  EXPECT_EQ(instances("A30", "1g.6gb"), 4);
}

TEST(MigProfiles, AreNoneOfOtherCards) {
  EXPECT_FALSE(mig_profile("L4", "1g.5gb"));
  EXPECT_FALSE(mig_profile("A100-80GB", "1g.5gb")) << "that is the smaller card's";
  EXPECT_TRUE(mig_profiles("L4").empty());
}

// The table's count is what the start positions leave room for: so many fit, and not one more.
TEST(MigProfiles, AsManyInstancesAsHaveALegalPlacement) {
  for (const std::string_view card : kCards) {
    ASSERT_FALSE(mig_profiles(card).empty()) << card;
    for (const MigProfile& profile : mig_profiles(card)) {
      Texts all(static_cast<std::size_t>(profile.instances), std::string(profile.name));
      EXPECT_TRUE(mig_placements(card, all)) << card << " " << profile.name;
      all.emplace_back(profile.name);
      EXPECT_FALSE(mig_placements(card, all)) << card << " " << profile.name;
    }
  }
}

TEST(MigProfiles, HaveTheirNumbersInTheirNames) {
  for (const std::string_view card : kCards)
    for (const MigProfile& profile : mig_profiles(card))
      EXPECT_EQ(profile.compute, profile.name[0] - '0') << card << " " << profile.name;
}

TEST(MigProfiles, MixWhereTheirSlicesDoNotOverlap) {
  using Starts = std::vector<int>;
  EXPECT_EQ(mig_placements("A100-40GB", {"4g.20gb", "3g.20gb"}), (Starts{0, 4}));
  EXPECT_EQ(mig_placements("A100-40GB", {"3g.20gb", "4g.20gb"}), (Starts{4, 0}));
  EXPECT_EQ(mig_placements("A100-40GB", {"3g.20gb", "2g.10gb", "1g.5gb", "1g.5gb"}),
            (Starts{4, 0, 2, 3}));
  EXPECT_FALSE(mig_placements("A100-40GB", {"4g.20gb", "4g.20gb"})) << "8 of 7 compute slices";
  // Two 3g take all the memory and leave a compute slice that nobody can use.
  EXPECT_FALSE(mig_placements("A100-40GB", {"3g.20gb", "3g.20gb", "1g.5gb"}));
  EXPECT_EQ(mig_placements("A30", {"2g.12gb", "1g.6gb", "1g.6gb"}), (Starts{0, 2, 3}));
}

TEST(MigProfiles, TurnOnWithAResetBeforeHopper) {
  EXPECT_TRUE(mig_needs_reboot("A100-40GB"));
  EXPECT_TRUE(mig_needs_reboot("A100-80GB"));
  EXPECT_TRUE(mig_needs_reboot("A30"));
  EXPECT_FALSE(mig_needs_reboot("H100"));
  EXPECT_FALSE(mig_needs_reboot("H200"));
}

// kSmall with another pool.
std::string with_pool(const std::string& pool) {
  std::string text = kSmall;
  const std::size_t begin = text.find("    - {name: gpu");
  return text.replace(begin, text.find('\n', begin) - begin, "    - " + pool);
}

std::string with_function(const std::string& function) {
  return kSmall.substr(0, kSmall.find("  ollama:")) + "  ollama: {" + function + "}\n";
}

TEST(MigPool, OffersOnePieceEachAndIsLabelled) {
  const Scratch scratch;
  const Scenario scenario = scratch.load(
      with_pool("{name: gpu, machine: {preset: gke/a2-highgpu-1g}, nodes: {min: 1, max: 1}, "
                "gpuSharing: {mode: mig, profile: 1g.5gb}}"));
  const Pool& pool = scenario.cluster.pools[0];
  EXPECT_EQ(pool.gpu_sharing.per_card, 7);
  EXPECT_EQ(pool.labels.at("cloud.google.com/gke-gpu-partition-size"), "1g.5gb");
}

TEST(MigPool, ProfileMustBeTheCards) {
  const Scratch scratch;
  const std::string other = scratch.write(
      "scenario.yaml", with_pool("{name: gpu, machine: {preset: gke/a2-highgpu-1g}, nodes: {min: "
                                 "1, max: 1}, gpuSharing: {mode: mig, profile: 1g.6gb}}"));
  const Texts told = problems(other);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("A100-40GB has no MIG profile 1g.6gb; it has 1g.5gb"), std::string::npos)
      << told[0];
  const std::string uncut = scratch.write(
      "scenario.yaml", with_pool("{name: gpu, machine: {preset: scaleway/L4-1-24G}, nodes: {min: "
                                 "1, max: 1}, gpuSharing: {mode: mig, profile: 1g.5gb}}"));
  ASSERT_EQ(problems(uncut).size(), 1u);
  EXPECT_NE(problems(uncut)[0].find("L4 is not known to have MIG profiles"), std::string::npos);
}

// --- the other modes ---

std::string sharing(const std::string& what, const std::string& machine = "gke/a2-highgpu-1g") {
  return with_pool("{name: gpu, machine: {preset: " + machine +
                   "}, nodes: {min: 1, max: 1}, gpuSharing: {" + what + "}}");
}

TEST(GpuSharing, EachModeHasItsSettings) {
  const Scratch scratch;
  const auto read = [&](const std::string& what) {
    return scratch.load(sharing(what)).cluster.pools[0].gpu_sharing;
  };
  EXPECT_EQ(read("mode: exclusive").mode, GpuSharing::Mode::whole);
  const GpuSharing sliced =
      read("mode: time-slicing, replicas: 4, template: cards, interference: 1.1");
  EXPECT_EQ(sliced.per_card, 4);
  EXPECT_FALSE(sliced.shares_foreseen);
  EXPECT_EQ(sliced.interference_milli, 1100);
  EXPECT_EQ(read("mode: mps, replicas: 3").per_card, 3);
  EXPECT_EQ(read("mode: remote, callLatency: 200us").call_latency, 200us);
  const GpuSharing packed = read("mode: vgpu, nodePolicy: spread, cardPolicy: binpack");
  EXPECT_EQ(packed.nodes, GpuSharing::Packing::spread);
  EXPECT_EQ(packed.cards, GpuSharing::Packing::binpack);
  EXPECT_EQ(packed.per_card, 10) << "HAMi's deviceSplitCount";
  const GpuSharing mixed =
      read("mode: mig, profiles: [3g.20gb, 2g.10gb, 1g.5gb], gpuSeconds: memory");
  EXPECT_EQ(mixed.per_card, 3);
  EXPECT_EQ(mixed.pace, GpuSharing::Pace::memory);
}

TEST(GpuSharing, WhatIsNotKnownOfARemoteCallIsToldAsAGuess) {
  const Scratch scratch;
  const Scenario scenario = scratch.load(sharing("mode: remote"));
  EXPECT_EQ(scenario.cluster.pools[0].gpu_sharing.call_latency, 1ms);
  EXPECT_NE(scenario.notices.back().find("gpuSharing.callLatency (1ms)"), std::string::npos)
      << scenario.notices.back();
}

TEST(GpuSharing, KeysOfOtherModesAndMissingOnesAreErrors) {
  const Scratch scratch;
  const std::pair<const char*, const char*> wrong[] = {
      {"mode: mps", "replicas: missing: of time-slicing and mps"},
      {"mode: mig", "profile: missing: of mig, either profile or profiles"},
      {"mode: mig, profile: 1g.5gb, replicas: 4", "is of time-slicing or mps"},
      {"mode: time-slicing, replicas: 4, profile: 1g.5gb", "is of mig"},
      {"mode: exclusive, interference: 1.1", "is of vgpu, mig, time-slicing, mps or remote"},
      {"mode: time-slicing, replicas: 4, interference: 0.9", "a factor from 1 to 10"},
      {"mode: mig, profiles: [4g.20gb, 4g.20gb]", "no legal placement"},
  };
  for (const auto& [what, expected] : wrong) {
    const Texts told = problems(scratch.write("scenario.yaml", sharing(what)));
    ASSERT_EQ(told.size(), 1u) << what;
    EXPECT_NE(told[0].find(expected), std::string::npos) << told[0];
  }
}

// --- what a replica takes of its GPU ---

TEST(GpuMemory, IsItsPartsOrTheModelsSize) {
  const Scratch scratch;
  const auto read = [&](const std::string& of_function) {
    return scratch
        .load(with_function("image: 1GB, model: {name: m, size: 4GB, from: internet}, "
                            "service: {gpuSeconds: 1s, slots: 3, dispatch: oldest}" +
                            of_function))
        .functions[0]
        .gpu_memory.count;
  };
  EXPECT_EQ(read(""), 4'000'000'000);
  EXPECT_EQ(read(", gpuMemory: 6GB"), 6'000'000'000);
  EXPECT_EQ(read(", gpuMemory: {context: 500MB, overhead: 300MB}"), 5'800'000'000);
  EXPECT_EQ(read(", gpuMemory: {model: 5GB}"), 5'000'000'000);
}

}  // namespace gpu_sharing_test
}  // namespace thaw
