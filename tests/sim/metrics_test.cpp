// What the simulated metrics API answers, and how old it is.
#include "sim/metrics.hpp"

#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace metrics_test {

constexpr Duration kPeriod = 15s;
constexpr const char* kPath = "/function/f/";

MetricRef ref(MetricSource source, const std::string& name) { return {source, name, {}, {}, {}}; }
MetricRef of_function(const std::string& name) { return ref(MetricSource::external, name); }
MetricRef of_pods(const std::string& name) { return ref(MetricSource::pods, name); }

// f serves two calls at once on each replica.
struct Bed : TestBed {
  explicit Bed(int replicas, std::vector<Step> steps = {}) : TestBed(scenario(std::move(steps))) {
    for (int i = 0; i < replicas; ++i) pod(0);
    metrics.sample(0, {});
  }
  explicit Bed(const Scenario& made) : TestBed(made) {
    pod(0);
    metrics.sample(0, {});
  }
  static Scenario scenario(std::vector<Step> steps) {
    Scenario made = bare_cluster();
    add_function(made, "f").service.slots = 2;
    made.steps = std::move(steps);
    return made;
  }
  void serve(int calls, Duration work) {
    for (int i = 0; i < calls; ++i) call(Method::get, kPath, work);
  }
  Milli total(const std::string& name) {
    const MetricFacts facts = metrics.read(0, of_function(name));
    EXPECT_EQ(facts.presence, Presence::ok) << name;
    EXPECT_EQ(facts.series.size(), 1u) << name;
    return facts.series.empty() ? -1 : facts.series[0];
  }
  std::vector<Milli> each(const std::string& name) {
    std::vector<Milli> values;
    for (const PodSample& sample : metrics.read(0, of_pods(name)).pods)
      values.push_back(sample.value);
    return values;
  }
};

TEST(Metrics, AnswersOfTheLastSampleWithItsTime) {
  Bed bed(1);
  EXPECT_EQ(bed.metrics.read(0, of_function("in_flight")).presence, Presence::absent)
      << "nothing was sampled yet";
  bed.at(1s, [&] { bed.serve(2, 20s); });
  bed.run_until(29s);
  EXPECT_EQ(bed.metrics.read(0, of_function("in_flight")).taken, kStart + kPeriod);
  EXPECT_EQ(bed.total("in_flight"), 2000) << "as it was at 15 s, though they ended at 21 s";
  bed.run_until(30s);
  EXPECT_EQ(bed.metrics.read(0, of_function("in_flight")).taken, kStart + 2 * kPeriod);
  EXPECT_EQ(bed.total("in_flight"), 0);
}

TEST(Metrics, AreScrapedAndToldLaterAsTheScenarioSays) {
  Scenario scenario = Bed::scenario({});
  scenario.metrics.scrape = 10s;
  scenario.metrics.latency_offset = 25s;
  Bed bed(scenario);
  bed.at(11s, [&] { bed.serve(2, 4s); });  // seen by no scrape
  bed.at(15s, [&] { bed.serve(1, 10s); });
  bed.run_until(34s + 999ms);
  EXPECT_EQ(bed.metrics.read(0, of_function("in_flight")).presence, Presence::absent)
      << "the first scrape, at 10 s, is told 25 s later";
  bed.run_until(44s);
  EXPECT_EQ(bed.metrics.read(0, of_function("in_flight")).taken, kStart + 10s);
  bed.run_until(45s);
  EXPECT_EQ(bed.metrics.read(0, of_function("in_flight")).taken, kStart + 20s);
  EXPECT_EQ(bed.total("in_flight"), 1000);
  bed.run_until(1h);
  EXPECT_EQ(bed.metrics.read(0, of_function("in_flight")).taken, kStart + 1h - 30s);
}

