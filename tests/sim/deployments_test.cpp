// The Deployment controller. Source of the ranking: Kubernetes' ReplicaSet controller: pods without
// a node go first, then those that are not Ready, then the younger.
#include "sim/deployments.hpp"

#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace deployments_test {

using Times = std::vector<Duration>;

Scenario three_replicas() {
  Scenario scenario = platform();
  add_function(scenario, "f").container_start = Distribution::constant(10s);
  scenario.manifests.workloads.back().requests.cpu = Millicores(1000);
  scenario.manifests.workloads.back().replicas = Replicas(3);
  return scenario;
}

std::vector<std::string> gone_at(const TestBed& bed, Duration t) {
  std::vector<std::string> names;
  for (int i = 1; i <= 9; ++i) {
    const std::string name = "f-" + std::to_string(i);
    if (bed.times(name, "gone") == Times{t}) names.push_back(name);
  }
  return names;
}

using Names = std::vector<std::string>;

TEST(Deployments, StartsWithTheManifestsReplicas) {
  TestBed bed(three_replicas());
  Deployments deployments(bed.world, bed.pods);
  deployments.start();
  bed.run_until(0s);
  EXPECT_EQ(bed.gauge(Gauge::desired), 3);
  EXPECT_EQ(bed.gauge(Gauge::replicas), 3);
}

TEST(Deployments, YoungestGoesFirstAmongEquals) {
  TestBed bed(three_replicas());
  Deployments deployments(bed.world, bed.pods);
  deployments.start();
  bed.run_until(60s);
  deployments.scale(0, Replicas(1));
  bed.run_until(60s);
  EXPECT_EQ(gone_at(bed, 60s), (Names{"f-2", "f-3"}));
  EXPECT_EQ(deployments.scale_downs(0), 1);
}

TEST(Deployments, NotReadyGoesBeforeReadyAndUnscheduledBeforeBoth) {
  TestBed bed(three_replicas());  // four of them fill the node
  Deployments deployments(bed.world, bed.pods);
  deployments.start();
  bed.run_until(60s);
  bed.remove(1);
  deployments.wake(0);  // f-4 for it, not Ready before 70 s
  bed.run_until(61s);
  deployments.scale(0, Replicas(5));  // f-5 starts, f-6 fits nowhere
  bed.run_until(62s);
  deployments.scale(0, Replicas(4));
  bed.run_until(62s);
  EXPECT_EQ(gone_at(bed, 62s), (Names{"f-6"}));
  bed.run_until(63s);
  deployments.scale(0, Replicas(3));
  bed.run_until(63s);
  EXPECT_EQ(gone_at(bed, 63s), (Names{"f-5"})) << "the younger of two that are not Ready";
  deployments.scale(0, Replicas(2));
  bed.run_until(64s);
  EXPECT_EQ(gone_at(bed, 63s), (Names{"f-4", "f-5"}));
  EXPECT_EQ(deployments.scale_ups(0), 1);
  EXPECT_EQ(deployments.scale_downs(0), 3);
}

TEST(Deployments, ScalingToWhatIsThereIsNoScaling) {
  TestBed bed(three_replicas());
  Deployments deployments(bed.world, bed.pods);
  deployments.start();
  deployments.scale(0, Replicas(3));
  EXPECT_EQ(deployments.scale_ups(0) + deployments.scale_downs(0), 0);
}

TEST(Deployments, EvictedPodIsReplacedWhileItStillStops) {
  // g, called once, keeps the platform's node too full for f until it is idle; f's own node is
  // drained ten minutes after that.
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("work", 0, 1));
  add_function(scenario, "g");
  add_plain_function(scenario, "f");
  scenario.functions[1].stop = 20s;
  Workload &g = workload_of(scenario, scenario.functions[0]),
           &f = workload_of(scenario, scenario.functions[1]);
  g.requests.cpu = Millicores(3000);
  f.requests.cpu = Millicores(1500);
  annotate(g, "TimeoutSecondBeforeSetReplicasMin", "900");
  scenario.steps = {step("call", 0s, Method::get, "/function/g/")};
  scenario.until = 1h;
  const RunResult result = simulate(scenario, options_for(scenario));
  const Times evicted = times_in(result.timeline, "f-1", "terminating");
  ASSERT_EQ(evicted.size(), 1u);
  EXPECT_EQ(times_in(result.timeline, "work-1", "draining"), (Times{evicted.front() - 5s}));
  EXPECT_EQ(times_in(result.timeline, "f-2", "ready"), evicted);
  EXPECT_EQ(times_in(result.timeline, "f-1", "gone"), (Times{evicted.front() + 20s}));
}

}  // namespace deployments_test
}  // namespace thaw::sim
