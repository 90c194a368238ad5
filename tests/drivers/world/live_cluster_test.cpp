#include "drivers/world/live_cluster.hpp"

#include <gtest/gtest.h>

#include "tests/drivers/world/bench.hpp"

namespace thaw::world {
namespace {

TEST(LiveCluster, StaleFactsScaleNothingDown) {
  Bench bench;
  bench.put(slimfaas("ollama", 1, "300"));
  bench.begin();
  bench.facts_taken = bench.clock.now();  // the watch breaks here
  bench.pass(1000s);
  EXPECT_EQ(bench.replicas("ollama"), 1);
  EXPECT_GT(bench.cluster.held_back(), 0u);
  bench.facts_taken = TimePoint::never();
  bench.pass(10s);
  EXPECT_EQ(bench.replicas("ollama"), 0);
}

TEST(LiveCluster, StaleFactsDoNotKeepAFunctionFromWaking) {
  Bench bench;
  bench.put(slimfaas("ollama", 0, "300"));
  bench.begin();
  bench.facts_taken = bench.clock.now() - 1h;
  bench.control.wake(kOllama);
  bench.pass(2s);
  EXPECT_EQ(bench.replicas("ollama"), 1);
}

TEST(LiveCluster, WhoMayNotWriteWritesNothing) {
  Bench bench;
  bench.put(slimfaas("ollama", 0, "300"));
  bench.begin();
  bench.scaler.allowed = false;
  bench.control.wake(kOllama);
  bench.pass(30s);
  EXPECT_TRUE(bench.scaler.written.empty());
  bench.scaler.allowed = true;
  bench.pass(5s);
  EXPECT_EQ(bench.replicas("ollama"), 1) << "still awake, so it is decided again";
}

TEST(LiveCluster, WhenTheMoneyIsSpentNothingGrowsAndAllMayShrink) {
  Bench bench;
  bench.put(slimfaas("sleeper", 0, "300"));
  bench.put(slimfaas("ollama", 1, "300"));
  bench.begin();
  bench.scaler.spent = true;
  bench.control.wake({"default", "sleeper"});
  bench.pass(400s);
  EXPECT_EQ(bench.replicas("sleeper"), 0);
  EXPECT_EQ(bench.replicas("ollama"), 0);
}

TEST(LiveCluster, OneWriteOfAFunctionIsUnderWayAtATime) {
  Bench bench;
  bench.put(slimfaas("ollama", 0, "300"));
  bench.begin();
  bench.scaler.hold = true;
  bench.control.wake(kOllama);
  bench.control.wake(kOllama);
  bench.pass(5s);
  EXPECT_EQ(bench.scaler.written.size(), 1u);
}

TEST(LiveCluster, AWriteThatLostToAnotherIsDecidedAgain) {
  Bench bench;
  bench.put(slimfaas("ollama", 0, "300"));
  bench.begin();
  bench.scaler.outcome = Scaler::Outcome::conflict;
  bench.control.wake(kOllama);
  bench.pass(1s);
  ASSERT_EQ(bench.asked_again.size(), 1u);
  bench.scaler.outcome = Scaler::Outcome::done;
  bench.control.again(bench.asked_again[0]);
  bench.pass(2s);
  EXPECT_EQ(bench.replicas("ollama"), 1);
}

// The policy knows of no call, and one is on: what is decided must not cut it.
TEST(LiveCluster, NothingGoesToZeroWhileACallIsOn) {
  DriveConfig config;
  config.gateway.emplace();
  config.functions.push_back({});
  config.functions[0].name = config.functions[0].workload = "ollama";
  config.functions[0].policy = "fixed:replicas=0";
  Bench bench(config);
  bench.put(deployment("ollama", 1));
  bench.calls.tell("own", {bench.clock.now(), {}, {{kOllama, {1, 0, 0, 1, 0, {}}}}},
                   bench.clock.now());
  bench.begin();
  EXPECT_EQ(bench.replicas("ollama"), 1);
  EXPECT_EQ(bench.cluster.held_back(), 1u);
}

}  // namespace
}  // namespace thaw::world
