#include "sim/study/replicate.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/report/replications.hpp"
#include "tests/sim/instances/standalone.hpp"

namespace thaw::sim {
namespace replicate_test {

using Json = nlohmann::json;

constexpr std::uint64_t kSeed = 41;
constexpr std::size_t kRuns = 6;

const std::string kBody =
    "functions: {f: {policy: \"keep_alive:idle=30s\", instances: {max: 9},\n"
    "                service: {seconds: {distribution: exponential, mean: 2s}, dispatch: "
    "random}}}\n"
    "workload: [{function: f, arrivals: {process: poisson, rate: 1/s}, until: 500s}]\n"
    "checks: [{name: some, end: true, expect: \"count(total, f) >= 500\"}]\n";

Replication rendered(const RunResult& result, bool first) {
  return {to_json(result.summary), first ? "timeline" : "", first ? result.series_csv : "", ""};
}

std::vector<Replication> replicated(const Scenario& scenario, std::size_t jobs) {
  std::vector<std::size_t> told;
  const auto runs = replicate(scenario, options_for(scenario, kSeed), kRuns, jobs, rendered,
                              [&](std::size_t done) { told.push_back(done); });
  EXPECT_EQ(told, (std::vector<std::size_t>{1, 2, 3, 4, 5, 6}));
  return runs;
}

TEST(Replicate, RunsTheSeedsOneAfterTheOther) {
  const Scenario scenario = scenario_of(kBody);
  const auto runs = replicated(scenario, 1);
  ASSERT_EQ(runs.size(), kRuns);
  for (std::size_t r = 0; r < kRuns; ++r)
    EXPECT_EQ(runs[r].summary, to_json(run(scenario, kSeed + r).summary)) << r;
  EXPECT_EQ(runs[0].series, run(scenario, kSeed).series_csv);
  EXPECT_EQ(runs[1].series, "");
}

TEST(Replicate, ResultsDoNotDependOnHowManyRunAtOnce) {
  const Scenario scenario = scenario_of(kBody);
  const auto one = replicated(scenario, 1), four = replicated(scenario, 4);
  ASSERT_EQ(four.size(), kRuns);
  for (std::size_t r = 0; r < kRuns; ++r) {
    EXPECT_EQ(one[r].summary, four[r].summary);
    EXPECT_EQ(one[r].timeline, four[r].timeline);
    EXPECT_EQ(one[r].series, four[r].series);
  }
}

TEST(Replicate, MergedNumbersAreTheMeansOfTheSingleRuns) {
  const Scenario scenario = scenario_of(kBody);
  std::vector<std::string> summaries;
  double replicas = 0, cold = 0;
  int held = 0;
  for (const Replication& one : replicated(scenario, 3)) {
    const Json json = Json::parse(one.summary);
    replicas += json["functions"]["f"]["replicas"]["mean"].get<double>() / kRuns;
    cold += json["functions"]["f"]["cold_start_probability"].get<double>() / kRuns;
    held += json["checks"][0]["held"].get<bool>();
    summaries.push_back(one.summary);
  }
  const Json merged = Json::parse(merge_replications(summaries, false).json);
  EXPECT_NEAR(merged["functions"]["f"]["replicas"]["mean"].get<double>(), replicas, 1e-12);
  EXPECT_NEAR(merged["functions"]["f"]["cold_start_probability"].get<double>(), cold, 1e-15);
  EXPECT_EQ(merged["checks"][0]["held_in"], std::to_string(held) + "/6");
  EXPECT_TRUE(held > 0 && held < 6) << "a check that some seeds hold and some do not";
}

TEST(Replicate, AScenarioThatCannotRunIsRefused) {
  const Scenario scenario = scenario_of(
      "functions: {f: {instances: {max: 1}, service: {seconds: 1s, dispatch: newest}}}\n"
      "workload: []\n");
  try {
    replicate(scenario, options_for(scenario, 1), 3, 2, rendered, [](std::size_t) {});
    FAIL() << "it ran";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("such as keep_alive:idle=600s"), std::string::npos);
  }
}

TEST(Replicate, AFailureInAProcessIsToldInItsWords) {
  const Scenario scenario = scenario_of(kBody);
  const Render fails = [](const RunResult& result, bool) -> Replication {
    if (result.summary.seed == kSeed + 2) throw std::runtime_error("the third");
    return {"a", "", "", ""};
  };
  try {
    replicate(scenario, options_for(scenario, kSeed), 4, 2, fails, [](std::size_t) {});
    FAIL() << "it ran";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "the third");
  }
}

TEST(Replicate, LargeResultsComeWhole) {
  const Scenario scenario = scenario_of(kBody);
  const Render large = [](const RunResult& result, bool) -> Replication {
    return {std::string(3'000'000, static_cast<char>('a' + result.summary.seed % 26)), "", "", ""};
  };
  const auto runs = replicate(scenario, options_for(scenario, 0), 3, 3, large, [](std::size_t) {});
  ASSERT_EQ(runs.size(), 3U);
  for (std::size_t r = 0; r < 3; ++r)
    EXPECT_EQ(runs[r].summary, std::string(3'000'000, static_cast<char>('a' + r)));
}

TEST(Replicate, InterruptedBeforeItsFirstRunHasNone) {
  const Scenario scenario = scenario_of(kBody);
  const std::atomic<bool> interrupted{true};
  RunOptions options = options_for(scenario, 1);
  options.interrupted = &interrupted;
  EXPECT_TRUE(replicate(scenario, options, 3, 2, rendered, [](std::size_t) {}).empty());
}

}  // namespace replicate_test
}  // namespace thaw::sim
