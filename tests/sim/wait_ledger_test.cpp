// Which stage a wait is for. Instants are seconds from the start; a replica's life is written down
// as pods and nodes write it.
#include "sim/wait_ledger.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace wait_ledger_test {

constexpr Method kPost = Method::post;

struct Replica {
  Pod pod;
  Node node;
};

void set(Pod& pod, PodStage stage, Duration at) { pod.entered.note(stage, kStart + at); }
void set(Node& node, NodeStage stage, Duration at) { node.entered.note(stage, kStart + at); }

// One second of policy for a call at 0, two of node order, three of boot, and so on to eleven of
// ready: each stage has its own length.
Replica replica(Duration made_at = 1s, Duration bound = 21s) {
  Replica made;
  set(made.pod, PodStage::pending, made_at);
  set(made.node, NodeStage::ordered, 3s);
  set(made.node, NodeStage::created, 6s);
  set(made.node, NodeStage::ready, 10s);
  set(made.node, NodeStage::usable, 15s);
  set(made.pod, PodStage::pulling, bound);
  set(made.pod, PodStage::starting, 28s);
  set(made.pod, PodStage::waiting, 30s);  // part of the container
  set(made.pod, PodStage::downloading, 36s);
  set(made.pod, PodStage::loading, 45s);
  set(made.pod, PodStage::ready, 55s);
  return made;
}

Request request(Duration arrived, Duration taken, Duration began) {
  Request made;
  made.arrived = kStart + arrived;
  made.taken = kStart + taken;
  made.began = kStart + began;
  return made;
}

using Lengths = std::array<int, kColdStages>;

Lengths lengths_of(const Request& request, const Replica& replica) {
  const StageTimes stages = stages_of(request, replica.pod, replica.node);
  Lengths lengths{};
  for (std::size_t i = 0; i < kColdStages; ++i) lengths[i] = static_cast<int>(stages[i] / 1s);
  EXPECT_EQ(std::accumulate(stages.begin(), stages.end(), Duration{0}),
            request.began - request.arrived);
  return lengths;
}

