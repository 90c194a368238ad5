// What a policy is shown of the simulated world, and when it is asked: a whole run with a policy
// that a test scripts.
#include "sim/controller_ports.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "tests/sim/scenario_builder.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace controller_ports_test {

struct Pod {
  PodFacts facts;
  std::vector<ResourceRequest> requests;
};
struct Metric {
  Presence presence;
  std::vector<Milli> series;
};
// A copy of what lives only during the question.
struct Glimpse {
  Duration at{};
  Observation seen;
  std::vector<Load> load;
  std::vector<Pod> pods;
  std::vector<Metric> metrics;
};

struct Script {
  Wants wants{.peers = {}, .metrics = {}};
  std::function<Decision(const Observation&)> decide = [](const Observation&) {
    return Decision{};
  };
  std::vector<Glimpse> glimpses;
};
Script* script = nullptr;  // of the test that runs

class Scripted final : public ScalingPolicy {
 public:
  Wants wants() const override { return script->wants; }
  Decision decide(const Observation& seen) override {
    Glimpse glimpse{seen.now - kStart, seen, {seen.load.begin(), seen.load.end()}, {}, {}};
    for (const PodFacts& pod : seen.pods)
      glimpse.pods.push_back({pod, {pod.requests.begin(), pod.requests.end()}});
    for (const MetricFacts& metric : seen.metrics)
      glimpse.metrics.push_back({metric.presence, {metric.series.begin(), metric.series.end()}});
    script->glimpses.push_back(glimpse);
    return script->decide(seen);
  }
  void reconfigure(const Spec&, Diagnostics&) override {}
  void save(StateWriter&) const override {}
  bool restore(const StateReader&) override { return true; }
};

const PolicyInfo kScripted{.name = "scripted",
                           .summary = {},
                           .source = {},
                           .params = {},
                           .governs = Governs::replicas,
                           .make = [](const Spec&, Diagnostics&) -> std::unique_ptr<ScalingPolicy> {
                             return std::make_unique<Scripted>();
                           }};

// f is function 0.
RunResult play(const Scenario& scenario, Script& own) {
  script = &own;
  RunOptions options;
  Spec spec;
  spec.name = scenario.functions[0].name;
  options.governors.push_back({spec, &kScripted});
  return simulate(scenario, options);
}

Decision every_second(const Observation& seen) {
  Decision decision;
  decision.ask_again = seen.now + 1s;
  return decision;
}

Scenario revision(Duration until) {
  Scenario scenario = bare_cluster();
  add_revision(scenario, "f");
  scenario.until = until;
  return scenario;
}

// --- pods ---

TEST(ControllerPorts, PodFactsFollowAPodFromItsNodeToItsEnd) {
  Scenario scenario = bare_cluster();
  FunctionSpec& f = add_gpu_function(scenario, "f");
  f.container_start = Distribution::constant(5s);
  f.stop = 7s;
  scenario.until = 10min;
  Script own;
  own.wants.pods = true;
  own.decide = [](const Observation& seen) {
    Decision decision;
    decision.ask_again = kStart + (seen.now < kStart + 300s ? 300s : 1000s);
    if (seen.now >= kStart + 300s) decision.desired = Replicas(0);
    return decision;
  };
  const RunResult result = play(scenario, own);
  const auto at = [&](const char* what) { return times_in(result.timeline, "f-1", what).at(0); };
  ASSERT_EQ(at("ready"), at("scheduled") + 5s);
  const auto shown = [&](Duration t) {
    const auto after = std::find_if(own.glimpses.rbegin(), own.glimpses.rend(),
                                    [&](const Glimpse& glimpse) { return glimpse.at <= t; });
    return after->pods.at(0).facts;
  };

  const PodFacts pending = shown(at("scheduled") - 1ns);
  EXPECT_EQ(pending.phase, PodPhase::pending);
  EXPECT_TRUE(pending.unschedulable);
  EXPECT_EQ(pending.started, std::nullopt);
  EXPECT_EQ(pending.created, kStart);
  EXPECT_EQ(pending.ready_changed, kStart);

  const PodFacts starting = shown(at("ready") - 1ns);
  EXPECT_EQ(starting.started, kStart + at("scheduled"));
  EXPECT_FALSE(starting.unschedulable);
  EXPECT_EQ(starting.ready, Condition::no);
  EXPECT_EQ(starting.ready_changed, kStart);

  const PodFacts ready = shown(at("ready"));
  EXPECT_EQ(ready.phase, PodPhase::running);
  EXPECT_EQ(ready.ready, Condition::yes);
  EXPECT_EQ(ready.ready_changed, kStart + at("ready"));
  EXPECT_EQ(ready.started, kStart + at("scheduled"));

  const PodFacts leaving = shown(at("terminating"));
  EXPECT_EQ(at("terminating"), 300s);
  EXPECT_TRUE(leaving.deleting);
  EXPECT_EQ(leaving.ready, Condition::no);
  EXPECT_EQ(leaving.ready_changed, kStart + 300s);
  EXPECT_EQ(own.glimpses.back().at, 307s);
  EXPECT_TRUE(own.glimpses.back().pods.empty());
}

