// Functions without a manifest: what their keys mean once they are loaded. What is wrong with them
// is in tests/scenarios/bad.
#include <gtest/gtest.h>

#include "engine/scenario/governance.hpp"
#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace standalone_test {

using Texts = std::vector<std::string>;

const std::string kHead = "apiVersion: thaw/v1\nkind: Scenario\nname: alone\n";
const std::string kKept =
    "functions: {f: {policy: \"keep_alive:idle=60s\", service: {seconds: 1s, dispatch: newest}}}\n";

Scenario load(const std::string& rest) { return Scratch().load(kHead + rest); }

FunctionSpec function_of(const std::string& keys, const std::string& service = "seconds: 1s") {
  return load("functions: {f: {" + keys + ", service: {" + service + ", dispatch: newest}}}\n")
      .functions.at(0);
}

TEST(Standalone, InstancesRejectUnlessToldToWait) {
  const Standalone plain = *function_of("policy: \"keep_alive:idle=60s\"").standalone;
  EXPECT_EQ(plain.policy, "keep_alive:idle=60s");
  EXPECT_EQ(plain.servers, 0);
  EXPECT_EQ(plain.instances_max, 0);
  EXPECT_EQ(plain.queue_max, 0);
  EXPECT_FALSE(plain.wait_when_full);
  const Standalone full =
      *function_of("policy: keep_alive, instances: {max: 7, whenFull: wait, queueMax: 9}")
           .standalone;
  EXPECT_EQ(full.instances_max, 7);
  EXPECT_EQ(full.queue_max, 9);
  EXPECT_TRUE(full.wait_when_full);
}

TEST(Standalone, ServersHaveALineUnlessToldToReject) {
  const Standalone plain = *function_of("servers: 4").standalone;
  EXPECT_EQ(plain.servers, 4);
  EXPECT_TRUE(plain.wait_when_full);
  EXPECT_FALSE(function_of("servers: 4, instances: {whenFull: reject}").standalone->wait_when_full);
}

TEST(Standalone, ServersMayHaveSlotsAndShareThem) {
  const FunctionSpec f = function_of("servers: 1", "seconds: 1s, slots: 8, discipline: ps");
  EXPECT_EQ(f.service.slots, 8);
  EXPECT_EQ(f.service.discipline, Discipline::ps);
}

TEST(Standalone, AColdServiceIsApartFromTheWarmOne) {
  const FunctionSpec f =
      function_of("policy: keep_alive",
                  "seconds: {distribution: exponential, mean: 1.991s}, cold: {distribution: "
                  "exponential, mean: 2.244s}");
  EXPECT_DOUBLE_EQ(f.service.duration.mean(), 1.991e9);
  ASSERT_TRUE(f.service.cold);
  EXPECT_DOUBLE_EQ(f.service.cold->mean(), 2.244e9);
  EXPECT_FALSE(function_of("policy: keep_alive").service.cold);
}

