// What scenarios and manifests say about nodes that come and go. Expected values: the files'
// own, and the rules of the policy/v1 API.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/scenario/load.hpp"
#include "engine/scenario/manifest_reader.hpp"
#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace node_autoscaling_test {

const std::string kGood = "tests/scenarios/good/";

struct Read {
  Manifests manifests;
  std::vector<std::string> errors, notices;
};

Read read(const std::string& text) {
  const std::string path = testing::TempDir() + "node_autoscaling_test.yaml";
  std::ofstream(path, std::ios::binary) << text;
  Diagnostics diagnostics;
  Read read{read_manifests({path}, {}, diagnostics), {}, diagnostics.notices()};
  try {
    diagnostics.throw_if_any();
  } catch (const InputError& error) {
    for (const Diagnostic& problem : error.problems()) read.errors.push_back(problem.message);
  }
  return read;
}

std::string budget(const std::string& spec) {
  return "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n"
         "spec: {selector: {matchLabels: {app: a}}, " +
         spec + "}\n";
}

TEST(NodeAutoscaling, ReadsEveryTimerAndTheFaults) {
  const Scenario s = load_scenario(kGood + "nodes");
  const NodeAutoscaler& a = s.cluster.node_autoscaler;
  EXPECT_EQ(a.preset, "gke");
  EXPECT_TRUE(a.packs);
  EXPECT_EQ(a.unneeded, 1min) << "of the profile";
  EXPECT_EQ(a.expanders, (std::vector{Expander::priority, Expander::least_waste}));
  EXPECT_EQ(a.backoff_max, 10min);
  EXPECT_EQ(a.unready_max_ratio, 0.3);
  EXPECT_FALSE(a.local_storage_blocks);
  const Pool& gpu = s.cluster.pools[1];
  EXPECT_FALSE(gpu.gpu_label);
  EXPECT_TRUE(s.cluster.pools[0].scale_down_disabled);
  ASSERT_TRUE(gpu.spot && gpu.spot->mean);
  EXPECT_EQ(*gpu.spot->mean, 20h);  // 0.05 an hour
  ASSERT_EQ(s.faults.size(), 11U);
  EXPECT_TRUE(s.faults[0].silent);
  EXPECT_EQ(s.faults[0].lasts, 10min);
  EXPECT_EQ(s.faults[1].times, 2.5);
  EXPECT_EQ(s.faults[1].stage, Fault::Stage::gpu);
  EXPECT_EQ(s.faults[2].nodes, 2);
  EXPECT_EQ(s.faults[2].lasts, std::nullopt);
  EXPECT_EQ(s.faults[3].notice, 25s);
  EXPECT_EQ(s.faults[4].kind, Fault::Kind::registry_outage);
  EXPECT_EQ(s.faults[5].answer, Fault::Metrics::stale);
  EXPECT_EQ(s.faults[6].delay, 5s);
  EXPECT_EQ(s.faults[4].times, 1) << "out, not slow";
  EXPECT_EQ(s.faults[7].times, 4);
  EXPECT_EQ(s.faults[8].answer, Fault::Metrics::nan);
  EXPECT_EQ(s.faults[9].off, 90s);
  EXPECT_EQ(s.faults[9].lasts, 10min);
  EXPECT_EQ(s.faults[10].off, -5min);
}

TEST(NodeAutoscaling, ReadsKarpentersSettings) {
  const Scenario s = load_scenario(kGood + "karpenter");
  EXPECT_EQ(s.cluster.node_autoscaler.kind, NodeAutoscaler::Kind::karpenter);
  const KarpenterSettings& k = s.cluster.node_autoscaler.karpenter;
  EXPECT_EQ(k.batch_idle, 2s);
  EXPECT_EQ(k.policy, KarpenterSettings::Consolidates::empty);
  EXPECT_EQ(k.consolidate_after, 30s);
  EXPECT_EQ(k.expire_after, std::nullopt);
  EXPECT_EQ(k.budget.ratio, 0.5);
}

TEST(NodeAutoscaling, GuessesOfGkeAreNoticed) {
  const Scenario s = load_scenario(kGood + "nodes");
  std::string all;
  for (const std::string& notice : s.notices) all += notice + "\n";
  EXPECT_NE(all.find("GKE publishes none"), std::string::npos) << all;
  EXPECT_NE(all.find("nodeAutoscaler.profile"), std::string::npos) << all;
}

TEST(DisruptionBudget, IsANumberOrPerCent) {
  const auto one = read(budget("minAvailable: 2")).manifests.disruption_budgets.at(0);
  EXPECT_FALSE(one.says_unavailable);
  EXPECT_EQ(one.limit.count, 2);
  EXPECT_EQ(one.ns, "default");
  ASSERT_EQ(one.pods.size(), 1U);
  EXPECT_EQ(one.pods[0].values, (std::vector<std::string>{"a"}));
  const auto part = read(budget("maxUnavailable: 25%")).manifests.disruption_budgets.at(0);
  EXPECT_TRUE(part.says_unavailable);
  EXPECT_EQ(part.limit.ratio, 0.25);
}

TEST(DisruptionBudget, RefusesWhatTheApiWould) {
  for (const char* spec : {"minAvailable: 1, maxUnavailable: 1", "minAvailable: 101%",
                           "minAvailable: -1", "minAvailable: '1'", "minAvailable: half"})
    EXPECT_EQ(read(budget(spec)).errors.size(), 1U) << spec;
  EXPECT_EQ(read("apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n").errors,
            (std::vector<std::string>{"is missing"}));
}

TEST(BarePod, IsAWorkloadUnlessItRunsToItsEnd) {
  const std::string head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: a}}\n";
  const auto stays = read(head + "spec: {containers: [{name: a, image: a}]}\n");
  ASSERT_EQ(stays.manifests.workloads.size(), 1U);
  EXPECT_EQ(stays.manifests.workloads[0].kind, Workload::Kind::pod);
  EXPECT_EQ(stays.manifests.workloads[0].labels.at("app"), "a");
  const auto ends =
      read(head + "spec: {restartPolicy: Never, containers: [{name: a, image: a}]}\n");
  EXPECT_TRUE(ends.manifests.workloads.empty());
  EXPECT_EQ(ends.notices, (std::vector<std::string>{"Pod a is not modelled"}));
}

TEST(LocalVolumes, AreDiskEmptyDirsAndHostPaths) {
  const auto pod = read(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n"
      "  containers: [{name: a, image: a}]\n"
      "  volumes: [{name: disk, emptyDir: {}}, {name: host, hostPath: {path: /x}},\n"
      "            {name: memory, emptyDir: {medium: Memory}}]\n");
  EXPECT_EQ(pod.errors, std::vector<std::string>{});
  EXPECT_EQ(pod.manifests.workloads.at(0).local_volumes,
            (std::vector<std::string>{"disk", "host"}));
}

}  // namespace node_autoscaling_test
}  // namespace thaw