TEST(Metrics, CountsWhatIsServedAndWhatWaits) {
  Bed bed(2);
  bed.at(1s, [&] { bed.serve(7, 60s); });
  bed.run_until(kPeriod);
  EXPECT_EQ(bed.total("in_flight"), 4000);
  EXPECT_EQ(bed.total("queued"), 3000);
  EXPECT_EQ(bed.total("concurrency"), 7000);
  EXPECT_EQ(bed.total("slimfaas_function_queue_in_flight_items"), 4000);
  EXPECT_EQ(bed.total("slimfaas_function_queue_ready_items{function=\"f\"}"), 3000);
  EXPECT_EQ(bed.each("in_flight"), (std::vector<Milli>{2000, 2000}));
  EXPECT_EQ(bed.each("concurrency"), (std::vector<Milli>{2000, 2000}));
}

TEST(Metrics, RequestsPerSecondAreOfTheLastPeriod) {
  Step calls = step("calls", 1s, Method::get, kPath);
  calls.count = 7;
  Bed bed(1, {calls});
  bed.load.start();
  bed.run_until(kPeriod);
  EXPECT_EQ(bed.total("requests_per_second"), 466);  // 7 in 15 s: 0.4666…, in whole thousandths
  bed.run_until(2 * kPeriod);
  EXPECT_EQ(bed.total("requests_per_second"), 0);
}

TEST(Metrics, RequestsPerSecondAreOfTheLastScrape) {
  Step calls = step("calls", 1s, Method::get, kPath);
  calls.count = 7;
  Scenario scenario = Bed::scenario({calls});
  scenario.metrics.scrape = 2500ms;
  Bed bed(scenario);
  bed.load.start();
  bed.run_until(2500ms);
  EXPECT_EQ(bed.total("requests_per_second"), 2800);
}

TEST(Metrics, OnlyReadyReplicasAreSampled) {
  Bed bed(2);
  bed.run_until(5s);
  bed.serve(4, 60s);
  bed.remove(2);
  bed.run_until(kPeriod);
  const auto pods = bed.metrics.read(0, of_pods("in_flight")).pods;
  ASSERT_EQ(pods.size(), 1u);
  EXPECT_EQ(pods[0].pod, 1u);
}

TEST(Metrics, CpuIsWhatRequestsKeptBusyOverThePeriod) {
  Scenario scenario = bare_cluster();
  FunctionSpec& f = add_function(scenario, "f");
  f.service.slots = 2;
  f.service.cpu = Millicores(400);
  Bed bed(scenario);
  const MetricRef cpu = ref(MetricSource::resource, "cpu");
  bed.at(16s, [&] { bed.serve(3, 9s); });
  bed.run_until(kPeriod);
  EXPECT_TRUE(bed.metrics.read(0, cpu).pods.empty()) << "of the first sample nothing is known";
  bed.run_until(2 * kPeriod);
  const auto pods = bed.metrics.read(0, cpu).pods;
  ASSERT_EQ(pods.size(), 1u);
  // Two from 16 s to 25 s, the third from 25 s to 30 s: (2 * 9 + 5) s of 15 s, at 0.4 CPUs.
  EXPECT_EQ(pods[0].value, 400 * 23 / 15);
  EXPECT_EQ(pods[0].window, kPeriod);
}

TEST(Metrics, WhatIsNotModelledIsAbsent) {
  Bed bed(1);
  bed.run_until(kPeriod);
  for (const MetricRef& metric :
       {ref(MetricSource::resource, "cpu"), ref(MetricSource::container_resource, "memory"),
        ref(MetricSource::resource, "in_flight"), of_pods("cpu"), of_function("in_flights")}) {
    EXPECT_EQ(bed.metrics.read(0, metric).presence, Presence::absent) << metric.name;
  }
  for (const MetricSource source :
       {MetricSource::object, MetricSource::external, MetricSource::query, MetricSource::pods})
    EXPECT_EQ(bed.metrics.read(0, ref(source, "in_flight")).presence, Presence::ok);
}

}  // namespace metrics_test
}  // namespace thaw::sim
