// Label selectors and the two strengths of anti-affinity. Source of the table: Kubernetes, "Labels
// and Selectors", set-based requirements (NotIn holds where there is no such label).
#include "sim/anti_affinity.hpp"

#include <gtest/gtest.h>

#include "sim/node_autoscaler.hpp"
#include "sim/scheduler.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace anti_affinity_test {

using How = LabelRule::How;

TEST(LabelSelectors, FollowTheTruthTable) {
  const std::map<std::string, std::string> labels{{"app", "a"}, {"tier", "x"}};
  const std::pair<LabelRule, bool> rows[] = {
      {{"app", How::in, {"a", "b"}}, true}, {{"app", How::in, {"b"}}, false},
      {{"zone", How::in, {"a"}}, false},    {{"app", How::not_in, {"a"}}, false},
      {{"app", How::not_in, {"b"}}, true},  {{"zone", How::not_in, {"a"}}, true},
      {{"app", How::exists, {}}, true},     {{"zone", How::exists, {}}, false},
      {{"app", How::absent, {}}, false},    {{"zone", How::absent, {}}, true},
  };
  for (const auto& [rule, holds] : rows)
    EXPECT_EQ(selects_labels({rule}, labels), holds)
        << rule.key << " " << static_cast<int>(rule.how);
  EXPECT_FALSE(selects_labels({{"app", How::exists, {}}, {"zone", How::exists, {}}}, labels))
      << "all must hold";
}

// A function on two nodes of two GPUs each, keeping off its own kind.
Scenario two_cards_a_node(bool required) {
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("gpu", 2, 2, 2));
  FunctionSpec& function = add_gpu_function(scenario, "f");
  Workload& workload = workload_of(scenario, function);
  workload.labels = {{"app", "f"}};
  workload.anti_affinity = {{{{"app", How::in, {"f"}}}, required, required ? 0 : 100}};
  return scenario;
}

TEST(AntiAffinity, OfBothStrengthsPutsReplicasOnDifferentNodes) {
  for (const bool required : {false, true}) {
    TestBed bed(two_cards_a_node(required));
    bed.run_until(0s);
    bed.pod(0);
    bed.pod(0);
    EXPECT_EQ(bed.node("gpu-1").pods.size(), 1U) << required;
    EXPECT_EQ(bed.node("gpu-2").pods.size(), 1U) << required;
  }
}

TEST(AntiAffinity, KeepsAThirdOutWhereItIsRequired) {
  TestBed preferred(two_cards_a_node(false)), required(two_cards_a_node(true));
  for (TestBed* bed : {&preferred, &required}) {
    bed->run_until(0s);
    for (int i = 0; i < 3; ++i) bed->pod(0);
  }
  EXPECT_TRUE(preferred.times("f-3", "unschedulable").empty());
  EXPECT_EQ(required.times("f-3", "unschedulable").size(), 1U);
}

TEST(AntiAffinity, CountsWithinItsNamespaceAlone) {
  Workload a, b;
  a.labels = b.labels = {{"app", "f"}};
  a.anti_affinity = {{{{"app", How::in, {"f"}}}, true, 0}};
  EXPECT_TRUE(repel(a, b));
  EXPECT_TRUE(repel(b, a)) << "those that are there keep newcomers off as well";
  b.ns = "other";
  EXPECT_FALSE(repel(a, b));
}

TEST(AntiAffinity, BringsANodeForEachReplicaWhereItIsRequired) {
  Scenario scenario = two_cards_a_node(true);
  scenario.cluster.pools.back().nodes_min = 0;
  scenario.cluster.pools.back().nodes_max = 3;
  TestBed bed(scenario);
  bed.autoscaler.start();
  bed.run_until(0s);
  for (int i = 0; i < 3; ++i) bed.pod(0);
  bed.run_until(10min);
  EXPECT_EQ(bed.gauge(Gauge::nodes, 1), 3);
}

}  // namespace anti_affinity_test
}  // namespace thaw::sim
