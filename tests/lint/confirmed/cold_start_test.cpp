// TH401, TH402 and the chain of a cold start against the simulator: what the rule says of a
// scenario is what happens when it runs.
//
// Images and models are taken out, so that many runs fit one process; what is left of a start is
// the node, the container (1 s) and the delay (10 s), and up to 10 s until the node autoscaler
// looks.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/lint/cold_start_chain.hpp"
#include "engine/lint/lint.hpp"
#include "engine/scenario/load.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::lint {
namespace {

const std::string kKapsule = "scenarios/slimfaas-kapsule/";

Scenario with_node_after(const std::string& variant, Duration node) {
  Scenario scenario = load_scenario(kKapsule + variant);
  FunctionSpec& ollama = scenario.functions.at(0);
  ollama.image = Bytes(0);
  ollama.model.reset();
  ollama.container_start = Distribution::constant(1s);
  ollama.model_load = Distribution::constant(0s);
  scenario.cluster.pools.at(1).provisioning.total = Distribution::constant(node);
  // Nothing is there before the first call: else the node would have been on its way already.
  scenario.manifests.workloads.at(ollama.workload).replicas = Replicas(0);
  for (Workload& workload : scenario.manifests.workloads) {
    std::erase_if(workload.env, [](const EnvVar& variable) {
      return variable.name == "POD_SCALED_UP_BY_DEFAULT_WHEN_INFRASTRUCTURE_HAS_NEVER_CALLED";
    });
  }
  return scenario;
}

std::size_t found(const Scenario& scenario, const std::string& code) {
  std::vector<Subject> subjects(1);
  subjects[0].scenario = std::make_unique<Scenario>(scenario);
  subjects[0].manifests = scenario.manifests;
  const Result result = lint(subjects);
  return static_cast<std::size_t>(
      std::ranges::count(result.findings, code, [](const Finding& f) { return f.code; }));
}

std::vector<Duration> ready_times(const Scenario& scenario, std::uint64_t seed = 1) {
  const auto result = sim::simulate(scenario, sim::options_for(scenario, seed));
  return sim::times_in(result.timeline, "ollama-1", "ready");
}

// The first call comes after 1 min, is held for 10 s, and 300 s of idle time follow: 310 s.
TEST(ConfirmedIdleTimeout, JustLongEnoughLetsTheReplicaBecomeReady) {
  Scenario scenario = with_node_after("short-idle", 286s);  // 297 to 307 s
  scenario.until = 9min;
  EXPECT_EQ(found(scenario, "TH401"), 0U);
  EXPECT_EQ(ready_times(scenario).size(), 1U);
}

TEST(ConfirmedIdleTimeout, JustTooShortLosesIt) {
  Scenario scenario = with_node_after("short-idle", 300s);  // 311 to 321 s
  scenario.until = 9min;
  EXPECT_EQ(found(scenario, "TH401"), 1U);
  EXPECT_EQ(ready_times(scenario).size(), 0U);
}

int status_of_the_call(Scenario scenario) {
  scenario.checks.clear();
  Diagnostics problems;
  Check answered;
  answered.name = "answered";
  answered.kind = Check::Kind::end;
  answered.expect = *Expression::parse("response(ask).status == 200", {"test", 1, 1}, "", problems);
  scenario.checks.push_back(answered);
  const auto result = sim::simulate(scenario, sim::options_for(scenario));
  return result.summary.checks.at(0).held ? 200 : 0;
}

// Everybody waits 1200 s.
TEST(ConfirmedColdTimeout, JustLongEnoughAnswersTheCall) {
  const Scenario scenario = with_node_after("cold-call-patient", 1175s);  // 1186 to 1196 s
  EXPECT_EQ(found(scenario, "TH402"), 0U);
  EXPECT_EQ(status_of_the_call(scenario), 200);
}

TEST(ConfirmedColdTimeout, JustTooShortCutsIt) {
  const Scenario scenario = with_node_after("cold-call-patient", 1190s);  // 1201 to 1211 s
  EXPECT_EQ(found(scenario, "TH402"), 1U);
  EXPECT_EQ(status_of_the_call(scenario), 0);
}

// As they are: 10 s and 120 s against eleven minutes. That their calls are cut after just these
// times, the scenarios check themselves.
TEST(ConfirmedColdTimeout, OfTheScenariosThemselves) {
  for (const char* cut : {"cold-call-024", "cold-call-081", "short-idle"})
    EXPECT_EQ(found(load_scenario(kKapsule + cut), "TH402"), 1U) << cut;
  EXPECT_EQ(found(load_scenario(kKapsule + "cold-call-patient"), "TH402"), 0U);
}

// From the call at 1 min to Ready, over 200 seeds. The sample's median of 200 is off by
// 1.25 sigma/√200 = 0.1 min with the sigma of the node's lognormal, ln(12/10)/1.645 of 10 min; its
// p95 by 2.1 sigma/√200 of 12 min: 0.2 min. SlimFaas's own pass adds up to 1 s.
TEST(ConfirmedColdStart, QuantilesOfTheChainAreThoseOfManyRuns) {
  Scenario scenario = with_node_after("cold-call-patient", 10min);
  scenario.cluster.pools.at(1).provisioning.total =
      Distribution::lognormal_median_p95(10min, 12min);
  scenario.checks.clear();
  scenario.until = 30min;
  std::vector<Duration> starts;
  for (std::uint64_t seed = 1; seed <= 200; ++seed)
    starts.push_back(ready_times(scenario, seed).at(0) - 1min);
  std::ranges::sort(starts);
  const auto chain = cold_start_of(scenario, scenario.functions.at(0));
  ASSERT_TRUE(chain);
  EXPECT_NEAR(seconds(chain->whole.quantile(0.5)), seconds(starts[100]), 3 * 6.3);
  EXPECT_NEAR(seconds(chain->whole.quantile(0.95)), seconds(starts[190]), 3 * 12);
}

// Quantiles of a lognormal are known: the median itself, and the p95 it was made of. 4096 draws:
// the sample's p95 is off by 2.1 sigma/64 = 0.4 % of 12 min, three times that is 9 s.
TEST(Sample, HasTheQuantilesOfWhatWasAdded) {
  Sample sample;
  sample.add(Distribution::lognormal_median_p95(10min, 12min), "a");
  sample.sort();
  EXPECT_NEAR(seconds(sample.quantile(0.5)), 600, 5);
  EXPECT_NEAR(seconds(sample.quantile(0.95)), 720, 9);
  EXPECT_NEAR(sample.ratio_above(12min), 0.05, 0.011);
}

// Two uniforms on [0, 1] h, independent: P(sum > 1 h) = 1/2, p95 = 2 - √(2 · 0.05) = 1.684 h,
// where the sum of the two p95 would be 1.9 h.
TEST(Sample, AddsIndependently) {
  Sample sample;
  sample.add(Distribution::uniform(0s, 1h), "a");
  sample.add(Distribution::uniform(0s, 1h), "b");
  sample.sort();
  EXPECT_NEAR(seconds(sample.quantile(0.95)) / 3600, 1.684, 0.03);
  EXPECT_NEAR(sample.ratio_above(1h), 0.5, 0.03);
}

}  // namespace
}  // namespace thaw::lint
