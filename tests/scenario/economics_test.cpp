// What a replica costs and what a start of it costs, of scenarios whose numbers can be added up by
// hand.
#include "engine/scenario/economics.hpp"

#include <gtest/gtest.h>

#include "engine/moments.hpp"
#include "engine/scenario/governance.hpp"
#include "engine/scenario/load.hpp"

namespace thaw {
namespace economics_test {

std::vector<Level> levels(const Scenario& scenario, const std::string& function) {
  for (const FunctionSpec& spec : scenario.functions)
    if (spec.name == function) return levels_of(scenario, spec);
  ADD_FAILURE() << "no function " << function;
  return {};
}

// Of scenarios/slimfaas-kapsule, in seconds, means of lognormals by median × exp(s²/2),
// s = ln(p95 / median) / 1.644854: scan 5, node 603.697, image 1.9 GiB / 60 MB/s = 34.002,
// container 1.093, delay 10, model 638 / 500 = 1.276, load 1.626.
constexpr double kScan = 5, kNode = 603.697, kImage = 34.002, kRest = 1.093 + 10 + 1.276 + 1.626;
constexpr double kPerSecond = 0.75 / 3600;  // a whole L4

TEST(Economics, AddsUpTheStagesFromOffAndFromTheImage) {
  const auto found = levels(load_scenario("scenarios/slimfaas-kapsule"), "ollama");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].name, "off");
  EXPECT_NEAR(found[0].to_serve.mean() / 1e9, kScan + kNode + kImage + kRest, 0.01);
  EXPECT_EQ(found[0].keep_per_s, 0);
  EXPECT_EQ(found[1].name, "image");
  EXPECT_NEAR(found[1].to_serve.mean() / 1e9, kRest, 0.01);
  EXPECT_EQ(found[2].name, "serving");
  EXPECT_EQ(found[2].to_serve.mean(), 0);
  EXPECT_DOUBLE_EQ(found[2].keep_per_s, kPerSecond);
  EXPECT_DOUBLE_EQ(found[1].keep_per_s, kPerSecond);  // the node is there, and paid
  // Half of the spread is the node's: 600 s at the median, 720 s at p95.
  EXPECT_NEAR(quantile(found[0].to_serve, 0.95) / 1e9, kScan + 720 + kImage + kRest, 5);
}

// Paid from the order on, and for the idle node: 600 s unneeded, half a scan, 5 s of a taint, 60 s
// of deletion.
TEST(Economics, AStartFromOffPaysForTheNodeThatComesAndForTheOneThatGoes) {
  const auto found = levels(load_scenario("scenarios/slimfaas-kapsule"), "ollama");
  EXPECT_NEAR(found[0].start_cost, (kNode + kImage + kRest + 600 + 5 + 5 + 60) * kPerSecond, 1e-5);
  EXPECT_NEAR(found[1].start_cost, kRest * kPerSecond, 1e-6);
}

TEST(Economics, AReplicaPaysForItsShareOfTheCards) {
  const Scenario fedless = load_scenario("scenarios/fedless-vgpu");
  const Scenario mig = load_scenario("scenarios/knative-dapr-gke");
  const auto per_hour = [](const Scenario& scenario) {
    for (const Pool& pool : scenario.cluster.pools)
      if (pool.machine.gpus > 0) return static_cast<double>(pool.machine.price.per_hour) / 1e9;
    return 0.0;
  };
  const auto client = levels_of(fedless, fedless.functions.front());
  ASSERT_FALSE(client.empty());
  EXPECT_NEAR(client.back().keep_per_s * 3600, per_hour(fedless) / 5, 1e-9);  // five of 18 %
  const auto service = levels(mig, "inference-service");
  ASSERT_FALSE(service.empty());
  EXPECT_NEAR(service.back().keep_per_s * 3600, per_hour(mig) / 7, 1e-9);  // one of seven slices
  EXPECT_EQ(service.size(), 2u);  // its node is always there: off and serving
}

TEST(Economics, WithoutAPoolOrAPriceThereAreNoLevels) {
  const Scenario good = load_scenario("scenarios/slimfaas-kapsule");
  Scenario changed = good;
  for (Workload& workload : changed.manifests.workloads) workload.tolerations.clear();
  EXPECT_TRUE(levels(changed, "ollama").empty());
  changed = good;
  for (Pool& pool : changed.cluster.pools) pool.machine.price.per_hour = 0;
  EXPECT_TRUE(levels(changed, "ollama").empty());
}

TEST(Economics, HostMemoryIsALevelWhereTheLinksKeepModels) {
  Scenario scenario = load_scenario("scenarios/slimfaas-kapsule");
  scenario.cluster.links.host_memory = BytesPerSecond(6'380'000'000);
  const auto found = levels(scenario, "ollama");
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[2].name, "host memory");
  EXPECT_NEAR(found[2].to_serve.mean() / 1e9, kRest - 1.276 + 0.1, 0.01);
}

TEST(Economics, PoliciesAreTold) {
  const Scenario scenario = load_scenario("scenarios/slimfaas-kapsule");
  Diagnostics problems;
  for (const Governance& one : govern(scenario, {}, problems))
    EXPECT_EQ(one.spec.levels.size(), one.spec.name == "ollama" ? 3u : 0u) << one.spec.name;
}

}  // namespace economics_test
}  // namespace thaw
