// Faults that last and concern no pool: a registry that is out or slow, metrics that are not there,
// stay as they are or are NaN, writes that take longer, a clock that is off.
#include <gtest/gtest.h>

#include "sim/controller_ports.hpp"
#include "sim/simulation.hpp"
#include "tests/sim/own_process.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace disturbances_test {

using Times = std::vector<Duration>;

Fault fault(Fault::Kind kind, Duration at = {}, std::optional<Duration> lasts = {}) {
  Fault made;
  made.kind = kind;
  made.name = "fault";
  made.at.offset = at;
  made.lasts = lasts;
  return made;
}

// --- the registry ---

// An image of 1 GB at 100 MB/s: 10 s. The registry is out from `from` to `to`; looked at after
// 10 min.
void with_registry_out(Duration from, Duration to, const std::function<void(TestBed&)>& play,
                       const std::function<void(const TestBed&)>& look) {
  Scenario scenario = platform();
  scenario.cluster.links.pull = BytesPerSecond(100'000'000);
  add_function(scenario, "f").image = Bytes(1'000'000'000);
  const Fault out = fault(Fault::Kind::registry_outage);
  in_own_process([&] {
    TestBed bed(scenario);
    bed.at(from, [&] { bed.world.disturbances.push_back(&out); });
    bed.at(to, [&] { bed.world.disturbances.clear(); });
    play(bed);
    bed.run_until(10min);
    look(bed);
  });
}

TEST(RegistryOutage, IsMetByTheBackOffOfTheKubelet) {
  with_registry_out(
      0s, 35s, [](TestBed& bed) { bed.at(1s, [&] { bed.pods.create(0); }); },
      [](const TestBed& bed) {
        // 10 s after the first time, then 20 s, then 40 s.
        EXPECT_EQ(bed.times("f-1", "pull_failed"), (Times{1s, 11s, 31s}));
        EXPECT_EQ(bed.times("f-1", "pulled"), (Times{81s}));
      });
}

TEST(RegistryOutage, OfLongStandingIsTriedEveryFiveMinutes) {
  with_registry_out(
      0s, 1h, [](TestBed& bed) { bed.at(0s, [&] { bed.pods.create(0); }); },
      [](const TestBed& bed) {
        // 10 + 20 + 40 + 80 + 160 = 310; the next, of 300 s instead of 320 s, is at 610.
        EXPECT_EQ(bed.times("f-1", "pull_failed"), (Times{0s, 10s, 30s, 70s, 150s, 310s}));
      });
}

TEST(RegistryOutage, LeavesAPullThatIsOnItsWay) {
  with_registry_out(
      5s, 1h, [](TestBed& bed) { bed.at(1s, [&] { bed.pods.create(0); }); },
      [](const TestBed& bed) { EXPECT_EQ(bed.times("f-1", "pulled"), (Times{11s})); });
}

TEST(RegistryOutage, EndsForAllPodsOfANodeWithTheFirstPull) {
  with_registry_out(
      0s, 35s,
      [](TestBed& bed) {
        bed.at(1s, [&] { bed.pods.create(0); });   // would try again at 71 s
        bed.at(40s, [&] { bed.pods.create(0); });  // pulls at once
      },
      [](const TestBed& bed) {
        EXPECT_EQ(bed.times("f-1", "pulled"), (Times{50s}));
        EXPECT_EQ(bed.times("f-2", "pulled"), (Times{50s}));
        EXPECT_EQ(bed.times("f-1", "ready").size(), 1U);
      });
}

// An image of 1 GB at 100 MB/s, the registry's link; it begins to come at 0 s.
Scenario with_a_slow_registry(std::vector<Fault> faults, const std::vector<double>& times) {
  Scenario scenario = platform();
  Links& links = scenario.cluster.links;
  links.pull = links.node = BytesPerSecond(1'000'000'000);
  links.registry = BytesPerSecond(100'000'000);
  add_function(scenario, "f").image = Bytes(1'000'000'000);
  scenario.until = 5min;
  for (std::size_t i = 0; i < faults.size(); ++i) faults[i].times = times[i];
  scenario.faults = std::move(faults);
  return scenario;
}

// 400 MB by 4 s, 200 MB at a fifth of the speed by 14 s, and the rest: 18 s.
TEST(SlowRegistry, SlowsWhatIsOnItsWayForAsLongAsItLasts) {
  const Scenario scenario =
      with_a_slow_registry({fault(Fault::Kind::registry_outage, 4s, 10s)}, {5});
  in_own_process([&] {
    RunOptions options;
    options.audit = true;
    const RunResult result = simulate(scenario, options);
    EXPECT_EQ(times_in(result.timeline, "f-1", "pulled"), (Times{18s}));
    EXPECT_EQ(times_in(result.timeline, "f-1", "pull_failed"), Times{});
    ASSERT_TRUE(result.summary.audit);
    for (const auto& proof : result.summary.audit->proofs) EXPECT_TRUE(proof.held) << proof.detail;
  });
}

// 200 MB by 4 s at half the speed, and 800 MB at a tenth.
TEST(SlowRegistry, SlowsAFlowThatBeginsMeanwhileAndSeveralMultiply) {
  const Scenario scenario = with_a_slow_registry(
      {fault(Fault::Kind::registry_outage, 0s), fault(Fault::Kind::registry_outage, 4s)}, {2, 5});
  in_own_process([&] {
    const RunResult result = simulate(scenario, {});
    EXPECT_EQ(times_in(result.timeline, "f-1", "pulled"), (Times{84s}));
  });
}

// --- metrics ---

const MetricRef kInFlight{MetricSource::external, "in_flight", {}, {}, {}};
const MetricRef kRate{MetricSource::external, "requests_per_second", {}, {}, {}};
const MetricRef kBusy{MetricSource::external, "gpu_utilization", {}, {}, {}};

struct Sampled : TestBed {
  Sampled() : TestBed(scenario()) {
    pod(0);
    metrics.sample(0, {});
  }
  static Scenario scenario() {
    Scenario made = bare_cluster();
    add_function(made, "f").service.slots = 9;
    made.functions[0].service.cpu = Millicores(1000);
    // Of calls that the load makes requests_per_second tells: seven while all is stale, and three.
    made.steps = {step("seven", 22s, Method::get, "/function/f/"),
                  step("three", 50s, Method::get, "/function/f/")};
    made.steps[0].count = 7;
    made.steps[1].count = 3;
    return made;
  }
  void calls(int number, Duration work) {
    for (int i = 0; i < number; ++i) call(Method::get, "/function/f/", work);
  }
};

TEST(MetricsOutage, LeavesNothingToRead) {
  Fault out = fault(Fault::Kind::metrics_outage);
  Sampled bed;
  bed.run_until(20s);
  EXPECT_EQ(bed.metrics.read(0, kInFlight).presence, Presence::ok);
  bed.world.disturbances.push_back(&out);
  EXPECT_EQ(bed.metrics.read(0, kInFlight).presence, Presence::absent);
  bed.world.disturbances.clear();
  EXPECT_EQ(bed.metrics.read(0, kInFlight).presence, Presence::ok);
}

TEST(MetricsOutage, OfNaNIsNoNumberButForResources) {
  Fault out = fault(Fault::Kind::metrics_outage);
  out.answer = Fault::Metrics::nan;
  Sampled bed;
  bed.run_until(31s);
  bed.world.disturbances.push_back(&out);
  EXPECT_EQ(bed.metrics.read(0, kInFlight).presence, Presence::nan);
  const MetricRef cpu{MetricSource::resource, "cpu", {}, {}, {}};
  EXPECT_EQ(bed.metrics.read(0, cpu).presence, Presence::ok) << "metrics-server has whole numbers";
  bed.world.disturbances.clear();
  EXPECT_EQ(bed.metrics.read(0, kInFlight).presence, Presence::ok);
}

TEST(MetricsOutage, OfStaleOnesKeepsTheLastSampleAndItsTime) {
  Fault out = fault(Fault::Kind::metrics_outage);
  out.answer = Fault::Metrics::stale;
  Sampled bed;
  bed.at(1s, [&] { bed.calls(2, 20s); });
  bed.at(20s, [&] { bed.world.disturbances.push_back(&out); });
  bed.at(40s, [&] { bed.world.disturbances.clear(); });
  bed.load.start();
  bed.run_until(39s);
  EXPECT_EQ(bed.metrics.read(0, kInFlight).series[0], 2000) << "they ended at 21 s";
  EXPECT_EQ(bed.metrics.read(0, kInFlight).taken, kStart + 15s);
  bed.run_until(45s);
  EXPECT_EQ(bed.metrics.read(0, kInFlight).series[0], 0);
  EXPECT_EQ(bed.metrics.read(0, kInFlight).taken, kStart + 45s);
  EXPECT_EQ(bed.metrics.read(0, kRate).series[0], 0) << "the seven came before 30 s";
  bed.run_until(60s);
  EXPECT_EQ(bed.metrics.read(0, kRate).series[0], 200) << "three in 15 s";
}

TEST(MetricsOutage, OfStaleOnesAnswersForGpusAsBefore) {
  Fault out = fault(Fault::Kind::metrics_outage);
  out.answer = Fault::Metrics::stale;
  Scenario scenario = platform();
  scenario.cluster.pools.push_back(pool("gpu", 1, 1, 1));
  add_gpu_function(scenario, "f");
  TestBed bed(scenario);
  const std::vector<MetricRef> wanted{kBusy};
  bed.metrics.sample(0, wanted);
  bed.run_until(0s);
  Pod& pod = bed.pods.get(bed.pod(0));
  const auto set_busy = [&](int calls) {
    pod.in_service = calls;
    bed.metrics.gpu_series().busy_changed(pod);
  };
  bed.metrics.gpu_series().pod_changed(pod);
  set_busy(1);
  bed.run_until(2min);
  const MetricFacts before = bed.metrics.read(0, kBusy);
  ASSERT_EQ(before.presence, Presence::ok);
  EXPECT_EQ(before.series[0], 100'000);
  const TimePoint taken = before.taken;
  bed.world.disturbances.push_back(&out);
  set_busy(0);
  bed.run_until(4min);
  EXPECT_EQ(bed.metrics.read(0, kBusy).series[0], 100'000);
  EXPECT_EQ(bed.metrics.read(0, kBusy).taken, taken);
  bed.world.disturbances.clear();
  EXPECT_EQ(bed.metrics.read(0, kBusy).series[0], 0);
}

// --- writes ---

// Without settings and without a memory.
class Plain : public ScalingPolicy {
 public:
  Wants wants() const override { return {.pods = true, .peers = {}, .metrics = {}}; }
  void reconfigure(const Spec&, Diagnostics&) override {}
  void save(StateWriter&) const override {}
  bool restore(const StateReader&) override { return true; }
};

// Wants 2 replicas from 10 s on, 3 from 12 s, 4 from 40 s, and looks once a second.
class Steps final : public Plain {
 public:
  Decision decide(const Observation& seen) override {
    const Duration t = seen.now - kStart;
    Decision decision;
    decision.ask_again = seen.now + 1s;
    decision.desired = Replicas(t < 10s ? 1 : t < 12s ? 2 : t < 40s ? 3 : 4);
    return decision;
  }
};

// Wants a second replica from half past the start's minute on, and sleeps until then.
class Sleeper final : public Plain {
 public:
  Decision decide(const Observation& seen) override {
    const TimePoint due = kStart + 30s;
    Decision decision;
    decision.desired = Replicas(seen.now < due ? 1 : 2);
    decision.ask_again = seen.now < due ? due : TimePoint::never();
    return decision;
  }
};

template <class Policy>
PolicyInfo one_that_is() {
  return {.name = "plain",
          .summary = {},
          .source = {},
          .params = {},
          .governs = Governs::replicas,
          .make = [](const Spec&, Diagnostics&) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<Policy>();
          }};
}

template <class Policy>
RunOptions governed_by() {
  static const PolicyInfo policy = one_that_is<Policy>();
  RunOptions options;
  Spec spec;
  spec.name = "f";
  options.governors.push_back({spec, &policy});
  return options;
}

TEST(ApiThrottling, HoldsUpAWriteAndTheNextUntilItHasArrived) {
  Scenario scenario = bare_cluster();
  add_function(scenario, "f");
  scenario.until = 1min;
  scenario.faults = {fault(Fault::Kind::api_throttling, 5s, 30s)};
  scenario.faults[0].delay = 7s;
  const RunResult result = simulate(scenario, governed_by<Steps>());
  const auto created = [&](const char* pod) { return times_in(result.timeline, pod, "created"); };
  EXPECT_EQ(created("f-2"), (Times{17s}));  // wanted at 10 s
  EXPECT_EQ(created("f-3"), (Times{24s}));  // wanted at 12 s, sent at 17 s
  EXPECT_EQ(created("f-4"), (Times{40s})) << "it is over at 35 s";
  Times told;
  for (const TimelineEvent& event : result.timeline)
    if (event.kind == EventKind::fault) told.push_back(event.at - kStart);
  EXPECT_EQ(told, (Times{5s, 35s}));
}

// --- the clock ---

struct Skew {
  Duration at{}, off{};
  std::optional<Duration> lasts = {};
};

Scenario with_clock_off(const Skew& skew) {
  Scenario scenario = bare_cluster();
  add_function(scenario, "f");
  scenario.until = 2min;
  scenario.faults = {fault(Fault::Kind::clock_skew, skew.at, skew.lasts)};
  scenario.faults[0].off = skew.off;
  return scenario;
}

TEST(ClockSkew, MovesWhatTheControllerSleepsUntil) {
  struct Row {
    Skew skew;
    Duration second;  // when the second replica comes
  };
  for (const auto& [skew, second] :
       std::vector<Row>{{{5s, 10s}, 20s},        // its half past is ten seconds early
                        {{5s, -10s}, 40s},       // or late
                        {{5s, 1h}, 5s},          // and over when the clock jumps past it
                        {{5s, -10s, 10s}, 30s},  // right again before it comes
                        {{5s, -10s, 30s}, 35s},  // put right when it is over already
                        {{5s, 1h, 10s}, 5s}}) {
    const RunResult result = simulate(with_clock_off(skew), governed_by<Sleeper>());
    EXPECT_EQ(times_in(result.timeline, "f-2", "created"), (Times{second}))
        << to_text(skew.at) << " " << to_text(skew.off);
  }
}

TEST(ClockSkew, LeavesFactsOfTheClusterTheirTime) {
  RunOptions options = governed_by<Steps>();
  int seen_off = 0;
  options.decided = [&](const DecisionSeen& one) {
    for (const PodFacts& pod : one.seen.pods)
      if (pod.id == 1) {
        EXPECT_EQ(pod.created, kStart);
      }
    EXPECT_EQ(one.seen.facts_taken, one.seen.now) << "it took them itself";
    seen_off += one.seen.now >= kStart + 1h;
  };
  const RunResult result = simulate(with_clock_off({5s, 1h, 10s}), options);
  EXPECT_GE(seen_off, 10) << "once a second, for ten seconds";
  Times told;
  for (const TimelineEvent& event : result.timeline)
    if (event.kind == EventKind::fault) told.push_back(event.at - kStart);
  EXPECT_EQ(told, (Times{5s, 15s})) << "the timeline has the true time";
}

TEST(ClockSkew, ReportsAreNotedByTheClockThatIsOff) {
  Scenario scenario = with_clock_off({5s, 1h});
  TestBed bed(scenario);
  Deployments deployments(bed.world, bed.pods);
  ControllerPorts ports(bed.world, bed.pods, deployments, bed.gateway, bed.meter, bed.metrics);
  bed.meter.listen(0);
  ports.set_clock(1h);
  bed.run_until(3s);
  const Observation& seen =
      ports.observe(0, {.peers = {}, .load = true, .metrics = {}}, Cause::timer);
  EXPECT_EQ(seen.now, kStart + 1h + 3s);
  ASSERT_FALSE(seen.load.empty());
  EXPECT_EQ(seen.load[0].at, kStart + 1h + 1s - 1ns);
}

}  // namespace disturbances_test
}  // namespace thaw::sim
