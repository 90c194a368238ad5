#include "drivers/world/control.hpp"

#include <gtest/gtest.h>

#include "tests/drivers/world/bench.hpp"

namespace thaw::world {
namespace {

DriveConfig::Function named(const std::string& policy, std::optional<int> most = {}) {
  DriveConfig::Function function;
  function.name = function.workload = "ollama";
  function.policy = policy;
  function.most = most;
  return function;
}

TEST(Control, AWakeBringsAFunctionUpAndIdlenessTakesItDown) {
  Bench bench;
  bench.put(slimfaas("ollama", 0, "300"));
  bench.begin();
  bench.pass(600s);
  EXPECT_EQ(bench.replicas("ollama"), 0);
  ASSERT_TRUE(bench.control.wake(kOllama));
  EXPECT_EQ(bench.replicas("ollama"), 1);
  bench.pass(300s);
  EXPECT_EQ(bench.replicas("ollama"), 1) << "idle is more than the timeout, not as long";
  bench.pass(3s);
  EXPECT_EQ(bench.replicas("ollama"), 0);
  ASSERT_EQ(bench.scaler.written.size(), 2u);
  EXPECT_EQ(bench.scaler.written[0].resource_version, "7");
  EXPECT_EQ(bench.scaler.written[1].why.code, ReasonCode::idle_timeout);
}

// SlimFaas itself takes a function that nobody ever called down at once.
TEST(Control, AFunctionThatNothingIsKnownOfCountsAsCalledJustNow) {
  Bench bench;
  bench.put(slimfaas("ollama", 1, "300"));
  bench.begin();
  bench.pass(299s);
  EXPECT_EQ(bench.replicas("ollama"), 1);
  bench.pass(5s);
  EXPECT_EQ(bench.replicas("ollama"), 0);
}

TEST(Control, TheIdleClockGoesOnOverARestart) {
  Bench bench;
  bench.put(slimfaas("ollama", 1, "300"));
  const TimePoint called = bench.clock.now() - 200s;
  bench.begin({{kOllama, {"idle_timeout", called, {}, true}}});
  bench.pass(104s);
  EXPECT_EQ(bench.replicas("ollama"), 1) << "it may have been called up to 5 s after it was kept";
  bench.pass(5s);
  EXPECT_EQ(bench.replicas("ollama"), 0);
}

// Killed after it had woken a function and before it kept that: the call is not known.
TEST(Control, AFunctionThatWasAtZeroWhenItWasKeptHasBeenCalledSince) {
  Bench bench;
  bench.put(slimfaas("ollama", 1, "300"));
  bench.begin({{kOllama, {"idle_timeout", bench.clock.now() - 1h, {}, false}}});
  bench.pass(299s);
  EXPECT_EQ(bench.replicas("ollama"), 1);
}

TEST(Control, ASleeperStaysAsleepOverARestart) {
  Bench bench;
  bench.put(slimfaas("ollama", 0, "300"));
  bench.begin({{kOllama, {"idle_timeout", bench.clock.now() - 302s, {}, true}}});
  bench.pass(30s);
  EXPECT_TRUE(bench.scaler.written.empty());
}

TEST(Control, WhatIsKeptBeginsAgainWhereItWas) {
  Bench before;
  before.put(slimfaas("ollama", 1, "300"));
  before.begin();
  before.control.wake(kOllama);
  before.pass(100s);
  const auto kept = from_strings(to_strings(before.control.kept()));
  ASSERT_TRUE(kept.contains(kOllama));
  EXPECT_EQ(kept.at(kOllama).policy, "idle_timeout");
  EXPECT_EQ(kept.at(kOllama).last_activity, before.clock.now() - 100s);
}

TEST(Control, ChangedSettingsAreTakenUpWithTheIdleClockAsItIs) {
  Bench bench;
  bench.put(slimfaas("ollama", 1, "300"));
  bench.begin();
  bench.pass(200s);
  bench.settings_changed = 0;
  bench.put(slimfaas("ollama", 1, "220"));
  EXPECT_EQ(bench.settings_changed, 1);
  bench.control.reform();
  bench.pass(15s);
  EXPECT_EQ(bench.replicas("ollama"), 1);
  bench.pass(10s);
  EXPECT_EQ(bench.replicas("ollama"), 0);
}

TEST(Control, WhatWasToldIsNotToldAgainWhenAnothersSettingsChange) {
  Bench bench;
  bench.put(slimfaas("ollama", 1, "300"));
  bench.put(slimfaas("other", 1, "300"));
  bench.begin();
  bench.pass(3s);
  const std::string before = bench.log_text();
  EXPECT_NE(before.find("default/ollama"), std::string::npos);
  bench.put(slimfaas("other", 1, "301"));
  bench.control.reform();
  bench.pass(3s);
  EXPECT_EQ(bench.log_text(), before);
}

TEST(Control, ReplicasAloneAreNoChangeOfSettings) {
  Bench bench;
  bench.put(slimfaas("ollama", 1));
  bench.begin();
  bench.settings_changed = 0;
  bench.put(slimfaas("ollama", 2));
  EXPECT_EQ(bench.settings_changed, 0);
}

TEST(Control, NothingIsDecidedAfterTheEnd) {
  Bench bench;
  bench.put(slimfaas("ollama", 1, "300"));
  bench.begin();
  bench.control.end();
  bench.pass(1000s);
  EXPECT_TRUE(bench.scaler.written.empty());
  EXPECT_FALSE(bench.control.wake(kOllama));
}

TEST(Control, AnOperatorsCapHolds) {
  DriveConfig config;
  config.functions.push_back(named("fixed:replicas=5", 3));
  Bench bench(config);
  bench.put(deployment("ollama", 1));
  bench.begin();
  EXPECT_EQ(bench.replicas("ollama"), 3);
}

struct Refused {
  const char* what;
  const char* why;
  std::function<void(Bench&)> arrange;
};

class RefusedFunction : public testing::TestWithParam<Refused> {};

TEST_P(RefusedFunction, IsLeftAloneWithTheReason) {
  Bench bench;
  GetParam().arrange(bench);
  bench.begin();
  bench.pass(1000s);
  EXPECT_TRUE(bench.scaler.written.empty());
  EXPECT_NE(bench.log_text().find(GetParam().why), std::string::npos) << bench.log_text();
}

INSTANTIATE_TEST_SUITE_P(
    Control, RefusedFunction,
    testing::Values(Refused{"hpa", "HorizontalPodAutoscaler by-gpu scales it",
                            [](Bench& bench) {
                              bench.put(slimfaas("ollama", 1));
                              bench.inventory.apply_hpa(hpa("by-gpu", "ollama"));
                            }},
                    Refused{"owner", "belongs to Revision ollama-00001",
                            [](Bench& bench) {
                              Json owned = slimfaas("ollama", 1);
                              owned["metadata"]["ownerReferences"] = {{{"kind", "Revision"},
                                                                       {"name", "ollama-00001"},
                                                                       {"controller", true}}};
                              bench.put(owned);
                            }},
                    Refused{"nonsense", "TimeoutSecondBeforeSetReplicasMin",
                            [](Bench& bench) { bench.put(slimfaas("ollama", 1, "soon")); }},
                    Refused{"policy", "there is no policy \\\"magic\\\"",
                            [](Bench& bench) {
                              bench.config.functions.push_back(named("magic"));
                              bench.put(deployment("ollama", 1));
                            }},
                    Refused{"requests", "needs to see each request",
                            [](Bench& bench) {
                              bench.config.functions.push_back(named("concurrency"));
                              bench.put(deployment("ollama", 1));
                            }},
                    Refused{"gateway", "that takes a gateway: section",
                            [](Bench& bench) {
                              bench.config.functions.push_back(named("alert_factor"));
                              bench.put(deployment("ollama", 1));
                            }},
                    Refused{"calls", "modal needs to see each request",
                            [](Bench& bench) {
                              bench.config.functions.push_back(named("modal"));
                              bench.put(deployment("ollama", 1));
                            }},
                    Refused{
                        "absent", "is not there",
                        [](Bench& bench) { bench.config.functions.push_back(named("fixed")); }}),
    [](const auto& chosen) { return chosen.param.what; });

TEST(Control, OneThatIsWrongDoesNotStopAnother) {
  Bench bench;
  bench.put(slimfaas("broken", 1, "soon"));
  bench.put(slimfaas("ollama", 1, "300"));
  bench.begin();
  bench.pass(400s);
  EXPECT_EQ(bench.replicas("ollama"), 0);
  EXPECT_EQ(bench.replicas("broken"), 1);
}

TEST(Control, AShadowDecidesBesideAnHpaAndWritesNothing) {
  Bench bench({}, true);
  bench.put(slimfaas("ollama", 1, "300"));
  bench.inventory.apply_hpa(hpa("by-gpu", "ollama"));
  bench.scaler.allowed = false;
  bench.begin();
  bench.pass(400s);
  EXPECT_NE(bench.log_text().find("ollama 1 → 0 (the cluster has 1)"), std::string::npos)
      << bench.log_text();
}

// A second of the gateway's counts for each second that passes: `on` calls all the time.
void pass_with_calls(Bench& bench, int seconds, std::int64_t on, CallCounts& counted) {
  for (int i = 0; i < seconds; ++i) {
    bench.pass(1s);
    counted.arrived += on;
    counted.concurrency_ns += on * 1'000'000'000;
    counted.in_flight = on;
    const TimePoint now = bench.clock.now();
    bench.calls.tell("own", {now, TimePoint{1s}, {{kOllama, counted}}}, now);
    bench.calls.refresh(bench.activity, now);
    bench.calls.close_seconds(now);
  }
}

DriveConfig with_gateway(const std::string& policy) {
  DriveConfig config;
  config.gateway.emplace();
  if (!policy.empty()) config.functions.push_back(named(policy));
  return config;
}

// Knative's arithmetic: a stable window of 60 s, ceil(mean in flight / target) with 100 %.
TEST(Control, WithAGatewayCallsInFlightScaleAFunction) {
  Bench bench(with_gateway("concurrency:target=2,target-utilization-percentage=100"));
  bench.put(deployment("ollama", 1));
  bench.inventory.apply_pod(pod("ollama", "a"));
  bench.calls.listen({kOllama});
  bench.begin();
  CallCounts counted;
  pass_with_calls(bench, 90, 6, counted);
  EXPECT_EQ(bench.replicas("ollama"), 3) << bench.log_text();
  // A window without a call, and the gateway is in the path already: no grace period on top.
  pass_with_calls(bench, 66, 0, counted);
  EXPECT_EQ(bench.replicas("ollama"), 0) << bench.log_text();
}

TEST(Control, WithAGatewayPoliciesThatCountRequestsAreTaken) {
  for (const char* policy : {"alert_factor", "modal", "capacity", "runpod"}) {
    Bench bench(with_gateway(policy));
    bench.put(deployment("ollama", 1));
    bench.begin();
    EXPECT_TRUE(bench.control.functions().refused.empty()) << bench.log_text();
  }
}

TEST(Control, AFunctionStaysWhileACallIsOnAndGoesWhenItIsIdle) {
  Bench bench(with_gateway(""));
  bench.put(slimfaas("ollama", 1, "10"));
  bench.begin();
  CallCounts counted;
  pass_with_calls(bench, 40, 1, counted);
  EXPECT_EQ(bench.replicas("ollama"), 1);
  counted.last_activity = bench.clock.now();
  pass_with_calls(bench, 10, 0, counted);
  EXPECT_EQ(bench.replicas("ollama"), 1);
  pass_with_calls(bench, 4, 0, counted);
  EXPECT_EQ(bench.replicas("ollama"), 0);
}

TEST(Control, WhoDoesNotDecideKnowsTheFunctions) {
  Bench bench;
  bench.put(slimfaas("ollama", 1, "300"));
  bench.control.reform();
  EXPECT_EQ(bench.control.functions().known.size(), 1u);
  EXPECT_FALSE(bench.control.running());
  bench.pass(1000s);
  EXPECT_TRUE(bench.scaler.written.empty());
}

}  // namespace
}  // namespace thaw::world
