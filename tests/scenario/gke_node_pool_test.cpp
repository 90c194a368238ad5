// Pools made by `gcloud container node-pools create`. The facts are those of gcloud's reference and
// of GKE's documentation; the command of PoolOfTheDocument is document 5's.
#include "engine/scenario/gke_node_pool.hpp"

#include <gtest/gtest.h>

#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace gke_node_pool_test {

using Texts = std::vector<std::string>;

const std::string kL4 = "gcloud container node-pools create cards --machine-type g2-standard-4 ";

// kSmall with a pool of its own and the one of the command.
std::string scenario_with(const std::string& beside = "") {
  std::string text = kSmall;
  const std::size_t begin = text.find("    - {name: gpu");
  return text.replace(begin, text.find('\n', begin) - begin,
                      "    - {gcloud: pool.sh" + beside +
                          "}\n"
                          "    - {name: cpu, machine: {cpu: 4, memory: 8GB, price: 0.1 USD/h}, "
                          "nodes: {min: 1, max: 1}}");
}

class GkeNodePoolTest : public testing::Test {
 protected:
  Scenario load(const std::string& command, const std::string& beside = "") {
    scratch_.write("pool.sh", command);
    return scratch_.load(scenario_with(beside));
  }
  Pool pool(const std::string& command, const std::string& beside = "") {
    return load(command, beside).cluster.pools[0];
  }
  Texts told(const std::string& command, const std::string& beside = "") {
    scratch_.write("pool.sh", command);
    return problems(scratch_.write("scenario.yaml", scenario_with(beside)));
  }
  bool noticed(const std::string& command, const std::string& text) {
    for (const std::string& notice : load(command).notices)
      if (notice.find(text) != std::string::npos) return true;
    return false;
  }

  Scratch scratch_;
};

TEST_F(GkeNodePoolTest, PoolOfTheDocumentIsSevenPartsOfFixedSize) {
  const Pool made = pool(
      "#!/bin/sh\n# the pool\ngcloud config set project p\n"
      "gcloud container node-pools create knative-dapr-gpu-node \\\n"
      "    --project p --cluster=cluster-1 --zone us-east1-b \\\n"
      "    --machine-type a2-highgpu-1g --num-nodes 1 \\\n"
      "    --accelerator type=nvidia-tesla-a100,count=1,gpu-driver-version=default,"
      "gpu-partition-size=1g.5gb \\\n    --enable-autoupgrade\n");
  EXPECT_EQ(made.name, "knative-dapr-gpu-node");
  EXPECT_EQ(made.machine.preset, "gke/a2-highgpu-1g");
  EXPECT_EQ(made.nodes_min, 1);
  EXPECT_EQ(made.nodes_max, 1) << "no --enable-autoscaling";
  EXPECT_EQ(made.gpu_sharing.mode, GpuSharing::Mode::mig);
  EXPECT_EQ(made.gpu_sharing.per_card, 7);
  const std::map<std::string, std::string> labels{
      {"cloud.google.com/gke-accelerator", "nvidia-tesla-a100"},
      {"cloud.google.com/gke-accelerator-count", "1"},
      {"cloud.google.com/gke-gpu-driver-version", "default"},
      {"cloud.google.com/gke-gpu-partition-size", "1g.5gb"},
      {"cloud.google.com/gke-nodepool", "knative-dapr-gpu-node"},
      {"node.kubernetes.io/instance-type", "a2-highgpu-1g"},
      {"topology.kubernetes.io/region", "us-east1"},
      {"topology.kubernetes.io/zone", "us-east1-b"}};
  EXPECT_EQ(made.labels, labels);
  ASSERT_EQ(made.taints.size(), 1U) << "the cluster has nodes without GPUs";
  EXPECT_EQ(made.taints[0].key, "nvidia.com/gpu");
  EXPECT_EQ(made.taints[0].value, "present");
}

TEST_F(GkeNodePoolTest, NumbersAreForEachZone) {
  EXPECT_EQ(pool(kL4 + "--zone us-east1-b").nodes_max, 3) << "gcloud's default";
  EXPECT_EQ(pool(kL4 + "--region us-east1 --num-nodes 2").nodes_max, 6) << "three zones";
  EXPECT_EQ(pool(kL4 + "--location us-east1-b --num-nodes 2").nodes_max, 2);
  const Pool two = pool(kL4 +
                        "--node-locations=us-east1-b,us-east1-c --enable-autoscaling "
                        "--num-nodes 1 --min-nodes=1 --max-nodes 4");
  EXPECT_EQ(two.nodes_min, 2);
  EXPECT_EQ(two.nodes_max, 8);
  const Pool total = pool(kL4 +
                          "--region us-east1 --enable-autoscaling --total-min-nodes 0 "
                          "--total-max-nodes 5");
  EXPECT_EQ(total.nodes_min, 0);
  EXPECT_EQ(total.nodes_max, 5);
}

TEST_F(GkeNodePoolTest, LabelsTaintsAndSpotAreTheNodes) {
  const Pool made = pool(kL4 +
                             "--spot --node-labels=team=a,tier=gpu "
                             "--node-taints 'dedicated=ml:NoSchedule,soft=:PreferNoSchedule'",
                         ", labels: {more: \"1\"}, taints: [\"k=v:NoExecute\"]");
  EXPECT_EQ(made.labels.at("team"), "a");
  EXPECT_EQ(made.labels.at("tier"), "gpu");
  EXPECT_EQ(made.labels.at("more"), "1");
  EXPECT_EQ(made.labels.at("cloud.google.com/gke-spot"), "true");
  ASSERT_EQ(made.taints.size(), 4U);
  EXPECT_EQ(made.taints[0].key, "k");
  EXPECT_EQ(made.taints[1].value, "ml");
  EXPECT_EQ(made.taints[2].effect, TaintEffect::prefer_no_schedule);
}

