// Whole runs with flows: many nodes behind one registry link, and a node lost in mid-pull.
#include <gtest/gtest.h>

#include "tests/sim/own_process.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace run_flows_test {

using Times = std::vector<Duration>;
constexpr std::int64_t kMB = 1'000'000, kGB = 1'000'000'000;

// An image of 1 GB, a registry of 50 MB/s, nodes that could take more: 20 s for one pull alone.
Scenario narrow_registry(int replicas) {
  Scenario scenario = platform();
  scenario.cluster.links.registry = BytesPerSecond(50 * kMB);
  scenario.cluster.links.node = BytesPerSecond(kGB);
  scenario.cluster.links.pull = BytesPerSecond(60 * kMB);
  add_gpu_function(scenario, "llm", replicas).image = Bytes(kGB);
  Workload& workload = workload_of(scenario, scenario.functions[0]);
  workload.replicas = Replicas(replicas);
  workload.annotations.clear();  // nobody scales it
  scenario.until = 30min;
  return scenario;
}

TEST(Run, NodesThatPullAtOnceThroughOneRegistryTakeThatManyTimesAsLong) {
  for (const int n : {1, 2, 4}) {
    in_own_process([n] {
      Scenario scenario = narrow_registry(n);
      scenario.cluster.pools[1].nodes_min = n;
      const RunResult result = simulate(scenario, options_for(scenario));
      for (int i = 1; i <= n; ++i) {
        const std::string pod = "llm-" + std::to_string(i);
        EXPECT_EQ(times_in(result.timeline, pod, "scheduled"), (Times{0s}));
        EXPECT_EQ(times_in(result.timeline, pod, "pulled"), (Times{n * 20s})) << n << " nodes";
      }
    });
  }
}

Fault gpu_node_loss(Duration at) {
  Fault loss;
  loss.kind = Fault::Kind::node_loss;
  loss.name = "loss";
  loss.pool = "gpu";
  loss.at.offset = at;
  return loss;
}

TEST(Run, PullOfALostNodeLeavesTheRegistryToTheOthers) {
  in_own_process([] {
    Scenario scenario = narrow_registry(2);
    scenario.cluster.pools[1].nodes_min = 2;
    scenario.faults = {gpu_node_loss(20s)};
    const RunResult result = simulate(scenario, options_for(scenario));
    EXPECT_EQ(times_in(result.timeline, "llm-1", "lost"), (Times{20s}));
    // 500 MB at half of 50 MB/s until 20 s, the other 500 MB at all of it.
    EXPECT_EQ(times_in(result.timeline, "llm-2", "pulled"), (Times{30s}));
  });
}

TEST(Run, NodeLostInMidPullFailsThePullAndThePodGetsReadyOnAnother) {
  in_own_process([] {
    Scenario scenario = narrow_registry(1);
    scenario.faults = {gpu_node_loss(120s)};
    scenario.checks = {check("ready at last", Check::Kind::end, 0s, "ready(llm) == 1")};
    const RunResult result = simulate(scenario, options_for(scenario));
    const auto times = [&](const char* who, const char* what) {
      return times_in(result.timeline, who, what);
    };
    // Scheduled when the GPU is allocatable, 100 s after the order, which takes a scan of 10 s.
    const Duration ordered = times("gpu-1", "ordered").at(0);
    ASSERT_LT(ordered, 10s);
    EXPECT_EQ(times("llm-1", "scheduled"), (Times{ordered + 100s}));
    EXPECT_EQ(times("llm-1", "lost"), (Times{120s})) << "its pull would end after ordered + 120 s";
    EXPECT_EQ(times("llm-1", "pulled"), Times{});
    EXPECT_EQ(times("llm-2", "created"), (Times{120s}));
    // The next scan orders a node, on which all of the image is pulled again.
    EXPECT_EQ(times("gpu-2", "ordered"), (Times{ordered + 120s}));
    EXPECT_EQ(times("llm-2", "pulled"), (Times{ordered + 120s + 100s + 20s}));
    EXPECT_EQ(times("llm-2", "ready"), (Times{ordered + 240s}));
    EXPECT_TRUE(result.summary.held());
  });
}

}  // namespace run_flows_test
}  // namespace thaw::sim
