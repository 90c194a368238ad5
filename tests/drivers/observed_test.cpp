// What a cluster shows, as a run's numbers and timeline; and scenario time on the wall.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "drivers/observed/bill.hpp"
#include "drivers/observed/nodes.hpp"
#include "drivers/observed/pods.hpp"
#include "drivers/observed/workloads.hpp"
#include "drivers/pace.hpp"
#include "drivers/world/calls.hpp"

namespace thaw {
namespace observed_test {

using Json = nlohmann::json;
using Steady = std::chrono::steady_clock;

constexpr TimePoint kStart{1'767'571'200s};

// A function on a pool of machines at 3.60 EUR/h: a tenth of a cent a second.
Scenario scenario() {
  Scenario all;
  all.name = "observed";
  all.start = kStart;
  Pool pool;
  pool.name = "gpu";
  pool.machine.cpu = Millicores(8000);
  pool.machine.memory = Bytes(std::int64_t{32} << 30);
  pool.machine.gpus = 1;
  pool.machine.price.per_hour = 3'600'000'000;
  pool.nodes_max = 1;
  all.cluster.pools.push_back(pool);
  Workload workload;
  workload.name = "ollama";
  workload.requests.extended["nvidia.com/gpu"] = 1;
  all.manifests.workloads.push_back(workload);
  FunctionSpec function;
  function.name = "ollama";
  all.functions.push_back(function);
  return all;
}

// It began so long ago.
Pace began(Duration ago) { return {kStart, Steady::now() - ago, kStart}; }

Json pod(const std::string& phase, bool ready, bool deleting = false) {
  Json object{{"metadata",
               {{"name", "ollama-1"},
                {"namespace", "default"},
                {"uid", "u1"},
                {"labels", {{"thaw.dev/function", "ollama"}}}}},
              {"spec", {{"containers", Json::array()}}},
              {"status", {{"phase", phase}}}};
  if (deleting) object["metadata"]["deletionTimestamp"] = "2026-01-05T00:00:00Z";
  if (phase == "Running") {
    object["spec"]["nodeName"] = "gpu-1";
    object["status"]["conditions"] = {{{"type", "Ready"}, {"status", ready ? "True" : "False"}}};
  }
  return object;
}

Json node(bool ready, const std::string& gpus) {
  return {{"metadata", {{"name", "gpu-1"}, {"labels", {{"thaw.dev/pool", "gpu"}}}}},
          {"status",
           {{"conditions", {{{"type", "Ready"}, {"status", ready ? "True" : "False"}}}},
            {"allocatable", {{"cpu", "8"}, {"nvidia.com/gpu", gpus}}}}}};
}

std::vector<std::string> told(const observed::View& view) {
  std::vector<std::string> all;
  for (const TimelineEvent& event : view.timeline) all.push_back(event.what);
  return all;
}

TEST(Pace, TenTimesAsFastIsATenthOfTheWall) {
  const Steady::time_point steady = Steady::now();
  const Pace pace(kStart, steady, TimePoint{100s}, 10);
  EXPECT_EQ(pace.at(steady + 6s), kStart + 1min);
  EXPECT_EQ(pace.when(kStart + 1min), steady + 6s);
  EXPECT_EQ(pace.of_wall(TimePoint{103s}), kStart + 30s);
  EXPECT_EQ(pace.wall(20min), 2min);
  EXPECT_EQ(pace.at(steady - 3s), kStart - 30s) << "before its start";
}

// The gateway counts on the wall: of 2 s with two calls there are 40 call-seconds, ten times as
// fast.
TEST(Pace, WhatAGatewayCountedIsScenarioTime) {
  gateway::Traffic traffic;
  traffic.function = {"default", "ollama"};
  traffic.concurrency_ns = 4'000'000'000;
  traffic.last_activity = kStart + 58s;  // two of its seconds ago
  const auto calls = world::calls_of({traffic}, kStart, kStart + 1min, 10);
  const world::CallCounts& counted = calls.functions.at({"default", "ollama"});
  EXPECT_EQ(counted.concurrency_ns, 40'000'000'000);
  EXPECT_EQ(counted.last_activity, kStart + 40s);
}

TEST(Observed, APodIsToldStageByStageAndCountedWhileItIsThere) {
  const Scenario all = scenario();
  int moved = 0;
  observed::View view(all, began(1min), [&] { ++moved; });
  observed::Pods pods(view);
  pods.apply(pod("Pending", false));
  pods.apply(pod("Running", false));
  pods.apply(pod("Running", false));  // again: no news
  EXPECT_EQ(view.gauges.at(Gauge::replicas, 0).value(), 1);
  EXPECT_EQ(view.gauges.at(Gauge::ready, 0).value(), 0);
  pods.apply(pod("Running", true));
  EXPECT_EQ(view.gauges.at(Gauge::ready, 0).value(), 1);
  pods.apply(pod("Running", true, true));
  EXPECT_EQ(view.gauges.at(Gauge::ready, 0).value(), 0) << "Terminating";
  EXPECT_EQ(view.gauges.at(Gauge::replicas, 0).value(), 1);
  pods.remove(pod("Running", true, true));
  EXPECT_EQ(view.gauges.at(Gauge::replicas, 0).value(), 0);
  EXPECT_EQ(told(view),
            (std::vector<std::string>{"created", "scheduled", "ready", "terminating", "gone"}));
  EXPECT_GT(moved, 0);
  Json foreign = pod("Running", true);
  foreign["metadata"]["labels"] = Json::object();
  pods.apply(foreign);
  EXPECT_EQ(view.gauges.at(Gauge::replicas, 0).value(), 0) << "of no function";
}

TEST(Observed, ANodeCountsFromReadyOnAndIsUsableWithItsGpus) {
  const Scenario all = scenario();
  observed::View view(all, began(1min), [] {});
  observed::Nodes nodes(view);
  nodes.ordered("gpu", "gpu-1");
  nodes.apply(node(false, "0"));
  EXPECT_EQ(view.gauges.at(Gauge::nodes, 0).value(), 0);
  nodes.apply(node(true, "0"));
  EXPECT_EQ(view.gauges.at(Gauge::nodes, 0).value(), 1);
  nodes.apply(node(false, "1"));
  EXPECT_EQ(view.gauges.at(Gauge::nodes, 0).value(), 1) << "its object is there";
  nodes.apply(node(true, "1"));
  nodes.remove(node(true, "1"));
  EXPECT_EQ(told(view),
            (std::vector<std::string>{"ordered", "created", "ready", "allocatable", "gone"}));
  EXPECT_EQ(view.gauges.at(Gauge::nodes, 0).value(), 0);
}

TEST(Observed, WhatWasThereBeforeTheStartIsNoNews) {
  const Scenario all = scenario();
  observed::View view(all, began(-1h), [] {});
  observed::Nodes nodes(view);
  nodes.apply(node(true, "1"));
  EXPECT_EQ(view.gauges.at(Gauge::nodes, 0).value(), 1);
  EXPECT_TRUE(view.timeline.empty());
}

TEST(Observed, AnotherNumberIsADecisionOfWhoeverScalesIt) {
  const Scenario all = scenario();
  observed::View view(all, began(1min), [] {});
  observed::Workloads workloads(view, {false});
  const auto asks_for = [](int replicas) {
    return Json{{"spec",
                 {{"replicas", replicas},
                  {"template", {{"metadata", {{"labels", {{"thaw.dev/function", "ollama"}}}}}}}}}};
  };
  workloads.apply(asks_for(1));
  EXPECT_TRUE(view.timeline.empty()) << "that is where it begins";
  workloads.apply(asks_for(3));
  workloads.apply(asks_for(3));
  ASSERT_EQ(view.timeline.size(), 1u);
  EXPECT_EQ(view.timeline[0].words, "ollama 1 → 3: by the cluster's own autoscaler");
  EXPECT_EQ(workloads.scale_ups(0), 1);
  EXPECT_EQ(view.gauges.at(Gauge::desired, 0).value(), 3);
}

// 1000 s of a node at 3.60 an hour are 1.00: first nobody's, then of the pod that is alone on it.
TEST(Observed, ANodesTimeIsBilledAndSharedOut) {
  const Scenario all = scenario();
  observed::View view(all, began(1000s), [] {});
  observed::Pods pods(view);
  observed::Nodes nodes(view);
  observed::Bill bill(view, nodes, pods);
  nodes.apply(node(true, "1"));
  pods.apply(pod("Running", true));
  view.set(Gauge::in_flight, 0, 2);
  bill.settle();
  EXPECT_NEAR(bill.total(), 1.0, 0.01);
  Summary summary;
  bill.tell(summary);
  EXPECT_NEAR(summary.cost.useful, bill.total(), 1e-9) << "two calls and one replica";
  EXPECT_NEAR(summary.pools.at("gpu").node_hours, 1000 / 3600.0, 0.01);
  const Summary::Cost& cost = summary.cost;
  EXPECT_NEAR(
      cost.useful + cost.idle_warm + cost.cold_start + cost.stranded + cost.draining + cost.fixed,
      cost.total, 1e-9);
}

}  // namespace observed_test
}  // namespace thaw