TEST_F(GkeNodePoolTest, WhatStandsBesideTheCommandCompletesIt) {
  const Pool made = pool(
      "gcloud beta container node-pools create t4 --machine-type=n1-standard-4 "
      "--accelerator=type=nvidia-tesla-t4,count=2 --num-nodes=1 -z us-east1-b",
      ", name: mine, machine: {cpu: 4, memory: 15GB, price: 0.5 USD/h}, nodes: "
      "{min: 0, max: 2}, provisioning: {constant: 5min}");
  EXPECT_EQ(made.name, "mine");
  EXPECT_EQ(made.labels.at("cloud.google.com/gke-nodepool"), "t4");
  EXPECT_EQ(made.machine.gpus, 2);
  EXPECT_EQ(made.machine.gpu_model, "T4");
  EXPECT_EQ(made.nodes_max, 2);
  EXPECT_EQ(made.provisioning.total.mean(), 300e9) << "in nanoseconds";
}

TEST(GkeNodePool, TakesAllThatCanStandBesideIt) {
  const Pool made = load_scenario(kGood + "gcloud").cluster.pools[0];
  EXPECT_EQ(made.gpu_sharing.mode, GpuSharing::Mode::vgpu);
  EXPECT_EQ(made.machine.gpu_memory, Bytes(16LL << 30)) << "a T4's";
  EXPECT_EQ(made.labels.at("cloud.google.com/gke-nodepool"), "t4");
}

TEST_F(GkeNodePoolTest, PodsTolerateTheTaintOfTheCardsTheyAskFor) {
  const Scenario scenario = load(kL4);
  for (const Workload& workload : scenario.manifests.workloads) {
    const bool asks = workload.requests.extended.contains("nvidia.com/gpu");
    const bool tolerates = std::ranges::any_of(workload.tolerations, [](const Toleration& t) {
      return t.key == "nvidia.com/gpu" && t.exists;
    });
    EXPECT_EQ(asks, tolerates) << workload.name;
  }
}

TEST_F(GkeNodePoolTest, WhatIsNotUsedIsOneNotice) {
  EXPECT_TRUE(noticed(kL4 + "--enable-image-streaming --max-pods-per-node 32 --enable-autorepair",
                      "pool cards: not modelled: --enable-image-streaming, --max-pods-per-node"));
  EXPECT_TRUE(noticed(kL4 + "--num-nodes 1 --max-node 4", "did you mean --max-nodes?"));
  EXPECT_TRUE(noticed(kL4 + "--num-nodes 1 --max-nodes 4",
                      "without --enable-autoscaling its limits mean nothing; it stays at 1 node"));
  EXPECT_TRUE(noticed(kL4 + "--spot", "--spot: that its nodes are taken away"));
}

TEST_F(GkeNodePoolTest, MistakesAreToldWhereTheyAre) {
  EXPECT_EQ(told("gcloud container node-pools create cards \\\n"
                 "  --machine-type g3-standard-4 --num-nodes many\n"),
            (Texts{"pool.sh:2:18: --machine-type: thaw knows a2-highgpu-1g or g2-standard-4, found "
                   "g3-standard-4: say what it is by `machine` beside gcloud",
                   "pool.sh:2:44: --num-nodes: expected a number from 0 to 1000, found \"many\""}));
  EXPECT_EQ(told(kL4 + "\\\n --accelerator type=nvidia-l4,counts=1"),
            (Texts{"pool.sh:2:16: --accelerator: unknown key counts; did you mean count?"}));
  EXPECT_EQ(told(kL4 + "\\\n --accelerator type=nvidia-tesla-a100,count=1"),
            (Texts{"pool.sh:2:16: --accelerator: asks for 1 A100-40GB, and the machine has 1 L4"}));
  EXPECT_EQ(told(kL4 + "\\\n --num-nodes $N"),
            (Texts{"pool.sh:2:14: --num-nodes: expected the value itself, found \"$N\", which only "
                   "a shell can replace"}));
  EXPECT_EQ(told(kL4 + "\\\n --enable-autoscaling"),
            (Texts{"pool.sh:2:2: --enable-autoscaling: needs --max-nodes or --total-max-nodes"}));
  EXPECT_EQ(told(kL4 + "\\ \n --num-nodes 1"),
            (Texts{"pool.sh:1:" + std::to_string(kL4.size() + 1) +
                   ": blanks after the backslash: the command ends here"}));
  EXPECT_EQ(told(kL4 + "\\\n --zone 'us"), (Texts{"pool.sh:2:9: a quote without an end"}));
  EXPECT_EQ(told("gcloud container clusters create c\n"),
            (Texts{"pool.sh: expected a command gcloud container node-pools create, found none"}));
  EXPECT_EQ(told(kL4 + "\n" + kL4),
            (Texts{"pool.sh:2:1: expected one pool, found another: each has its own file"}));
  EXPECT_EQ(told(kL4 + "\\\n --num-nodes 1 --num-nodes 2"),
            (Texts{"pool.sh:2:28: --num-nodes: is given twice"}));
}

TEST_F(GkeNodePoolTest, FileMustBeThere) {
  const Texts absent = problems(scratch_.write("scenario.yaml", scenario_with()));
  ASSERT_EQ(absent.size(), 1U);
  EXPECT_EQ(absent[0].find("scenario.yaml:6:16: cannot read "), 0U) << absent[0];
}

}  // namespace gke_node_pool_test
}  // namespace thaw
