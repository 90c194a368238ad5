// Policies on one scenario: the same luck for all of them, and nothing that depends on how many run
// at once.
#include "sim/study/compare.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <tuple>

#include "engine/diagnostic.hpp"
#include "engine/scenario/instance_prices.hpp"
#include "policies/all.hpp"
#include "tests/sim/instances/standalone.hpp"

namespace thaw::sim {
namespace compare_test {

// Gamma draws take a number of uniforms that differs from draw to draw, so any request that took
// another's would shift all that follow.
std::string functions(const std::string& more = "instances: {max: 1000}") {
  return "functions: {f: {policy: \"keep_alive:idle=30s\", " + more +
         ",\n"
         "  service: {seconds: {distribution: gamma, mean: 2s, cv: 0.7},\n"
         "            cold: {distribution: lognormal, mean: 5s, cv: 1}, dispatch: newest}}}\n";
}
const std::string kLoad =
    "workload: [{function: f, arrivals: {process: poisson, rate: 1/s}, until: 500s}]\n";

Contender contender(const Scenario& scenario, const std::string& name, const std::string& key = "",
                    const std::string& value = "") {
  Spec spec;
  spec.name = scenario.functions.front().name;
  spec.versions = scenario.versions;
  if (!key.empty()) spec.params.set(key, value, {});
  return {name, key.empty() ? "" : key + "=" + value, {{spec, find_policy(name)}}, ""};
}

std::vector<Contender> short_and_long(const Scenario& scenario) {
  return {contender(scenario, "keep_alive", "idle", "5s"),
          contender(scenario, "keep_alive", "idle", "600s")};
}

Tournament tournament(const Scenario& scenario, std::size_t replications = 4) {
  Tournament made;
  made.contenders = short_and_long(scenario);
  made.seed = 21;
  made.replications = replications;
  made.jobs = 2;
  return made;
}

using Asked = std::vector<std::tuple<FunctionId, TimePoint, Duration>>;

Asked asked_of(const Scenario& scenario, const Contender& contender) {
  Asked asked;
  RunOptions options;
  options.seed = 21;
  options.governors = contender.governors;
  options.demand = [&](FunctionId function, TimePoint arrival, Duration service) {
    asked.emplace_back(function, arrival, service);
  };
  simulate(scenario, options);
  return asked;
}

// To the nanosecond, arrivals and what each would take on a warm instance; whoever starts an
// instance, waits in a line or is sent away uses up the luck that was his, and no more.
TEST(CommonRandomNumbers, ArrivalsAndServicesAreTheSameUnderEveryPolicy) {
  for (const std::string& more :
       {std::string("instances: {max: 1000}"), std::string("instances: {max: 2, whenFull: wait}"),
        std::string("instances: {max: 2}")}) {
    SCOPED_TRACE(more);
    const Scenario scenario = scenario_of(functions(more) + kLoad);
    const auto who = short_and_long(scenario);
    const Asked first = asked_of(scenario, who[0]);
    EXPECT_GT(first.size(), 400U);
    EXPECT_TRUE(first == asked_of(scenario, who[1]));
  }
}

TEST(CommonRandomNumbers, AreNotThoseOfAnotherReplication) {
  const Scenario scenario = scenario_of(functions() + kLoad);
  Tournament one = tournament(scenario, 1), other = one;
  other.seed = one.seed + 1;
  EXPECT_NE(compare(scenario, one).comparison.policies[0].cost.mean,
            compare(scenario, other).comparison.policies[0].cost.mean);
}

TEST(Compare, ReplicationIsTheRunOfItsSeed) {
  const Scenario scenario = scenario_of(functions() + kLoad);
  const TournamentResult result = compare(scenario, tournament(scenario, 2));
  double sum = 0;
  for (const std::uint64_t seed : {21U, 22U}) {
    RunOptions options;
    options.seed = seed;
    options.governors = short_and_long(scenario)[1].governors;
    sum += outcome_of(scenario, simulate(scenario, options)).cost;
  }
  EXPECT_EQ(result.comparison.replications, 2U);
  EXPECT_DOUBLE_EQ(result.comparison.policies[1].cost.mean, sum / 2);
}

TEST(Compare, DoesNotDependOnHowManyRunAtOnce) {
  const Scenario scenario = scenario_of(functions() + kLoad);
  Tournament one = tournament(scenario, 5), seven = one;
  one.jobs = 1;
  seven.jobs = 7;
  EXPECT_EQ(to_json(compare(scenario, one).comparison),
            to_json(compare(scenario, seven).comparison));
}

TEST(Compare, PairsAreTighterThanIndependentRunsWouldBe) {
  const Scenario scenario = scenario_of(functions() + kLoad);
  const Comparison c = compare(scenario, tournament(scenario, 10)).comparison;
  const Estimate &a = c.policies[0].cost, &b = c.policies[1].cost;
  const Estimate& paired = c.pairs[0].cost_difference;
  // Independent runs: the squares of both half widths add up.
  const double half_a = a.high - a.mean, half_b = b.high - b.mean;
  EXPECT_LT(paired.high - paired.mean, std::sqrt(half_a * half_a + half_b * half_b));
  EXPECT_NEAR(paired.mean, b.mean - a.mean, 1e-9);
}

// Without prices the cost is time of instances: of those alive from the end of the warm-up on.
TEST(Compare, HonoursTheWarmUp) {
  const std::string warm_up = "warmUp: 200s\n";
  const Scenario scenario = scenario_of(warm_up + functions() + kLoad);
  const Comparison c = compare(scenario, tournament(scenario, 1)).comparison;
  EXPECT_EQ(c.warm_up_s, 200);
  EXPECT_EQ(c.currency, "instance hours");
  RunOptions options;
  options.seed = 21;
  options.governors = short_and_long(scenario)[0].governors;
  const RunResult result = simulate(scenario, options);
  const Summary::Function& f = result.summary.functions.at("f");
  const double hours = (result.summary.simulated_s - 200) / 3600;
  EXPECT_NEAR(c.policies[0].cost.mean, f.replicas_mean * hours, 1e-9);
  EXPECT_NEAR(c.policies[0].changes_per_hour.mean,
              static_cast<double>(f.scale_ups + f.scale_downs) / hours, 1e-9);
  const Scenario whole = scenario_of(functions() + kLoad);
  EXPECT_LT(
      static_cast<double>(f.requests.total),
      0.75 * static_cast<double>(sim::run(whole, 21).summary.functions.at("f").requests.total));
}

TEST(Compare, PricesAreTheCostWhereThereAreAny) {
  const Scenario scenario =
      scenario_of(functions("instances: {max: 1000}, price: {keep: 0.36 EUR/h}") + kLoad);
  const Comparison c = compare(scenario, tournament(scenario, 2)).comparison;
  EXPECT_EQ(c.currency, "EUR");
  const Comparison hours =
      compare(scenario_of(functions() + kLoad), tournament(scenario, 2)).comparison;
  EXPECT_NEAR(c.policies[1].cost.mean, 0.36 * hours.policies[1].cost.mean, 1e-9);
}

// Constant services, so that a start costs what it costs on average; the last to work works first,
// and nobody waits: the bound is what clairvoyant pays, and break-even at most twice that.
TEST(Compare, HoldsEveryPolicyAgainstTheOptimumAndASeerIsNoRival) {
  const Scenario scenario = scenario_of(
      "functions: {f: {policy: \"keep_alive:idle=30s\", price: {keep: 0.36 EUR/h, start: 0.001 "
      "EUR},"
      " service: {seconds: 2s, dispatch: recently_idle}}}\n"
      "workload: [{function: f, arrivals: {process: gamma, rate: 0.1/s, cv: 2}, until: 2000s}]\n");
  Tournament made = tournament(scenario, 4);
  made.contenders = {contender(scenario, "clairvoyant"), contender(scenario, "break_even"),
                     contender(scenario, "keep_alive", "idle", "600s")};
  made.contenders[0].foresees = true;
  for (Contender& one : made.contenders)
    one.governors[0].spec.levels = scenario::levels_of(scenario.functions[0]);
  const Comparison c = compare(scenario, made).comparison;
  ASSERT_TRUE(c.optimum);
  EXPECT_EQ(c.optimum->wait_allowed_s, 0);
  EXPECT_NEAR(c.policies[0].over_optimum.value().ratio.mean, 1, 1e-9);
  EXPECT_NEAR(c.optimum->total.mean, c.policies[0].cost.mean, 1e-9);
  EXPECT_GT(c.policies[1].over_optimum.value().ratio.low, 1);
  EXPECT_LE(c.policies[1].over_optimum.value().ratio.high, 2);
  EXPECT_GT(c.policies[2].over_optimum.value().ratio.low, 2);
  // Services are the same for all, and here are no nodes: what is left is idle time and starts, and
  // ten minutes save starts (gaps of a mean of 10 s) and pay for idle time.
  for (const Comparison::Policy& one : c.policies) {
    const auto& over = *one.over_optimum;
    EXPECT_NEAR(over.served_longer.mean, 0, 1e-9) << one.name;
    EXPECT_EQ(over.nodes_unused.mean, 0) << one.name;
    EXPECT_NEAR(over.ratio.mean - 1, over.kept_longer.mean + over.started_more.mean, 1e-9);
  }
  EXPECT_NEAR(c.policies[0].over_optimum->kept_longer.mean, 0, 1e-9);
  EXPECT_GT(c.policies[2].over_optimum->kept_longer.low, 1);
  EXPECT_LT(c.policies[2].over_optimum->started_more.high, 0);
  EXPECT_FALSE(c.policies[0].pareto);
  EXPECT_TRUE(c.policies[1].pareto);
  EXPECT_TRUE(c.policies[1].dominated_by.empty());
  EXPECT_EQ(c.policies[2].dominated_by, (std::vector<std::string>{"break_even"}));
}

// The bill begins after the warm-up and the requests do not: the bound would be of another
// question.
TEST(Compare, TellsNoRatioWhereTheBillBeginsLaterThanTheRequests) {
  const auto with = [](const std::string& warm_up) {
    const Scenario scenario = scenario_of(
        warm_up + functions("price: {keep: 0.36 EUR/h, start: 0 EUR}, instances: {max: 1000}") +
        kLoad);
    Tournament made = tournament(scenario, 2);
    for (Contender& one : made.contenders)
      one.governors[0].spec.levels = scenario::levels_of(scenario.functions[0]);
    return compare(scenario, made).comparison;
  };
  EXPECT_TRUE(with("").policies[0].over_optimum);
  const Comparison c = with("warmUp: 400s\n");
  EXPECT_FALSE(c.policies[0].over_optimum);
  EXPECT_FALSE(c.optimum);
}

TEST(Compare, KeepsWhoIsRefusedWithTheReason) {
  const Scenario scenario = scenario_of(functions() + kLoad);
  Tournament made = tournament(scenario, 2);
  made.contenders.push_back(contender(scenario, "fixed"));  // it governs replicas
  made.contenders.push_back({"absent", "", {}, "nobody has seen it"});
  const Comparison c = compare(scenario, made).comparison;
  ASSERT_EQ(c.policies.size(), 4U);
  EXPECT_NE(c.policies[2].not_run.find("needs a policy that keeps single instances"),
            std::string::npos)
      << c.policies[2].not_run;
  EXPECT_EQ(c.policies[2].not_run.find("scenario.yaml"), std::string::npos) << "no path in results";
  EXPECT_EQ(c.policies[3].not_run, "nobody has seen it");
  EXPECT_EQ(c.pairs.size(), 1U);
  made.contenders.erase(made.contenders.begin(), made.contenders.begin() + 2);
  EXPECT_THROW(compare(scenario, made), InputError);
}

TEST(Compare, GoesOnUntilEachMeanIsKnownWellEnough) {
  const Scenario scenario = scenario_of(functions() + kLoad);
  Tournament made = tournament(scenario, 500);
  made.precision = 0.05;
  const Comparison c = compare(scenario, made).comparison;
  EXPECT_GT(c.replications, 10U);
  EXPECT_LT(c.replications, 500U);
  EXPECT_LE(widest_mean(c).share, 0.05 / 1.05);
  made.replications = 12;
  const Comparison stopped = compare(scenario, made).comparison;
  EXPECT_EQ(stopped.replications, 12U);
  EXPECT_TRUE(stopped.notices.front().starts_with("the precision of 5 % was not reached"))
      << stopped.notices.front();
}

// An interrupt leaves the replications that all have been through.
TEST(Compare, InterruptedKeepsWhatIsWhole) {
  const Scenario scenario = scenario_of(functions() + kLoad);
  std::atomic<bool> interrupted{false};
  Tournament made = tournament(scenario, 50);
  made.jobs = 1;
  made.interrupted = &interrupted;
  made.progress = [&](std::size_t done, std::size_t) { interrupted = done >= 7; };
  const TournamentResult result = compare(scenario, made);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.comparison.replications, 3U) << "seven runs, two policies";
  interrupted = false;
  made.progress = [&](std::size_t done, std::size_t) { interrupted = done >= 1; };
  EXPECT_EQ(compare(scenario, made).comparison.replications, 0U) << "one run, two policies";
  Tournament whole = tournament(scenario, 3);
  EXPECT_EQ(to_json(result.comparison), to_json(compare(scenario, whole).comparison));
}

}  // namespace compare_test
}  // namespace thaw::sim
