// Karpenter's rules one by one; tests/recordings holds it against the real one. Source of the
// expected behaviour: Karpenter 1.14, its pages Settings and Disruption.
#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace karpenter_test {

using Times = std::vector<Duration>;
using Change = std::function<void(Scenario&)>;

constexpr Nanomoney kEuro = 1'000'000'000;

// gpu-1x to gpu-8x at 1.0, 1.9, 3.7 and 7.2 an hour, 100 s each from order to use.
Scenario machines(const Change& change = [](Scenario&) {}) {
  Scenario scenario = platform();
  scenario.cluster.node_autoscaler.kind = NodeAutoscaler::Kind::karpenter;
  for (const auto& [gpus, tenths] : {std::pair{1, 10}, {2, 19}, {4, 37}, {8, 72}}) {
    Pool made = pool("gpu" + std::to_string(gpus), 0, 16, gpus);
    made.machine.cpu = Millicores(8000 * gpus);
    made.machine.price.per_hour = kEuro / 10 * tenths;
    scenario.cluster.pools.push_back(made);
  }
  add_gpu_function(scenario, "llm");
  scenario.cluster.pools.pop_back();  // "gpu", which that makes
  scenario.cluster.node_autoscaler.karpenter.budget = {0, 1.0};
  change(scenario);
  return scenario;
}

Change never_disrupts() {
  return [](Scenario& s) { s.cluster.node_autoscaler.karpenter.consolidate_after.reset(); };
}

// --- buying ---

TEST(Karpenter, ABatchGetsTheCheapestMachineThatFitsItWhole) {
  for (const auto& [pods, bought] :
       {std::pair{1, "gpu1-1"}, {2, "gpu2-1"}, {3, "gpu4-1"}, {4, "gpu4-1"}, {5, "gpu8-1"}}) {
    TestBed bed(machines(never_disrupts()));
    for (int i = 0; i < pods; ++i) bed.pod(0);
    bed.run_until(3min);
    EXPECT_EQ(bed.times(bought, "ordered"), (Times{1s})) << pods;
    EXPECT_EQ(bed.times("llm-" + std::to_string(pods), "ready"), (Times{101s})) << pods;
  }
}

TEST(Karpenter, TheWindowStaysOpenWhilePodsComeButForTenSeconds) {
  TestBed bed(machines(never_disrupts()));
  for (int i = 0; i < 3; ++i) bed.at(i * 900ms, [&] { bed.pods.create(0); });
  bed.run_until(1min);
  EXPECT_EQ(bed.times("gpu4-1", "ordered"), (Times{1800ms + 1s}));
  TestBed stream(machines(never_disrupts()));
  for (int i = 0; i < 30; ++i) stream.at(i * 900ms, [&] { stream.pods.create(0); });
  stream.run_until(11s);
  // 12 pods until 10 s: 8 and 4 GPUs.
  EXPECT_EQ(stream.times("gpu8-1", "ordered"), (Times{10s}));
  EXPECT_EQ(stream.times("gpu4-1", "ordered"), (Times{10s}));
}

TEST(Karpenter, MachineOutOfStockIsLeftAloneForThreeMinutes) {
  Fault out;
  out.kind = Fault::Kind::stock_out;
  out.name = "stock_out";
  out.pool = "gpu1";
  TestBed bed(machines([&](Scenario& s) {
    never_disrupts()(s);
    s.faults = {out};
  }));
  bed.nodes.cloud().begin(0);
  bed.pod(0);
  for (const Duration at : {100s, 200s}) bed.at(at, [&] { bed.pods.create(0); });
  bed.run_until(5min);
  EXPECT_EQ(bed.times("gpu1-1", "ordered"), (Times{1s}));
  EXPECT_EQ(bed.times("gpu2-1", "ordered"), (Times{1s})) << "the next cheapest, at once";
  // gpu2-1 has room for the second pod; the third finds gpu1 asked for 200 s ago.
  EXPECT_EQ(bed.times("gpu1-2", "ordered"), (Times{201s}));
}

TEST(Karpenter, PoolsMaximumHolds) {
  TestBed bed(machines([](Scenario& s) {
    never_disrupts()(s);
    s.cluster.pools.resize(2);
    s.cluster.pools[1].nodes_max = 2;
  }));
  for (int i = 0; i < 4; ++i) bed.pod(0);
  bed.run_until(1h);
  EXPECT_EQ(bed.gauge(Gauge::nodes, 1), 2);
}

// --- taking away ---

// A pod on a machine of four GPUs, which one of one GPU could serve.
struct Oversized {
  explicit Oversized(const Change& change = [](Scenario&) {}) : bed(machines(change)) {
    for (int i = 0; i < 4; ++i) pods.push_back(bed.pod(0));
    bed.at(10min, [&] {
      for (int i = 1; i < 4; ++i) bed.remove(pods[static_cast<std::size_t>(i)]);
    });
    bed.autoscaler.start();
    bed.run_until(30min);
  }
  TestBed bed;
  std::vector<PodId> pods;
};

