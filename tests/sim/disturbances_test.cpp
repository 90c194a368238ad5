// Faults that last and concern neither a pool nor the controller: a registry that is out, metrics
// that are not there or stay as they are, writes that take longer.
#include <gtest/gtest.h>

#include "tests/sim/own_process.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace {

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

TEST(MetricsOutage, OfStaleOnesKeepsTheLastSampleAndItsTime) {
  Fault out = fault(Fault::Kind::metrics_outage);
  out.stale = true;
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
  out.stale = true;
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

// Wants 2 replicas from 10 s on, 3 from 12 s, 4 from 40 s, and looks once a second.
class Steps final : public ScalingPolicy {
 public:
  Wants wants() const override { return {.peers = {}, .metrics = {}}; }
  Decision decide(const Observation& seen) override {
    const Duration t = seen.now - kStart;
    Decision decision;
    decision.ask_again = seen.now + 1s;
    decision.desired = Replicas(t < 10s ? 1 : t < 12s ? 2 : t < 40s ? 3 : 4);
    return decision;
  }
  void reconfigure(const Spec&, Diagnostics&) override {}
  void save(StateWriter&) const override {}
  bool restore(const StateReader&) override { return true; }
};

const PolicyInfo kSteps{.name = "steps",
                        .summary = {},
                        .source = {},
                        .params = {},
                        .governs = Governs::replicas,
                        .make = [](const Spec&, Diagnostics&) -> std::unique_ptr<ScalingPolicy> {
                          return std::make_unique<Steps>();
                        }};

TEST(ApiThrottling, HoldsUpAWriteAndTheNextUntilItHasArrived) {
  Scenario scenario = bare_cluster();
  add_function(scenario, "f");
  scenario.until = 1min;
  scenario.faults = {fault(Fault::Kind::api_throttling, 5s, 30s)};
  scenario.faults[0].delay = 7s;
  RunOptions options;
  Spec spec;
  spec.name = "f";
  options.governors.push_back({spec, &kSteps});
  const RunResult result = simulate(scenario, options);
  const auto created = [&](const char* pod) { return times_in(result.timeline, pod, "created"); };
  EXPECT_EQ(created("f-2"), (Times{17s}));  // wanted at 10 s
  EXPECT_EQ(created("f-3"), (Times{24s}));  // wanted at 12 s, sent at 17 s
  EXPECT_EQ(created("f-4"), (Times{40s})) << "it is over at 35 s";
  Times told;
  for (const TimelineEvent& event : result.timeline)
    if (event.kind == EventKind::fault) told.push_back(event.at - kStart);
  EXPECT_EQ(told, (Times{5s, 35s}));
}

}  // namespace
}  // namespace thaw::sim