// Or the run would never leave the instant.
TEST(ControllerPorts, WritingWhatIsThereAsksNobodyAgain) {
  Scenario scenario = bare_cluster();
  add_plain_function(scenario, "f");
  scenario.until = 3s;
  Script own;
  own.wants.pods = true;
  own.decide = [](const Observation& seen) {
    EXPECT_LT(script->glimpses.size(), 50u);
    Decision decision;
    if (script->glimpses.size() < 50) decision.desired = Replicas(1);
    decision.ask_again = seen.now + 1h;
    return decision;
  };
  play(scenario, own);
  EXPECT_LT(own.glimpses.size(), 10u);
}

TEST(ControllerPorts, APodsRequestsAreInThousandths) {
  Scenario scenario = bare_cluster();
  FunctionSpec& f = add_gpu_function(scenario, "f");
  workload_of(scenario, f).requests.memory = Bytes(1 << 30);
  scenario.until = 1s;
  Script own;
  own.wants.pods = true;
  play(scenario, own);
  const auto& requests = own.glimpses.back().pods.at(0).requests;
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].milli, 100);  // 0.1 CPU
  EXPECT_EQ(requests[1].milli, (std::int64_t{1} << 30) * 1000);
  EXPECT_EQ(requests[2].milli, 1000);  // one GPU
}

// --- load ---

TEST(ControllerPorts, LoadIsTheDataPathsOwnWhereItReports) {
  Scenario scenario = revision(5s);
  scenario.steps = {step("call", 500ms, Method::get, "/function/f/")};
  Script own;
  own.wants.load = true;
  own.decide = every_second;
  play(scenario, own);
  std::vector<Load> all;
  for (const Glimpse& glimpse : own.glimpses) {
    for (const Load& load : glimpse.load) {
      EXPECT_LE(load.at, kStart + glimpse.at);
      all.push_back(load);
    }
  }
  ASSERT_GE(all.size(), 5u);
  EXPECT_EQ(all[0].at, kStart + 500ms) << "the activator's first";
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_GT(all[i].at, all[i - 1].at) << "told once";
}

TEST(ControllerPorts, LoadIsMeasuredWhereNobodyReports) {
  Scenario scenario = bare_cluster();
  add_plain_function(scenario, "f");
  scenario.steps = {step("call", 500ms, Method::get, "/function/f/")};  // 1 s
  scenario.until = 3s + 500ms;
  Script own;
  own.wants.load = true;
  own.decide = every_second;
  play(scenario, own);
  std::vector<double> concurrency;
  for (const Glimpse& glimpse : own.glimpses)
    for (const Load& load : glimpse.load) concurrency.push_back(load.concurrency);
  ASSERT_EQ(concurrency.size(), 3u);
  EXPECT_NEAR(concurrency[0], 0.5, 1e-12);
  EXPECT_NEAR(concurrency[1], 0.5, 1e-12);
  EXPECT_NEAR(concurrency[2], 0, 1e-12);
}

TEST(ControllerPorts, ALoadThatIsNotWantedIsNotShown) {
  Scenario scenario = revision(5s);
  scenario.steps = {step("call", 500ms, Method::get, "/function/f/")};
  Script own;
  own.decide = every_second;
  play(scenario, own);
  for (const Glimpse& glimpse : own.glimpses) EXPECT_TRUE(glimpse.load.empty());
}

TEST(ControllerPorts, WhatWasToldWhileTheAutoscalerWasDownIsLost) {
  Scenario scenario = revision(60s);
  scenario.steps = {step("call", 500ms, Method::get, "/function/f/")};  // held all the time
  Fault crash;
  crash.name = "crash";
  crash.at = {10s, Instant::Anchor::start, ""};
  crash.down = 20s;
  scenario.faults = {crash};
  Script own;
  own.wants.load = true;
  own.decide = every_second;
  play(scenario, own);
  const auto back = std::find_if(own.glimpses.begin(), own.glimpses.end(),
                                 [](const Glimpse& glimpse) { return glimpse.at >= 30s; });
  ASSERT_NE(back, own.glimpses.end());
  EXPECT_EQ(back->seen.cause, Cause::start);
  EXPECT_TRUE(back->load.empty());
  for (auto glimpse = back + 1; glimpse != own.glimpses.end(); ++glimpse) {
    ASSERT_EQ(glimpse->load.size(), 1u);
    EXPECT_GT(glimpse->load[0].at, kStart + 30s);
    EXPECT_EQ(glimpse->load[0].concurrency, 1) << "the call is still there";
  }
}