TEST(Karpenter, CheaperNodeIsThereBeforeTheOldOneIsDrained) {
  const Oversized one;
  const Times order = one.bed.times("gpu1-1", "ordered");
  ASSERT_EQ(order.size(), 1u);
  // Found by the first loop after 10 min, carried out 15 s later.
  EXPECT_GE(order.front(), 10min + 15s);
  EXPECT_LT(order.front(), 10min + 25s);
  EXPECT_EQ(one.bed.times("gpu4-1", "draining"), order) << "no new pods from the order on";
  EXPECT_EQ(one.bed.times("llm-1", "terminating"), (Times{order.front() + 100s}));
  EXPECT_EQ(one.bed.times("gpu4-1", "gone"), (Times{order.front() + 100s + 60s}));
}

TEST(Karpenter, WhenEmptyLeavesNodesWithPodsAlone) {
  const Oversized one([](Scenario& s) {
    s.cluster.node_autoscaler.karpenter.policy = KarpenterSettings::Consolidates::empty;
  });
  EXPECT_EQ(one.bed.times("gpu4-1", "draining"), (Times{}));
}

TEST(Karpenter, DoNotDisruptAndBudgetsOfPodsKeepTheNode) {
  const Oversized marked([](Scenario& s) {
    s.manifests.workloads.back().annotations["karpenter.sh/do-not-disrupt"] = {"true", {}};
  });
  EXPECT_EQ(marked.bed.times("gpu4-1", "draining"), (Times{}));
  const Oversized guarded([](Scenario& s) {
    s.manifests.disruption_budgets = {
        {{}, "llm", "demo", {{"app", LabelRule::How::in, {"llm"}}}, false, {1, {}}}};
  });
  EXPECT_EQ(guarded.bed.times("gpu4-1", "draining"), (Times{}));
}

TEST(Karpenter, ReplacementThatNeverComesLeavesEverythingAsItWas) {
  const Oversized one([](Scenario& s) {
    s.cluster.pools[1].provisioning = {Distribution::constant(10h), 1, 0, 0};
  });
  const Times order = one.bed.times("gpu1-1", "ordered");
  ASSERT_GE(order.size(), 1u);
  const Times restored = one.bed.times("gpu4-1", "restored");
  ASSERT_EQ(restored.size(), 1u);
  EXPECT_GE(restored.front(), order.front() + 15min);
  EXPECT_EQ(one.bed.times("llm-1", "terminating"), (Times{}));
}

// Two machines of four GPUs with one pod each, whose pods fit one of two GPUs.
TEST(Karpenter, SeveralNodesGoForOneThatIsCheaper) {
  // Without gpu8: at 7.2 it would take the place of two full ones at 3.7 each.
  TestBed bed(machines([](Scenario& s) { s.cluster.pools.resize(4); }));
  std::vector<PodId> pods;
  for (int i = 0; i < 4; ++i) pods.push_back(bed.pod(0));
  bed.at(5s, [&] {
    for (int i = 0; i < 4; ++i) pods.push_back(bed.pods.create(0).id);
  });
  bed.at(10min, [&] {
    for (const std::size_t i : {1, 2, 3, 5, 6, 7}) bed.remove(pods[i]);
  });
  bed.autoscaler.start();
  bed.run_until(20min);
  const Times order = bed.times("gpu2-1", "ordered");
  ASSERT_EQ(order.size(), 1u);
  EXPECT_EQ(bed.times("gpu4-1", "draining"), order);
  EXPECT_EQ(bed.times("gpu4-2", "draining"), order);
}

TEST(Karpenter, BudgetLimitsHowManyEmptyNodesGoAtOnce) {
  const auto marked = [](CountOrRatio budget) {
    TestBed bed(machines([&](Scenario& s) {
      s.cluster.pools.resize(2);
      s.cluster.node_autoscaler.karpenter.budget = budget;
    }));
    std::vector<PodId> pods;
    for (int i = 0; i < 11; ++i) pods.push_back(bed.pod(0));
    bed.at(10min, [&] {
      for (const PodId id : pods) bed.remove(id);
    });
    bed.autoscaler.start();
    bed.run_until(10min + 30s);
    int count = 0;
    for (int i = 1; i <= 11; ++i)
      count += static_cast<int>(bed.times("gpu1-" + std::to_string(i), "draining").size());
    return count;
  };
  EXPECT_EQ(marked({0, 1.0}), 11);
  EXPECT_EQ(marked({0, 0.1}), 2);  // 10 % of 11, rounded up
  EXPECT_EQ(marked({5, {}}), 5);
  EXPECT_EQ(marked({0, {}}), 0);
}

TEST(Karpenter, NodeExpiresWhateverRunsOnIt) {
  TestBed bed(machines([](Scenario& s) {
    s.cluster.node_autoscaler.karpenter.expire_after = 1h;
    s.cluster.node_autoscaler.karpenter.consolidate_after.reset();
  }));
  bed.pod(0);
  bed.autoscaler.start();
  bed.run_until(2h);
  EXPECT_EQ(bed.times("gpu1-1", "draining"), (Times{1s + 1h}));
}

TEST(Karpenter, NodesThatItDidNotBuyStay) {
  TestBed bed(machines());
  bed.autoscaler.start();
  bed.run_until(2h);
  EXPECT_EQ(bed.gauge(Gauge::nodes, 0), 1);
}

}  // namespace karpenter_test
}  // namespace thaw::sim
