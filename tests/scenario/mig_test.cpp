// Cards cut by MIG: what a profile makes of a card, and what a pool then is.
#include <gtest/gtest.h>

#include "engine/scenario/mig_profiles.hpp"
#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace {

using Texts = std::vector<std::string>;

TEST(MigProfiles, AreThoseOfTheUserGuide) {
  // NVIDIA MIG user guide: seven compute slices, eight of memory; an A30 has four of each.
  EXPECT_EQ(mig_instances("A100-40GB", "1g.5gb"), 7);
  EXPECT_EQ(mig_instances("A100-40GB", "1g.10gb"), 4);
  EXPECT_EQ(mig_instances("A100-40GB", "2g.10gb"), 3);
  EXPECT_EQ(mig_instances("A100-80GB", "1g.10gb"), 7);
  EXPECT_EQ(mig_instances("H100", "3g.40gb"), 2);
  EXPECT_EQ(mig_instances("A30", "1g.6gb"), 4);
}

TEST(MigProfiles, AreNoneOfOtherCards) {
  EXPECT_EQ(mig_instances("L4", "1g.5gb"), std::nullopt);
  EXPECT_EQ(mig_instances("A100-80GB", "1g.5gb"), std::nullopt) << "that is the smaller card's";
  EXPECT_TRUE(mig_profiles("L4").empty());
  EXPECT_EQ(mig_profiles("A30"), (Texts{"1g.6gb", "2g.12gb", "4g.24gb"}));
}

// kSmall with another pool.
std::string with_pool(const std::string& pool) {
  std::string text = kSmall;
  const std::size_t begin = text.find("    - {name: gpu");
  return text.replace(begin, text.find('\n', begin) - begin, "    - " + pool);
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

}  // namespace
}  // namespace thaw
