// What keeps a node, and how one is drained. Source of the expected behaviour: cluster-autoscaler
// 1.36 (FAQ, "What types of pods can prevent CA from removing a node?"; drain.go: an eviction is
// tried again each 10 s for 2 min); Kubernetes' disruption controller.
#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace drain_test {

using Times = std::vector<Duration>;
using Change = std::function<void(Scenario&, Workload&)>;

// Pods of f on a node of the pool `more`, with room for them on the platform's node.
struct InUse {
  explicit InUse(
      const Change& change = [](Scenario&, Workload&) {}, int pods = 1) {
    Scenario scenario = platform();
    scenario.cluster.pools.push_back(pool("more", 0, 1));
    add_function(scenario, "f").stop = 1s;
    change(scenario, scenario.manifests.workloads.back());
    bed.emplace(std::move(scenario));
    Node& node = bed->nodes.order(1);
    bed->run_until(100s);
    for (int i = 0; i < pods; ++i) bed->pods.bind(bed->pods.create(0), node);
    bed->autoscaler.start();
    bed->run_until(1h);
  }
  bool removed() const { return bed->gauge(Gauge::nodes, 1) == 0; }
  std::optional<TestBed> bed;
};

DisruptionBudgetObject budget(bool says_unavailable, CountOrRatio limit) {
  DisruptionBudgetObject made;
  made.name = "f";
  made.ns = "demo";
  made.pods = {{"app", LabelRule::How::in, {"f"}}};
  made.says_unavailable = says_unavailable;
  made.limit = limit;
  return made;
}

Change with_budget(bool says_unavailable, CountOrRatio limit) {
  return [=](Scenario& s, Workload&) {
    s.manifests.disruption_budgets = {budget(says_unavailable, limit)};
  };
}

Change annotated(const std::string& key, const std::string& value,
                 const std::vector<std::string>& local_volumes = {}) {
  return [=](Scenario&, Workload& w) {
    w.annotations["cluster-autoscaler.kubernetes.io/" + key] = {value, {}};
    w.local_volumes = local_volumes;
  };
}

TEST(Drain, BlockedByABudgetThatIsUsedUp) {
  EXPECT_TRUE(InUse().removed());
  EXPECT_FALSE(InUse(with_budget(false, {1, {}})).removed());      // one of one must stay
  EXPECT_FALSE(InUse(with_budget(false, {0, 0.5}), 1).removed());  // half of one, rounded up
  EXPECT_FALSE(InUse(with_budget(true, {0, {}})).removed());       // none may be away
  EXPECT_TRUE(InUse(with_budget(true, {1, {}})).removed());        // one may
  EXPECT_TRUE(InUse(with_budget(true, {0, 0.01}), 1).removed());   // rounded up as well
  EXPECT_TRUE(InUse([](Scenario& s, Workload&) {                   // about other pods
                s.manifests.disruption_budgets = {budget(false, {1, {}})};
                s.manifests.disruption_budgets[0].pods[0].values = {"g"};
              })
                  .removed());
}

TEST(Drain, TwoBudgetsForOnePodRefuseItsEviction) {
  EXPECT_FALSE(InUse([](Scenario& s, Workload&) {
                 s.manifests.disruption_budgets = {budget(true, {1, {}}), budget(true, {1, {}})};
               }).removed());
}

TEST(Drain, BlockedByWhatThePodSays) {
  EXPECT_FALSE(InUse(annotated("safe-to-evict", "false")).removed());
  EXPECT_FALSE(InUse(annotated("other", "", {"data"})).removed());  // a disk emptyDir, a hostPath
  EXPECT_TRUE(InUse(annotated("safe-to-evict", "true", {"data"})).removed());
  EXPECT_TRUE(InUse(annotated("safe-to-evict-local-volumes", "tmp,data", {"data"})).removed());
  EXPECT_FALSE(InUse(annotated("safe-to-evict-local-volumes", "dat", {"data"})).removed());
  EXPECT_TRUE(InUse([](Scenario& s, Workload& w) {
                w.local_volumes = {"data"};
                s.cluster.node_autoscaler.local_storage_blocks = false;
              }).removed());
}

