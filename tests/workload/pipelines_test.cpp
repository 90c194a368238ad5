// A request that passes several functions: how long it takes, what a cache spares, who is counted.
#include "engine/workload/pipelines.hpp"

#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace pipelines_test {

// f (1 s), g (2 s) and h (3 s) behind SlimFaas, and a pipeline through all three, called once at
// 10 s.
Scenario three_stages() {
  Scenario scenario = platform(k024);
  int length = 0;
  for (const char* name : {"f", "g", "h"}) {
    FunctionSpec& function = add_function(scenario, name);
    function.service.duration = Distribution::constant(std::chrono::seconds(++length));
    function.service.slots = 100;
  }
  scenario.pipelines.push_back({"whole", {}, {"f", "g", "h"}, {}, 0s});
  Arrivals stream;
  stream.name = "calls";
  stream.pipeline = "whole";
  stream.process.gap = Distribution::constant(10s);
  stream.until = 11s;
  scenario.arrivals = {stream};
  return scenario;
}

const Tally& play(TestBed& bed) {
  for (std::size_t f = 0; f < 3; ++f) bed.pod(f);
  bed.load.start();
  bed.run_until(1h);
  EXPECT_TRUE(bed.load.over());
  EXPECT_EQ(bed.requests.open_count(), 0u);
  return bed.load.pipeline_tally(0);
}

TEST(Pipelines, PassStageByStageAndCountAtEach) {
  TestBed bed(three_stages());
  const Tally& whole = play(bed);
  EXPECT_EQ(whole.total, 1);
  EXPECT_EQ(whole.completed, 1);
  EXPECT_EQ(whole.latency.max(), 6s) << "1 + 2 + 3";
  EXPECT_EQ(whole.wait.max(), 0s);
  for (std::size_t f = 0; f < 3; ++f) {
    EXPECT_EQ(bed.load.tally(f).total, 1) << f;
    EXPECT_EQ(bed.load.tally(f).completed, 1) << f;
    EXPECT_EQ(bed.load.tally(f).latency.max(), std::chrono::seconds(f + 1)) << f;
  }
}

TEST(Pipelines, HopsAreAddedToEachStagesCall) {
  Scenario scenario = three_stages();
  scenario.pipelines[0].hop = 10ms;
  TestBed bed(scenario);
  EXPECT_EQ(play(bed).latency.max(), 6s + 3 * 10ms);
}

TEST(Pipelines, HitLeavesTheStageOut) {
  Scenario scenario = three_stages();
  scenario.pipelines[0].hop = 10ms;
  scenario.pipelines[0].cache = {"g", 1.0, 1ms, 5ms};
  TestBed bed(scenario);
  EXPECT_EQ(play(bed).latency.max(), 1s + 3s + 2 * 10ms + 1ms)
      << "no hop to g, no look at the store";
  EXPECT_EQ(bed.load.tally(1).total, 0);
  EXPECT_EQ(bed.load.pipelines().cache_use(0).hits, 1);
}

TEST(Pipelines, MissReadsTheStoreAndGoesOn) {
  Scenario scenario = three_stages();
  scenario.pipelines[0].cache = {"g", 0.0, 1ms, 5ms};
  TestBed bed(scenario);
  EXPECT_EQ(play(bed).latency.max(), 6s + 1ms + 5ms);
  EXPECT_EQ(bed.load.pipelines().cache_use(0).misses, 1);
}

TEST(Pipelines, HitOfTheLastStageEndsTheRequest) {
  Scenario scenario = three_stages();
  scenario.pipelines[0].hop = 10ms;
  scenario.pipelines[0].cache = {"h", 1.0, 1ms, 0s};
  TestBed bed(scenario);
  EXPECT_EQ(play(bed).latency.max(), 3s + 2 * 10ms + 1ms);
}

TEST(Pipelines, HitsComeAsOftenAsTheScenarioSays) {
  Scenario scenario = three_stages();
  scenario.pipelines[0].cache = {"g", 0.4, 1ms, 5ms};
  scenario.arrivals[0].process.gap = Distribution::constant(1s);
  scenario.arrivals[0].until = 1000500ms;
  TestBed bed(scenario);
  const Tally& whole = play(bed);
  EXPECT_EQ(whole.total, 1000);
  EXPECT_EQ(whole.completed, 1000);
  // Binomial(1000, 0.4): 400 ± 3.29 × √240 in 99.9 %.
  const auto hits = bed.load.pipelines().cache_use(0).hits;
  EXPECT_NEAR(static_cast<double>(hits), 400, 51);
  EXPECT_EQ(bed.load.tally(1).total, 1000 - hits) << "only misses are computed";
}

TEST(Pipelines, FailedStageFailsTheRequest) {
  TestBed bed(three_stages());
  bed.pod(0);  // nobody for g: SlimFaas 0.24 gives up
  bed.load.start();
  bed.run_until(1h);
  const Tally& whole = bed.load.pipeline_tally(0);
  EXPECT_EQ(whole.completed, 0);
  EXPECT_EQ(whole.failed + whole.timed_out, 1);
  EXPECT_EQ(bed.load.tally(0).completed, 1);
  EXPECT_EQ(bed.load.tally(1).failed, whole.failed) << "with the stage's own outcome";
  EXPECT_EQ(bed.load.tally(1).total, 1);
  EXPECT_EQ(bed.load.tally(2).total, 0) << "never reached";
  EXPECT_TRUE(bed.load.over());
}

TEST(Pipelines, RefusedOnTheWayInIsNobodysCall) {
  Scenario scenario = three_stages();
  IngressObject ingress;
  ingress.name = "way-in";
  ingress.ns = "demo";
  ingress.rules = {{"", "/elsewhere", "slimfaas", 5000, ""}};
  scenario.manifests.ingresses = {ingress};
  TestBed bed(scenario);
  EXPECT_EQ(play(bed).rejected, 1);
  EXPECT_EQ(bed.load.tally(0).total, 0);
}

}  // namespace pipelines_test
}  // namespace thaw::sim
