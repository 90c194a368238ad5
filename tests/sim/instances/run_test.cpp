// Whole runs of standalone functions, small enough to be followed by hand.
#include <gtest/gtest.h>

#include "tests/sim/instances/standalone.hpp"

namespace thaw::sim {
namespace run_test {

using Texts = std::vector<std::string>;

// One request a minute, the first after one minute, each served in 1 s by an instance that stays.
const std::string kClock =
    "functions: {f: {policy: \"keep_alive:idle=10min\", service: {seconds: 1s, dispatch: "
    "newest}}}\n"
    "workload: [{function: f, arrivals: {process: constant, rate: 1/min}, until: 1h}]\n";

TEST(InstancesRun, CountsAClockByHand) {
  const RunResult result = run(kClock);
  const Summary::Function& f = result.summary.functions.at("f");
  // 59 arrivals before 1 h; the run ends with the workload, the last service at 59min1s.
  EXPECT_EQ(f.requests.total, 59);
  EXPECT_EQ(f.requests.completed, 59);
  EXPECT_EQ(f.requests.cold, 1);
  EXPECT_DOUBLE_EQ(*f.cold_start_probability, 1. / 59);
  EXPECT_DOUBLE_EQ(result.summary.simulated_s, 3600);
  EXPECT_DOUBLE_EQ(f.replicas_mean, 59. / 60);
  EXPECT_DOUBLE_EQ(f.busy_mean, 59. / 3600);
  EXPECT_DOUBLE_EQ(f.idle_mean, 59. / 60 - 59. / 3600);
  EXPECT_DOUBLE_EQ(*f.in_system_mean, 59. / 3600);
  EXPECT_DOUBLE_EQ(f.latency_s->mean, 1);
  EXPECT_EQ(f.replicas_peak, 1);
  EXPECT_EQ(f.scale_ups, 1);
  EXPECT_EQ(f.scale_downs, 0);
  EXPECT_EQ(f.mean_life_s, std::nullopt);
  EXPECT_EQ(f.scaled_by, "keep_alive");
  EXPECT_EQ(samples(result, "f", "replicas").front(), 0);
  EXPECT_EQ(samples(result, "f", "replicas").back(), 1);
}

TEST(InstancesRun, WithoutUntilTheLastRequestIsWaitedFor) {
  const RunResult result =
      run("functions: {f: {servers: 1, service: {seconds: 100s, dispatch: newest}}}\n"
          "workload: [{function: f, arrivals: {process: constant, rate: 1/min}, until: 150s}]\n");
  // Arrivals at 60 and 120 s; the second waits until 160 s.
  EXPECT_DOUBLE_EQ(result.summary.simulated_s, 260);
  EXPECT_DOUBLE_EQ(*result.summary.functions.at("f").in_system_mean, (100. + 140.) / 260);
}

TEST(InstancesRun, WithUntilItEndsThereAndTellsWhatIsUnfinished) {
  const RunResult result =
      run("until: 170s\n"
          "functions: {f: {servers: 1, service: {seconds: 100s, dispatch: newest}}}\n"
          "workload: [{function: f, arrivals: {process: constant, rate: 1/min}, until: 150s}]\n");
  const Summary::Function& f = result.summary.functions.at("f");
  EXPECT_DOUBLE_EQ(result.summary.simulated_s, 170);
  EXPECT_EQ(f.requests.unfinished, 1);
  EXPECT_DOUBLE_EQ(*f.in_system_mean, (100. + 50.) / 170);
  EXPECT_DOUBLE_EQ(f.busy_mean, 110. / 170);
}

TEST(InstancesRun, ByASecondTheKeepAliveDecidesOverAllColdStarts) {
  // A gap of a minute, of which a second is service: idle for 59 s.
  for (const auto& [idle, cold] : {std::pair{"59001ms", 1}, std::pair{"59s", 59}}) {
    const auto f = figures(
        "functions: {f: {policy: \"keep_alive:idle=" + std::string(idle) +
        "\", service: {seconds: 1s, dispatch: newest}}}\n"
        "workload: [{function: f, arrivals: {process: constant, rate: 1/min}, until: 1h}]\n");
    EXPECT_EQ(f.requests.cold, cold);
  }
}

TEST(InstancesRun, WarmUpHidesWhatComesBeforeIt) {
  const RunResult result = run(kClock + "warmUp: 30min\n");
  const Summary::Function& f = result.summary.functions.at("f");
  // Arrivals at 30min … 59min: an arrival at the very end of the warm-up counts.
  EXPECT_EQ(f.requests.total, 30);
  EXPECT_EQ(f.requests.cold, 0);
  EXPECT_DOUBLE_EQ(f.replicas_mean, 1);
  EXPECT_DOUBLE_EQ(f.busy_mean, 30. / 1800);
  EXPECT_EQ(f.scale_ups, 0);
  EXPECT_EQ(f.replicas_peak, 1) << "made before, but there";
}

TEST(InstancesRun, ThePeakAfterTheWarmUpForgetsTheCrowdBefore) {
  const Folder folder;
  folder.write("trace.csv", "arrival_s,function\n0,f\n0,f\n0,f\n100,f\n");
  const std::string body =
      "functions: {f: {policy: \"keep_alive:idle=10s\", service: {seconds: 1s, dispatch: "
      "newest}}}\n"
      "workload: [{trace: trace.csv}]\n"
      "sampling: 1000s\n";
  EXPECT_EQ(run(folder.load(body)).summary.functions.at("f").replicas_peak, 3);
  EXPECT_EQ(run(folder.load(body + "warmUp: 50s\n")).summary.functions.at("f").replicas_peak, 1);
  EXPECT_EQ(run(folder.load(body + "warmUp: 5s\n")).summary.functions.at("f").replicas_peak, 3);
}

// Two functions share a cluster of one instance. f's is idle from 1 s and over at 11 s, though
// nobody of f looks; g's request finds the place at 11 s and not a nanosecond before.
TEST(InstancesRun, WhatIsOverInOneFunctionMakesRoomForAnother) {
  for (const auto& [arrival, served] : {std::pair{"10.999999999", 0}, std::pair{"11", 1}}) {
    const Folder folder;
    folder.write("trace.csv", "arrival_s,function\n0,f\n" + std::string(arrival) + ",g\n");
    const RunResult result = run(folder.load(
        "cluster: {instances: 1}\n"
        "functions:\n"
        "  f: {policy: \"keep_alive:idle=10s\", service: {seconds: 1s, dispatch: newest}}\n"
        "  g: {policy: \"keep_alive:idle=10s\", service: {seconds: 1s, dispatch: newest}}\n"
        "workload: [{trace: trace.csv}]\n"
        "sampling: 1000s\n"));
    const Summary::Function& g = result.summary.functions.at("g");
    EXPECT_EQ(g.requests.completed, served) << arrival;
    EXPECT_EQ(g.requests.rejected, 1 - served) << arrival;
  }
}

// A full cluster is looked through only when something can have ended; a later end is not missed.
TEST(InstancesRun, AFullClusterIsLookedThroughAgainInTime) {
  const Folder folder;
  // f is busy until 5 s (over at 15 s), h until 1 s (over at 4 s, by its own clock of 3 s).
  folder.write("trace.csv",
               "arrival_s,function,duration_s\n"
               "0,f,5\n0,h,1\n0.5,g,1\n3.9,g,1\n4,g,1\n4.1,g,20\n14.9,h,1\n15,h,1\n");
  const RunResult result = run(folder.load(
      "cluster: {instances: 2}\n"
      "functions:\n"
      "  f: {policy: \"keep_alive:idle=10s\", service: {seconds: 1s, dispatch: newest}}\n"
      "  g: {policy: \"keep_alive:idle=10s\", service: {seconds: 1s, dispatch: newest}}\n"
      "  h: {policy: \"keep_alive:idle=3s\", service: {seconds: 1s, dispatch: newest}}\n"
      "workload: [{trace: trace.csv}]\n"
      "sampling: 1000s\n"));
  // g: refused at 0.5 and 3.9 s, served at 4 s, refused at 4.1 s (its one is busy, f's still
  // there). h: at 14.9 s g's (over at 15 s) and f's are there; at 15 s both are gone.
  const auto& functions = result.summary.functions;
  EXPECT_EQ(functions.at("g").requests.completed, 1);
  EXPECT_EQ(functions.at("g").requests.rejected, 3);
  EXPECT_EQ(functions.at("h").requests.completed, 2);
  EXPECT_EQ(functions.at("h").requests.rejected, 1);
}

// Answer and next call 10 s apart, services of 1 s: 3 clients make 3 calls in 11 s.
TEST(InstancesRun, ClientsThinkBetweenAnswerAndNextCall) {
  const auto f = figures(
      "functions: {f: {servers: 3, service: {seconds: 1s, dispatch: newest}}}\n"
      "workload: [{function: f, arrivals: {process: closed, clients: 3, think: 10s}, until: "
      "1100s}]\n");
  EXPECT_EQ(f.requests.total, 300);
  EXPECT_DOUBLE_EQ(f.latency_s->max, 1);
}

TEST(InstancesRun, ClientsWaitForTheirAnswer) {
  // One server: the three calls of the start end at 1, 2, 3 s; from then on they come 11 s apart.
  const auto f = figures(
      "functions: {f: {servers: 1, service: {seconds: 1s, dispatch: newest}}}\n"
      "workload: [{function: f, arrivals: {process: closed, clients: 3, think: 10s}, until: "
      "22s}]\n");
  EXPECT_EQ(f.requests.total, 6);  // at 0, 0, 0, 11, 12, 13 s; the next at 22 s is too late
  EXPECT_DOUBLE_EQ(f.latency_s->mean, (1. + 2 + 3 + 1 + 1 + 1) / 6);
}

TEST(InstancesRun, ARefusedClientThinksAndComesAgain) {
  const auto f = figures(
      "functions: {f: {policy: \"keep_alive:idle=60s\", instances: {max: 1},\n"
      "                service: {seconds: 4s, dispatch: newest}}}\n"
      "workload: [{function: f, arrivals: {process: closed, clients: 2, think: 3s}, until: "
      "12s}]\n");
  // First: 0 s, 7 s (3 s after its answer at 4 s). Second: refused at 0 s and 3 s, served at 6 s,
  // when the first is then refused at 7 s and comes again at 10 s, as the second is answered.
  EXPECT_EQ(f.requests.total, 6);
  EXPECT_EQ(f.requests.rejected, 3);
  EXPECT_EQ(f.requests.completed, 3);
}

TEST(InstancesRun, AManyfoldFunctionIsManyFunctions) {
  const RunResult result =
      run("functions: {f: {policy: \"keep_alive:idle=60s\", count: 3,\n"
          "                service: {seconds: 1s, dispatch: newest}}}\n"
          "workload: [{function: f, arrivals: {process: poisson, rate: 1/s}, until: 1000s}]\n");
  ASSERT_EQ(result.summary.functions.size(), 3U);
  const auto total = [&](const std::string& name) {
    return result.summary.functions.at(name).requests.total;
  };
  // Each has a stream of its own: 1000 requests each, standard deviation 32.
  for (const char* name : {"f-1", "f-2", "f-3"})
    EXPECT_NEAR(static_cast<double>(total(name)), 1000, 4 * 32);
  EXPECT_NE(total("f-1"), total("f-2"));
}

// The luck of a stream's services is not that of its gaps: with the same numbers behind both, every
// long service would follow a long gap, and nobody would ever wait.
TEST(InstancesRun, AStreamsServicesAreIndependentOfItsGaps) {
  const auto f = figures(
      "functions: {f: {servers: 1, service: {seconds: 1s, queue: central, dispatch: oldest}}}\n"
      "workload: [{function: f, arrivals: {process: poisson, rate: 0.9/s}, until: 10000s,\n"
      "            service: {distribution: exponential, mean: 1s}}]\n");
  EXPECT_GT(f.wait_s->mean, 4);  // M/M/1: 9 s; with the same numbers: below 2 s
}

// --- traces ---

const std::string kTraced =
    "functions:\n"
    "  f: {policy: \"keep_alive:idle=10s\", service: {seconds: 2s, cold: 3s, dispatch: newest}}\n"
    "  g: {servers: 1, service: {seconds: 4s, queue: central, dispatch: newest}}\n";

TEST(InstancesRun, ATraceSaysWhoIsCalledWhenAndForHowLong) {
  const Folder folder;
  folder.write_gz("trace.csv.gz", "arrival_s,function,duration_s\n1,f,\n2,g,7\n10,f,5\n20,g,\n");
  const RunResult result = run(folder.load(kTraced + "workload: [{trace: trace.csv.gz}]\n"));
  const Summary::Function &f = result.summary.functions.at("f"),
                          &g = result.summary.functions.at("g");
  EXPECT_DOUBLE_EQ(f.latency_s->max, 5);   // its own
  EXPECT_DOUBLE_EQ(f.latency_s->mean, 4);  // and a cold start of 3 s
  EXPECT_DOUBLE_EQ(g.latency_s->mean, 5.5);
  EXPECT_EQ(f.requests.cold, 1);
  EXPECT_DOUBLE_EQ(result.summary.simulated_s, 24) << "until its last answer";
}

TEST(InstancesRun, ATraceEndsWhereItsFileDoes) {
  const Folder folder;
  folder.write("trace.csv", "arrival_s,function\n0,f\n100,f\n");
  const auto simulated = [&](const std::string& rest) {
    return run(folder.load(kTraced + rest)).summary.simulated_s;
  };
  EXPECT_DOUBLE_EQ(simulated("workload: [{trace: trace.csv}]\n"), 103);
  EXPECT_DOUBLE_EQ(simulated("workload: [{trace: trace.csv, from: 50s}]\n"), 153);
  EXPECT_DOUBLE_EQ(simulated("workload: [{trace: trace.csv, until: 100s}]\n"), 3);
  EXPECT_DOUBLE_EQ(simulated("until: 1000s\nworkload: [{trace: trace.csv}]\n"), 1000);
}

TEST(InstancesRun, AllRowsOfATraceMayBeForOneFunction) {
  const Folder folder;
  folder.write("trace.csv", "arrival_s,function\n0,somebody\n1,else\n");
  const RunResult result =
      run(folder.load(kTraced + "workload: [{trace: trace.csv, function: f}]\n"));
  EXPECT_EQ(result.summary.functions.at("f").requests.total, 2);
}

TEST(InstancesRun, AWrongTraceIsToldBeforeAnythingRuns) {
  const Folder folder;
  folder.write("trace.csv", "arrival_s,function\n0,f\n1,f\n2,h\n");
  EXPECT_EQ(folder.problems(kTraced + "workload: [{trace: trace.csv}]\n"),
            (Texts{"trace.csv:4: there is no function \"h\" in the scenario"}));
  folder.write("trace.csv", "arrival_s,function\n0,f\n1,g\n0.5,f\n");
  EXPECT_EQ(folder.problems(kTraced + "workload: [{trace: trace.csv}]\n"),
            (Texts{"trace.csv:4: arrivals must ascend"}));
  // What comes after its end is never read.
  folder.write("trace.csv", "arrival_s,function\n0,f\n5,f\n6,h\n");
  EXPECT_EQ(folder.problems(kTraced + "workload: [{trace: trace.csv, until: 5s}]\n"), Texts{});
}

// --- checks ---

TEST(InstancesRun, ChecksSeeTheInstantNotTheLastSample) {
  const RunResult result =
      run("functions: {f: {policy: \"keep_alive:idle=10s\", service: {seconds: 1s, dispatch: "
          "newest}}}\n"
          "workload: [{function: f, arrivals: {process: constant, rate: 1/min}, until: 2min}]\n"
          "until: 1h\n"
          "sampling: 30min\n"
          "checks:\n"
          "  - {name: before, at: 59999ms, expect: replicas(f) == 0}\n"
          "  - {name: serves, at: 60500ms, expect: in_flight(f) == 1 and replicas(f) == 1}\n"
          "  - {name: idle, at: 70999ms, expect: in_flight(f) == 0 and replicas(f) == 1}\n"
          "  - {name: over, at: 71s, expect: replicas(f) == 0}\n"
          "  - {name: not yet over, at: 71s, expect: replicas(f) == 1}\n");
  for (const char* name : {"before", "serves", "idle", "over"})
    EXPECT_TRUE(check_of(result, name).held) << name << ": " << check_of(result, name).detail;
  EXPECT_FALSE(check_of(result, "not yet over").held);
  EXPECT_EQ(check_of(result, "not yet over").detail, "replicas(f) = 0 at 1min11s");
  EXPECT_DOUBLE_EQ(*check_of(result, "over").at_s, 71);
  EXPECT_FALSE(result.summary.held());
}

TEST(InstancesRun, ChecksAtTheEndKnowTotalsPercentilesAndMeans) {
  const RunResult result = run(
      "functions:\n"
      "  f: {policy: \"keep_alive:idle=10s\", instances: {max: 1},\n"
      "      service: {seconds: 1s, dispatch: newest}}\n"
      "  g: {servers: 1, service: {seconds: 90s, queue: central, dispatch: newest}}\n"
      "workload:\n"
      "  - {function: f, arrivals: {process: constant, rate: 1/min}, until: 200s}\n"
      "  - {name: again, function: f, arrivals: {process: constant, rate: 1/min}, until: 61s}\n"
      "  - {function: g, arrivals: {process: constant, rate: 1/min}, until: 130s}\n"
      "until: 240s\n"
      "checks:\n"
      "  - {name: totals, end: true, expect: \"count(total, f) == 4 and count(rejected, f) == "
      "1\"}\n"
      "  - {name: cold, end: true, expect: \"count(cold, f) == 3 and count(completed, f) == 3\"}\n"
      "  - {name: latency, end: true, expect: p99(f) <= 1s and p50(f) > 990ms}\n"
      // Three lives of 1 + 10 s; busy for 3 s.
      "  - {name: means, end: true, expect: mean(replicas(f)) == 0.1375 and mean(in_flight(f)) == "
      "0.0125}\n"
      // g: in service from 60 to 240 s, the second waits from 120 to 150 s.
      "  - {name: line, end: true, expect: mean(in_flight(g)) == 0.75 and mean(queued(g)) == "
      "0.125}\n"
      "  - {name: so far, at: 120s, expect: mean(in_flight(g)) == 0.5 and mean(replicas(g)) == 1}\n"
      "  - {name: free, end: true, expect: cost() == 0}\n");
  for (const auto& check : result.summary.checks)
    EXPECT_TRUE(check.held) << check.name << ": " << check.detail;
  EXPECT_EQ(result.summary.checks.size(), 7U);
}

TEST(InstancesRun, RefusesWhatStandaloneFunctionsDoNotKnow) {
  const Folder folder;
  EXPECT_EQ(folder.problems(
                kClock + "checks:\n"
                         "  - {name: a, by: 5s, expect: replicas(f) == 1}\n"
                         "  - {name: b, always: true, expect: replicas(f) == 1}\n"
                         "  - {name: c, at: 5s after last completion, expect: replicas(f) == 1}\n"
                         "  - {name: d, end: true, expect: max(replicas(f)) == 1}\n"
                         "faults: [{name: e, at: 5s, kind: controller_crash, down: 1s}]\n"),
            (Texts{"scenario.yaml:7:5: checks.a: standalone functions are checked at an instant "
                   "after the start, or at the end",
                   "scenario.yaml:8:5: checks.b: standalone functions are checked at an instant "
                   "after the start, or at the end",
                   "scenario.yaml:9:5: checks.c: standalone functions are checked at an instant "
                   "after the start, or at the end",
                   "scenario.yaml:10:5: checks.d: of a standalone function's gauges only the mean "
                   "is known, not max or min",
                   "scenario.yaml:11:10: faults.e: standalone functions know no faults"}));
}

TEST(InstancesRun, RefusesAFunctionWithoutAPolicyThatKeepsInstances) {
  const Folder folder;
  const auto problems = [&](const std::string& policy) {
    return folder.problems("functions: {f: {" + policy +
                           "service: {seconds: 1s, dispatch: newest}}}\nworkload: []\n");
  };
  EXPECT_EQ(problems("instances: {max: 1}, ").size(), 1U);
  EXPECT_NE(problems("instances: {max: 1}, ").front().find("such as keep_alive:idle=600s"),
            std::string::npos);
  EXPECT_EQ(problems("policy: \"idle_timeout\", ").size(), 1U);
  EXPECT_EQ(problems("policy: \"keep_alive:idle=10\", ").size(), 1U);
  EXPECT_EQ(problems("policy: \"keep_alive:idle=10s\", "), Texts{});
}

TEST(InstancesRun, SameSeedSameRun) {
  const std::string body =
      "functions: {f: {policy: \"keep_alive:idle=2s\",\n"
      "                service: {seconds: {distribution: gamma, mean: 1s, cv: 2}, dispatch: "
      "random}}}\n"
      "workload: [{function: f, arrivals: {process: weibull, rate: 3/s, cv: 2}, until: 1000s}]\n";
  const RunResult a = run(body, 7), b = run(body, 7), c = run(body, 8);
  EXPECT_EQ(to_json(a.summary), to_json(b.summary));
  EXPECT_EQ(a.series_csv, b.series_csv);
  EXPECT_NE(to_json(a.summary), to_json(c.summary));
}

}  // namespace run_test
}  // namespace thaw::sim
