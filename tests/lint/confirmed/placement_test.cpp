// TH301 to TH304, TH307 and TH308 against the simulator: where a rule is silent the pods run, and
// where it speaks so many of them run as it says.
//
// Images are taken out, so that all runs fit one process.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/scenario/load.hpp"
#include "tests/lint/clusters.hpp"
#include "tests/sim/scenario_builder.hpp"

namespace thaw::lint {
namespace {

bool holds(const std::string& scenario_path) {
  Scenario scenario = load_scenario(scenario_path);
  for (FunctionSpec& function : scenario.functions) {
    function.image = Bytes(0);
    function.model.reset();
  }
  const auto result = sim::simulate(scenario, sim::options_for(scenario));
  return result.summary.checks.at(0).held;
}

std::size_t found_in(const std::string& path, const std::string& code) {
  const Result result = lint(read_subjects({path}, nullptr));
  return static_cast<std::size_t>(std::ranges::count(result.findings, code, &Finding::code));
}

// Whether the rule speaks of the cluster, and whether `expect` holds at the end of a run of it.
void confirm(OneFunction one, const std::string& code, bool speaks, const std::string& expect) {
  one.check = expect;
  std::string pattern = testing::TempDir() + "thaw_confirmed_XXXXXX";
  const std::string folder = std::string(mkdtemp(pattern.data())) + "/";
  for (const auto& [name, text] : files_of(one)) std::ofstream(folder + name) << text;
  EXPECT_EQ(found_in(folder, code), speaks ? 1U : 0U) << code << ": " << expect;
  EXPECT_TRUE(holds(folder)) << expect;
  std::filesystem::remove_all(folder);
}

const char* const kNoneRuns = "max(ready(f)) == 0 and replicas(f) == 1";
const char* const kOneRuns = "ready(f) == 1";

// floor(100 / percent) on a card, ten at most. Cores without a word of memory get 5000 MiB each, of
// which the card has 16.
TEST(Confirmed, SharesThatFitACard) {
  for (const char* of : {"nvidia.com/gpucores", "nvidia.com/gpumem-percentage"}) {
    for (const int percent : {5, 10, 18, 25, 33, 34, 50, 51, 100}) {
      const int fit = std::min(100 / percent, 10);
      const std::string limits =
          std::string("nvidia.com/gpu: 1, ") + of + ": " + std::to_string(percent);
      const std::string run = "max(ready(f)) == " + std::to_string(fit);
      confirm(on_split_card(limits, fit), "TH303", false, run);
      confirm(on_split_card(limits, fit + 1), "TH303", true, run);
    }
  }
}

TEST(Confirmed, DistinctCardsOfANode) {
  confirm(on_split_card("nvidia.com/gpu: 2, nvidia.com/gpucores: 18", 1), "TH303", true, kNoneRuns);
  OneFunction whole;
  whole.limits = "nvidia.com/gpu: 2";
  confirm(whole, "TH303", true, kNoneRuns);
  whole.machine = "{preset: aws/p4d.24xlarge}";
  confirm(whole, "TH303", false, kOneRuns);
}

TEST(Confirmed, InstancesOfACard) {
  OneFunction one;
  one.machine = "{preset: gke/a2-highgpu-1g}";
  one.pool += ", gpuSharing: {mode: mig, profile: 1g.5gb}";
  one.replicas = 7;
  confirm(one, "TH304", false, "max(ready(f)) == 7");
  one.replicas = 8;
  confirm(one, "TH304", true, "max(ready(f)) == 7");
  one.replicas = 1;
  one.limits = "nvidia.com/mig-1g.5gb: 1";
  confirm(one, "TH304", true, kNoneRuns);
}

TEST(Confirmed, AmountsOfANode) {
  OneFunction one;
  one.limits = "nvidia.com/gpu: 1, cpu: 24000m";
  confirm(one, "TH302", false, kOneRuns);
  one.limits = "nvidia.com/gpu: 1, cpu: 24001m";
  confirm(one, "TH302", true, kNoneRuns);
}

TEST(Confirmed, LabelsAndTaints) {
  OneFunction one;
  one.pool += ", labels: {card: h100}, taints: ['k8s.scaleway.com/node=gpu:NoSchedule']";
  const auto pod = [](const std::string& key, const std::string& card) {
    return "      nodeSelector: {card: " + card + "}\n      tolerations: [{key: " + key +
           ", operator: Exists}]\n";
  };
  one.pod = pod("k8s.scaleway.com/node", "h100");
  confirm(one, "TH302", false, kOneRuns);
  one.pod = pod("k8s.scaleway.com/node", "l4");
  confirm(one, "TH302", true, kNoneRuns);
  one.pod = pod("other", "h100");
  confirm(one, "TH302", true, kNoneRuns);
  one.pod = pod("node", "h100");
  confirm(one, "TH308", true, kNoneRuns);
}

TEST(Confirmed, NoFirstNodeForSharesOfHami) {
  OneFunction one = on_split_card("nvidia.com/gpu: 1, nvidia.com/gpucores: 18", 1);
  one.autoscaler = "kapsule";
  one.pool.replace(one.pool.find("min: 1"), 6, "min: 0");
  confirm(one, "TH307", true, "max(nodes(gpu)) == 0 and max(ready(f)) == 0");
  one.limits = "nvidia.com/gpu: 1";
  confirm(one, "TH307", false, "max(nodes(gpu)) == 1 and max(ready(f)) == 1");
}

TEST(Confirmed, AProfileThatIsNotThereKeepsTheFunctionOut) {
  const std::string path = "scenarios/vaccel-openfaas/as-written";
  EXPECT_EQ(found_in(path, "TH301"), 1U);
  EXPECT_TRUE(holds(path));  // its first check: no replica is ever asked for
  EXPECT_EQ(found_in("scenarios/vaccel-openfaas", "TH301"), 0U);
}

}  // namespace
}  // namespace thaw::lint