// --- metrics ---

TEST(ControllerPorts, MetricsAreReadInTheOrderThatIsWanted) {
  Scenario scenario = bare_cluster();
  add_plain_function(scenario, "f");
  Step calls = step("calls", 16s, Method::get, "/function/f/");
  calls.count = 3;
  calls.service = Distribution::constant(60s);
  scenario.steps = {calls};
  scenario.until = 31s;
  const std::vector<MetricRef> metrics{{MetricSource::external, "queued", {}, {}, {}},
                                       {MetricSource::resource, "cpu", {}, {}, {}},
                                       {MetricSource::object, "in_flight", {}, {}, {}}};
  Script own;
  own.wants.metrics = metrics;
  own.decide = every_second;
  play(scenario, own);
  const auto& last = own.glimpses.back().metrics;
  ASSERT_EQ(last.size(), 3u);
  EXPECT_EQ(last[0].series, std::vector<Milli>{2000});
  EXPECT_EQ(last[1].presence, Presence::absent);
  EXPECT_EQ(last[2].series, std::vector<Milli>{1000});
  EXPECT_EQ(own.glimpses.front().metrics[0].presence, Presence::absent)
      << "before the first sample";
}

// --- the path ---

struct Asked {
  Duration at;
  Cause cause;
  bool operator==(const Asked&) const = default;
};
std::vector<Asked> asked(const Script& own) {
  std::vector<Asked> all;
  for (const Glimpse& glimpse : own.glimpses) all.push_back({glimpse.at, glimpse.seen.cause});
  return all;
}

// One replica and the path to it, decided at the start and never again.
Script serves_one(bool wants_path) {
  Script own;
  own.wants.path = wants_path;
  own.decide = [](const Observation& seen) {
    Decision decision;
    if (seen.cause == Cause::start) {
      decision.desired = Replicas(1);
      decision.path = PathMode::serve;
      decision.gateways = 1;
    }
    return decision;
  };
  return own;
}

TEST(ControllerPorts, AChangeOfThePathAsksWhoeverWantsToKnow) {
  Scenario scenario = revision(10s);
  scenario.functions[0].container_start = Distribution::constant(2s);
  Script nosy = serves_one(true), other = serves_one(false);
  play(scenario, nosy);
  EXPECT_EQ(asked(nosy), (std::vector<Asked>{{0s, Cause::start}, {2s, Cause::path}}));
  EXPECT_EQ(nosy.glimpses[0].seen.path.proxied_since, kStart);
  EXPECT_EQ(nosy.glimpses[1].seen.path.mode, PathMode::serve);
  EXPECT_EQ(nosy.glimpses[1].seen.path.proxied_since, std::nullopt);
  EXPECT_EQ(nosy.glimpses[1].seen.ready, Replicas(1));
  play(scenario, other);
  EXPECT_EQ(asked(other), (std::vector<Asked>{{0s, Cause::start}}));
}

TEST(ControllerPorts, ADecisionOnThePathAloneWritesNoReplicas) {
  Scenario scenario = revision(10s);
  Script own;
  own.decide = [](const Observation& seen) {
    Decision decision = every_second(seen);
    if (seen.now == kStart + 3s) decision.path = PathMode::serve;
    return decision;
  };
  const RunResult result = play(scenario, own);
  EXPECT_EQ(own.glimpses[3].seen.path.mode, PathMode::proxy);
  EXPECT_EQ(own.glimpses[4].seen.path.mode, PathMode::serve);
  EXPECT_EQ(own.glimpses.back().seen.last_write.ticket, 0u);
  for (const TimelineEvent& event : result.timeline) EXPECT_NE(event.kind, EventKind::decision);
}

TEST(ControllerPorts, AFirstCallOfAColdRevisionAsksAtOnce) {
  Scenario scenario = revision(10s);
  scenario.steps = {step("call", 1500ms, Method::get, "/function/f/")};
  Script own;
  own.wants.arrivals_at_zero = true;
  own.wants.load = true;
  play(scenario, own);
  EXPECT_EQ(asked(own), (std::vector<Asked>{{0s, Cause::start}, {1500ms, Cause::arrival_at_zero}}));
  ASSERT_EQ(own.glimpses[1].load.size(), 1u);
  EXPECT_EQ(own.glimpses[1].load[0].concurrency, 1);
  EXPECT_EQ(own.glimpses[1].seen.queued, 1u);
}

}  // namespace controller_ports_test
}  // namespace thaw::sim