TEST(Standalone, PricesAndLevelsAreToldToItsPolicy) {
  Scenario scenario = load(
      "functions: {f: {policy: break_even, price: {keep: 3.6 EUR/h, start: 0.01 EUR}, levels: "
      "[{name: image, keep: 0.36 EUR/h, start: 0.002 EUR, toServe: 5s}], service: {seconds: 1s, "
      "cold: 21s, dispatch: newest}}}\n");
  const Standalone& rules = *scenario.functions.at(0).standalone;
  EXPECT_EQ(rules.currency, "EUR");
  EXPECT_EQ(rules.keep_per_hour, 3'600'000'000);
  EXPECT_EQ(rules.start, 10'000'000);
  ASSERT_EQ(rules.levels.size(), 1u);
  Diagnostics problems;
  const auto levels = govern(scenario, {}, problems).at(0).spec.levels;
  ASSERT_EQ(levels.size(), 3u);
  EXPECT_EQ(levels[0].name, "off");
  EXPECT_DOUBLE_EQ(levels[0].to_serve.mean(), 20e9);          // 21 s less 1 s
  EXPECT_DOUBLE_EQ(levels[0].start_cost, 0.01 + 20 * 0.001);  // 3.6 an hour is 0.001 a second
  EXPECT_EQ(levels[0].keep_per_s, 0);
  EXPECT_EQ(levels[1].name, "image");
  EXPECT_DOUBLE_EQ(levels[1].start_cost, 0.002 + 5 * 0.001);
  EXPECT_DOUBLE_EQ(levels[1].keep_per_s, 0.0001);
  EXPECT_EQ(levels[2].name, "serving");
  EXPECT_DOUBLE_EQ(levels[2].keep_per_s, 0.001);
  EXPECT_EQ(levels[2].start_cost, 0);
  scenario.functions.at(0).standalone->servers = 1;
  EXPECT_TRUE(govern(scenario, {}, problems).at(0).spec.levels.empty());
}

TEST(Standalone, CountMakesCopiesWithAStreamEach) {
  const Scenario s = load(
      "functions:\n"
      "  many: {policy: keep_alive, count: 3, service: {seconds: 1s, dispatch: newest}}\n"
      "  one: {servers: 1, service: {seconds: 1s, dispatch: newest}}\n"
      "workload:\n"
      "  - {name: a, function: many, arrivals: {process: poisson, rate: 1/s}, until: 1h}\n"
      "  - {function: one, arrivals: {process: poisson, rate: 1/s}, until: 1h}\n"
      "  - {name: second, function: many-2, arrivals: {process: poisson, rate: 9/s}, until: 1h}\n"
      "checks: [{name: c, end: true, expect: replicas(many-3) == 0}]\n");
  Texts functions, streams;
  for (const FunctionSpec& f : s.functions) functions.push_back(f.name);
  for (const Arrivals& a : s.arrivals) streams.push_back(a.name + ">" + a.function);
  EXPECT_EQ(functions, (Texts{"many-1", "many-2", "many-3", "one"}));
  EXPECT_EQ(streams, (Texts{"a-1>many-1", "a-2>many-2", "a-3>many-3", "one>one", "second>many-2"}));
}

TEST(Standalone, AClusterMayBoundThemAllTogether) {
  EXPECT_EQ(load(kKept + "cluster: {instances: 10000}\n").cluster.instances_max, 10000);
  EXPECT_EQ(load(kKept).cluster.instances_max, 0);
}

TEST(Standalone, WarmUpIsADurationFromTheStart) {
  EXPECT_EQ(load(kKept + "warmUp: 10min\n").warm_up, 10min);
  EXPECT_EQ(load(kKept).warm_up, 0s);
}

TEST(Standalone, ATraceIsFoundBesideTheScenario) {
  const Scratch scratch;
  scratch.write("trace.csv", "arrival_s,function\n");
  const Scenario s =
      scratch.load(kHead + kKept + "workload: [{name: t, trace: trace.csv, from: 5s}]\n");
  ASSERT_EQ(s.arrivals.size(), 1U);
  EXPECT_EQ(s.arrivals[0].source, Arrivals::Source::trace);
  EXPECT_EQ(s.arrivals[0].trace, scratch.folder() + "trace.csv");
  EXPECT_EQ(s.arrivals[0].function, "");
  EXPECT_EQ(s.arrivals[0].from, 5s);
}

ArrivalProcess process_of(const std::string& keys) {
  return load(kKept + "workload: [{function: f, until: 1h, arrivals: {" + keys + "}}]\n")
      .arrivals.at(0)
      .process;
}

TEST(Standalone, RenewalProcessesHaveTheirRateAndVariation) {
  using Kind = Distribution::Kind;
  for (const auto& [keys, kind] : {std::pair{"process: poisson, rate: 4/s", Kind::exponential},
                                   {"process: constant, rate: 4/s", Kind::constant},
                                   {"process: gamma, rate: 4/s, cv: 2", Kind::gamma},
                                   {"process: weibull, rate: 4/s, cv: 2", Kind::weibull},
                                   {"process: lognormal, rate: 4/s, cv: 2", Kind::lognormal}}) {
    const ArrivalProcess process = process_of(keys);
    EXPECT_EQ(process.kind, ArrivalProcess::Kind::renewal);
    EXPECT_EQ(process.gap.kind, kind) << keys;
    EXPECT_NEAR(process.mean_rate(), 4, 1e-8) << keys;
  }
}

TEST(Standalone, MarkovModulatedArrivalsHaveStates) {
  const ArrivalProcess process =
      process_of("process: mmpp, states: [{rate: 10/s, holding: 1min}, {holding: 4min}]");
  EXPECT_EQ(process.kind, ArrivalProcess::Kind::mmpp);
  ASSERT_EQ(process.states.size(), 2U);
  EXPECT_DOUBLE_EQ(process.states[1].rate, 0);
  EXPECT_EQ(process.states[1].holding, 4min);
  EXPECT_DOUBLE_EQ(process.mean_rate(), 2);  // 600 arrivals in 5 min
}

TEST(Standalone, DiurnalArrivalsFollowADay) {
  const ArrivalProcess process =
      process_of("process: diurnal, rate: 2/s, amplitude: 80%, period: 24h, peak: 14h");
  EXPECT_EQ(process.kind, ArrivalProcess::Kind::diurnal);
  EXPECT_DOUBLE_EQ(process.rate, 2);
  EXPECT_DOUBLE_EQ(process.amplitude_ratio, 0.8);
  EXPECT_EQ(process.period, 24h);
  EXPECT_EQ(process.peak, 14h);
}

TEST(Standalone, ClosedLoopsHaveClientsThatThink) {
  const Scenario s = load(kKept +
                          "workload: [{function: f, until: 1h,\n"
                          "            arrivals: {process: closed, clients: 9, think: 3s}}]\n");
  EXPECT_EQ(s.arrivals[0].source, Arrivals::Source::closed);
  EXPECT_EQ(s.arrivals[0].clients, 9);
  EXPECT_DOUBLE_EQ(s.arrivals[0].think.mean(), 3e9);
}

}  // namespace standalone_test
}  // namespace thaw
