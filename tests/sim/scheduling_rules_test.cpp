// Taints, selectors and resources: what lets a pod onto a node. Pure functions, one truth table
// each. Source of the tables: Kubernetes, "Taints and Tolerations" and "Assigning Pods to Nodes".
#include <gtest/gtest.h>

#include "sim/nodes.hpp"
#include "tests/sim/scenario_builder.hpp"

namespace thaw::sim {
namespace scheduling_rules_test {

using enum TaintEffect;

Toleration equal(const std::string& key, const std::string& value,
                 std::optional<TaintEffect> effect = {}) {
  return {key, false, value, effect};
}
Toleration exists(const std::string& key, std::optional<TaintEffect> effect = {}) {
  return {key, true, "", effect};
}

struct Row {
  const char* what;
  std::vector<Toleration> tolerations;
  std::vector<Taint> taints;
  bool tolerated;
};

TEST(Tolerations, FollowTheTruthTable) {
  const Taint gpu{"node", "gpu", no_schedule}, bare{"node", "", no_schedule};
  const Row rows[] = {
      {"no taint", {}, {}, true},
      {"nothing tolerates", {}, {gpu}, false},
      {"Equal, same value", {equal("node", "gpu", no_schedule)}, {gpu}, true},
      {"Equal, other value", {equal("node", "cpu", no_schedule)}, {gpu}, false},
      {"Equal, other key", {equal("role", "gpu", no_schedule)}, {gpu}, false},
      {"Equal, other effect", {equal("node", "gpu", no_execute)}, {gpu}, false},
      {"Equal, every effect", {equal("node", "gpu")}, {gpu}, true},
      {"Equal without value, taint with one", {equal("node", "")}, {gpu}, false},
      {"Equal without value, taint without", {equal("node", "")}, {bare}, true},
      {"Equal with value, taint without", {equal("node", "gpu")}, {bare}, false},
      {"Equal without key", {equal("", "gpu")}, {gpu}, false},
      {"Exists, whatever the value", {exists("node")}, {gpu}, true},
      {"Exists, taint without value", {exists("node")}, {bare}, true},
      {"Exists, other key", {exists("role")}, {gpu}, false},
      {"Exists, same effect", {exists("node", no_schedule)}, {gpu}, true},
      {"Exists, other effect", {exists("node", no_execute)}, {gpu}, false},
      {"Exists without key", {exists("")}, {gpu}, true},
      {"Exists without key, other effect", {exists("", no_execute)}, {gpu}, false},
      {"NoExecute keeps out as well", {}, {{"node", "gpu", no_execute}}, false},
      {"NoExecute tolerated", {exists("node", no_execute)}, {{"node", "gpu", no_execute}}, true},
      {"PreferNoSchedule never keeps out", {}, {{"node", "gpu", prefer_no_schedule}}, true},
      {"each taint must be tolerated", {exists("node")}, {gpu, {"role", "", no_schedule}}, false},
      {"by any toleration",
       {exists("role"), equal("node", "gpu")},
       {gpu, {"role", "", no_schedule}},
       true},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(tolerates(row.tolerations, row.taints), row.tolerated) << row.what;
  }
}

TEST(Selectors, MatchThePoolsLabelsAndThoseOfEveryNode) {
  Pool gpu = pool("gpu", 0, 1, 1);
  gpu.machine.preset = "scaleway/L4-1-24G";
  gpu.labels = {{"zone", "fr-par-2"}, {"kubernetes.io/arch", "arm64"}};
  const Pool cpu = pool("cpu", 0, 1);
  const auto selected = [](std::map<std::string, std::string> selector, const Pool& pool) {
    return selects(selector, pool, "gpu-1");
  };
  EXPECT_TRUE(selected({}, gpu));
  EXPECT_TRUE(selected({{"zone", "fr-par-2"}}, gpu));
  EXPECT_FALSE(selected({{"zone", "fr-par-1"}}, gpu));
  EXPECT_FALSE(selected({{"zone", "fr-par-2"}}, cpu)) << "a label that is not there";
  EXPECT_TRUE(selected({{"kubernetes.io/hostname", "gpu-1"}}, gpu));
  EXPECT_FALSE(selected({{"kubernetes.io/hostname", "gpu-2"}}, gpu));
  EXPECT_TRUE(selected({{"kubernetes.io/os", "linux"}}, cpu));
  EXPECT_FALSE(selected({{"kubernetes.io/os", "windows"}}, cpu));
  EXPECT_TRUE(selected({{"kubernetes.io/arch", "amd64"}}, cpu));
  EXPECT_TRUE(selected({{"kubernetes.io/arch", "arm64"}}, gpu)) << "the pool's own label wins";
  EXPECT_FALSE(selected({{"kubernetes.io/arch", "amd64"}}, gpu));
  EXPECT_TRUE(selected({{"k8s.scaleway.com/pool-name", "gpu"}}, gpu));
  EXPECT_FALSE(selected({{"k8s.scaleway.com/pool-name", "gpu"}}, cpu));
  EXPECT_TRUE(selected({{"nvidia.com/gpu.present", "true"}}, gpu));
  EXPECT_FALSE(selected({{"nvidia.com/gpu.present", "true"}}, cpu));
  EXPECT_TRUE(selected({{"node.kubernetes.io/instance-type", "L4-1-24G"}}, gpu));
  EXPECT_TRUE(selected({{"zone", "fr-par-2"}, {"kubernetes.io/os", "linux"}}, gpu));
  EXPECT_FALSE(selected({{"zone", "fr-par-2"}, {"kubernetes.io/os", "windows"}}, gpu));
}

TEST(Selectors, NoNodeToComeHasAHostname) {
  EXPECT_FALSE(selects({{"kubernetes.io/hostname", "gpu-1"}}, pool("gpu", 0, 1, 1), ""));
}

Resources resources(std::int64_t milli, std::int64_t bytes, std::int64_t gpus = 0) {
  Resources made{Millicores(milli), Bytes(bytes), {}};
  if (gpus > 0) made.extended[kGpuResource] = gpus;
  return made;
}

TEST(Resources, FitUpToTheLastUnitOfEachKind) {
  const Resources node = resources(1000, 100, 2);
  EXPECT_TRUE(fits(resources(1000, 100, 2), node, {}));
  EXPECT_FALSE(fits(resources(1001, 100), node, {}));
  EXPECT_FALSE(fits(resources(1000, 101), node, {}));
  EXPECT_FALSE(fits(resources(0, 0, 3), node, {}));
  const Resources used = resources(600, 50, 1);
  EXPECT_TRUE(fits(resources(400, 50, 1), node, used));
  EXPECT_FALSE(fits(resources(401, 50, 1), node, used));
  EXPECT_FALSE(fits(resources(400, 51, 1), node, used));
  EXPECT_FALSE(fits(resources(400, 50, 2), node, used));
}

TEST(Resources, WhatANodeHasNoneOfFitsOnlyIfNoneIsAsked) {
  const Resources node = resources(1000, 100);
  EXPECT_FALSE(fits(resources(0, 0, 1), node, {}));
  Resources asks_for_none;
  asks_for_none.extended[kGpuResource] = 0;
  EXPECT_TRUE(fits(asks_for_none, node, {}));
}

TEST(Resources, ReleaseUndoesReserve) {
  Resources used = resources(100, 10, 1);
  reserve(used, resources(500, 20, 2));
  EXPECT_EQ(used.cpu.count, 600);
  EXPECT_EQ(used.memory.count, 30);
  EXPECT_EQ(used.extended.at(kGpuResource), 3);
  release(used, resources(500, 20, 2));
  EXPECT_EQ(used.cpu.count, 100);
  EXPECT_EQ(used.memory.count, 10);
  EXPECT_EQ(used.extended.at(kGpuResource), 1);
}

TEST(Resources, DominantShareIsTheLargestPart) {
  const Resources node = resources(1000, 100, 4);
  EXPECT_DOUBLE_EQ(dominant_share_ratio(resources(250, 10), node), 0.25);
  EXPECT_DOUBLE_EQ(dominant_share_ratio(resources(250, 60), node), 0.60);
  EXPECT_DOUBLE_EQ(dominant_share_ratio(resources(250, 60, 3), node), 0.75);
  EXPECT_DOUBLE_EQ(dominant_share_ratio(resources(2000, 0), node), 1.0) << "never above one";
  EXPECT_DOUBLE_EQ(dominant_share_ratio({}, node), 0.0);
}

TEST(Resources, CapacityOfAPoolIsItsMachines) {
  const Resources gpu = capacity_of(pool("gpu", 0, 1, 2)), cpu = capacity_of(pool("cpu", 0, 1));
  EXPECT_EQ(gpu.cpu, Millicores(4000));
  EXPECT_EQ(gpu.extended.at(kGpuResource), 2);
  EXPECT_TRUE(cpu.extended.empty());
}

TEST(CanHost, NeedsRoomTolerationAndSelectorAtOnce) {
  Pool gpu = pool("gpu", 0, 1, 1);
  gpu.taints = {{"node", "gpu", no_schedule}};
  Workload fine;
  fine.requests = resources(4000, 0, 1);
  fine.tolerations = {exists("node")};
  fine.node_selector = {{"nvidia.com/gpu.present", "true"}};
  EXPECT_TRUE(can_host(gpu, fine));
  Workload large = fine, shy = fine, elsewhere = fine;
  large.requests.cpu = Millicores(4001);
  shy.tolerations.clear();
  elsewhere.node_selector["zone"] = "fr-par-1";
  EXPECT_FALSE(can_host(gpu, large));
  EXPECT_FALSE(can_host(gpu, shy));
  EXPECT_FALSE(can_host(gpu, elsewhere));
}

}  // namespace scheduling_rules_test
}  // namespace thaw::sim