TEST(ColdStartStages, EachHasWhatTheReplicaTookForIt) {
  EXPECT_EQ(lengths_of(request(0s, 66s, 78s), replica()),
            (Lengths{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
}

TEST(ColdStartStages, ACallThatComesLaterWaitsForTheRestOnly) {
  EXPECT_EQ(lengths_of(request(8s, 66s, 66s), replica()),
            (Lengths{0, 0, 0, 2, 5, 6, 7, 8, 9, 10, 11, 0}));
  EXPECT_EQ(lengths_of(request(60s, 66s, 70s), replica()),
            (Lengths{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 4}));
  EXPECT_EQ(lengths_of(request(80s, 80s, 85s), replica()),
            (Lengths{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5}));
}

// Its waits for room are the scheduler's, not a node's.
TEST(ColdStartStages, ANodeThatWasThereBeforeHasItsStagesBehindIt) {
  Replica there = replica();
  there.node.entered = {};  // from the start, in its last stage at once
  EXPECT_EQ(lengths_of(request(0s, 55s, 55s), there),
            (Lengths{1, 0, 0, 0, 0, 20, 7, 8, 9, 10, 0, 0}));
}

TEST(ColdStartStages, ANodeOrderedForAnotherIsJoinedInMidBoot) {
  EXPECT_EQ(lengths_of(request(0s, 55s, 55s), replica(5s)),
            (Lengths{5, 0, 1, 4, 5, 6, 7, 8, 9, 10, 0, 0}));
}

TEST(ColdStartStages, APodWithoutGpuDoesNotWaitForOne) {
  // Bound two seconds after the Node was Ready.
  EXPECT_EQ(lengths_of(request(0s, 55s, 55s), replica(1s, 12s)),
            (Lengths{1, 2, 3, 4, 2, 0, 16, 8, 9, 10, 0, 0}));
}

// A call that went to one replica and to no other was not kept from it: what is left is its queue.
TEST(ColdStartStages, WithoutAGatewayThatPollsTheRestIsQueue) {
  Request sent = request(0s, 0s, 60s);
  sent.taken = kLongAgo;
  EXPECT_EQ(lengths_of(sent, replica()), (Lengths{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 5}));
}

TEST(ColdStartStages, AStageThatIsEnteredAgainBeganTheFirstTime) {
  Replica again = replica();
  set(again.pod, PodStage::starting, 40s);
  set(again.node, NodeStage::usable, 50s);
  EXPECT_EQ(lengths_of(request(0s, 66s, 78s), again),
            (Lengths{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
}

// --- in the world ---

std::vector<Duration> list(const StageTimes& stages) { return {stages.begin(), stages.end()}; }

// Node ordered 2 s after the pod; VM 35 s, Ready 15 s, GPU 50 s (pool() of the builder); container
// 4.2 s and 3 s, weights 6 s: Ready at 119.2 s. SlimFaas 0.24 sees it at 120 s, and the call, which
// looks each 10 ms from 1.003 s on, at 120.003 s.
TEST(WaitLedger, OfACallThatWaitsForANodeIsTheWorldsOwnTimes) {
  Scenario scenario = platform(k024);
  FunctionSpec& f = add_gpu_function(scenario, "llm");
  f.container_start = Distribution::constant(4200ms);
  f.fixed_delay = Distribution::constant(3s);
  f.model_load = Distribution::constant(6s);
  set_env(slimfaas_of(scenario), "TIME_MAXIMUM_WAIT_FOR_AT_LEAST_ONE_POD_STARTED_FOR_SYNC_FUNCTION",
          "1200000");
  TestBed bed(scenario);
  bed.serving.waits().keep_lines();
  bed.at(4003ms, [&] { bed.pods.create(0); });
  bed.at(6s, [&] { bed.nodes.order(1); });
  bed.run_until(1003ms);
  bed.call(kPost, "/function/llm/x");
  bed.run_until(300s);
  ASSERT_EQ(bed.serving.waits().lines().size(), 1U);
  const WaitLedger::Line& line = bed.serving.waits().lines().front();
  EXPECT_EQ(line.began - line.arrived, 119s);
  EXPECT_EQ(list(line.stages),
            (std::vector<Duration>{3s, 1997ms, 35s, 15s, 50s, 0s, 0s, 7200ms, 0s, 6s, 803ms, 0s}));
  EXPECT_TRUE(bed.serving.waits().account(0).stages[0] == Wide{3'000'000'000});
}

TEST(WaitLedger, HasNoLineForWhoDoesNotWaitAndNoAccountForWhoIsNotCold) {
  Scenario scenario = platform();
  add_function(scenario, "f");
  TestBed bed(scenario);
  bed.serving.waits().keep_lines();
  bed.pod(0);
  bed.offer(0, 5s);
  bed.offer(0, 5s);  // waits for the first
  bed.run_until(20s);
  ASSERT_EQ(bed.serving.waits().lines().size(), 1U);
  EXPECT_EQ(bed.serving.waits().lines().front().stages.back(), 5s);
  EXPECT_EQ(bed.serving.waits().account(0).waits, nullptr);
}

TEST(WaitLedger, KeepsSingleLinesOnlyWhenAsked) {
  Scenario scenario = platform();
  add_function(scenario, "f").container_start = Distribution::constant(3s);
  TestBed bed(scenario);
  const RequestId id = bed.call(kPost, "/function/f/x");
  EXPECT_TRUE(bed.requests.get(id).cold);
  bed.pod(0);
  bed.run_until(20s);
  EXPECT_TRUE(bed.serving.waits().lines().empty());
  ASSERT_NE(bed.serving.waits().account(0).waits, nullptr);
  EXPECT_EQ(bed.serving.waits().account(0).waits->count(), 1U);
  EXPECT_GE(bed.serving.waits().account(0).waits->max(), 3s);
}

}  // namespace wait_ledger_test
}  // namespace thaw::sim