TEST(Drain, BlockedByPodsOfNobodyAndOfTheSystem) {
  EXPECT_FALSE(InUse([](Scenario&, Workload& w) { w.kind = Workload::Kind::pod; }).removed());
  EXPECT_FALSE(InUse([](Scenario&, Workload& w) { w.ns = "kube-system"; }).removed());
  EXPECT_TRUE(InUse([](Scenario& s, Workload& w) {
                w.ns = "kube-system";
                s.manifests.disruption_budgets = {budget(true, {1, {}})};
                s.manifests.disruption_budgets[0].ns = w.ns;
              }).removed());
}

TEST(Drain, BlockedByWhatTheNodeSays) {
  EXPECT_FALSE(InUse([](Scenario& s, Workload&) {
                 s.cluster.pools[1].scale_down_disabled = true;
               }).removed());
}

TEST(Drain, GraceIsCutAtTenMinutes) {
  const InUse cut([](Scenario& s, Workload& w) {
    s.functions[0].stop = 20min;
    w.grace = 20min;
  });
  const Duration marked = cut.bed->times("more-1", "draining").at(0);
  EXPECT_EQ(cut.bed->times("f-1", "gone"), (Times{marked + 5s + 10min}));
}

// One of two must stay. The test makes no new pod, so the second may never be evicted.
TEST(Drain, GivesUpAfterTwoMinutesAndWaitsThree) {
  const InUse two(with_budget(false, {1, {}}), 2);
  const Duration marked = two.bed->times("more-1", "draining").at(0);
  EXPECT_EQ(two.bed->times("f-1", "terminating"), (Times{marked + 5s}));
  EXPECT_EQ(two.bed->times("f-2", "terminating"), (Times{}));
  EXPECT_EQ(two.bed->times("more-1", "restored"), (Times{marked + 5s + 2min}));
  EXPECT_EQ(two.bed->times("more-1", "draining").size(), 1u) << "now the budget blocks it";
}

// more-1 cannot be drained; more-2 is empty soon after that was given up.
TEST(Drain, NoNodeIsRemovedForAWhileAfterAFailure) {
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("more", 0, 2));
  scenario.manifests.disruption_budgets = {budget(false, {1, {}})};
  scenario.cluster.node_autoscaler.unneeded = 1min;
  scenario.cluster.node_autoscaler.delay_after_failure = 7min;
  add_function(scenario, "f");
  add_function(scenario, "g");
  scenario.manifests.workloads.back().requests.cpu = Millicores(3000);
  TestBed bed(scenario);
  Node &first = bed.nodes.order(1), &second = bed.nodes.order(1);
  bed.run_until(100s);
  for (int i = 0; i < 2; ++i) bed.pods.bind(bed.pods.create(0), first);
  Pod& busy = bed.pods.create(1);
  bed.pods.bind(busy, second);
  const PodId id = busy.id;
  bed.autoscaler.start();
  bed.at(230s, [&] { bed.remove(id); });
  bed.run_until(30min);
  const Times restored = bed.times("more-1", "restored");
  ASSERT_EQ(restored.size(), 1u);
  ASSERT_LT(230s + 1min, restored.front() + 10s) << "or the delay would not be what it waits for";
  const Duration gone = bed.times("more-2", "draining").at(0);
  EXPECT_GE(gone, restored.front() + 7min);
  EXPECT_LT(gone, restored.front() + 7min + 10s);
}

TEST(Drain, AtMostTenNodesAreBeingRemoved) {
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("more", 0, 15));
  TestBed bed((add_function(scenario, "f"), scenario));
  for (int i = 0; i < 15; ++i) bed.nodes.order(1);
  bed.autoscaler.start();
  bed.run_until(1h);
  const Duration first = bed.times("more-1", "draining").at(0);
  for (int i = 1; i <= 15; ++i)
    EXPECT_EQ(bed.times("more-" + std::to_string(i), "draining"),
              (Times{i <= 10 ? first : first + 10s}))
        << i;
}

}  // namespace drain_test
}  // namespace thaw::sim
