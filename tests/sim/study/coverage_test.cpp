// Whether 95 % intervals hold the truth in 95 % of all studies, where a study is what `thaw
// compare` does: 20 replications of two policies under common random numbers. The truth is the mean
// of the same finite run, from very many more of them.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "engine/statistics/paired.hpp"
#include "policies/all.hpp"
#include "sim/study/compare.hpp"
#include "tests/sim/instances/standalone.hpp"

namespace thaw::sim {
namespace coverage_test {

constexpr std::size_t kStudies = 1000, kReplications = 20, kForTruth = 50'000;
constexpr std::uint64_t kStudySeeds = 1'000'000, kTruthSeeds = 100'000'000;

// The share of studies whose interval holds the truth: 0.95, standard deviation 0.0069; 93 to 97 %
// is 2.9 of it each side. The truth's own error is a hundredth of an interval's half width: s /
// sqrt(50,000) against t · s / sqrt(20).
struct Measure {
  const char* name;
  double Outcome::*plain = nullptr;
  std::optional<double> Outcome::*present = nullptr;
  double of(const Outcome& run) const { return plain ? run.*plain : (run.*present).value(); }
};

class Family {
 public:
  Family(const std::string& body, const std::vector<std::string>& idle)
      : scenario_(scenario_of(body)) {
    for (const std::string& text : idle) {
      RunOptions& options = policies_.emplace_back(options_for(scenario_, 0));
      if (!text.empty()) options.governors.front().spec.params.set("idle", text, {});
    }
  }

  std::vector<Outcome> run(std::uint64_t seed) const {
    std::vector<Outcome> outcomes;
    for (RunOptions options : policies_) {
      options.seed = seed;
      outcomes.push_back(outcome_of(scenario_, simulate(scenario_, options)));
    }
    return outcomes;
  }

 private:
  const Scenario scenario_;
  std::vector<RunOptions> policies_;
};

void expect_honest(double covered, const std::string& what) {
  testing::Test::RecordProperty(what, std::to_string(covered));
  std::printf("  %-40s %.3f\n", what.c_str(), covered);
  EXPECT_GE(covered, 0.93) << what;
  EXPECT_LE(covered, 0.97) << what;
}

void expect_coverage(const Family& family, const std::vector<Measure>& measures) {
  const std::size_t policies = family.run(0).size();
  std::vector<double> truth(policies * measures.size());
  for (std::size_t r = 0; r < kForTruth; ++r) {
    const auto outcomes = family.run(kTruthSeeds + r);
    for (std::size_t i = 0; i < truth.size(); ++i)
      truth[i] += measures[i / policies].of(outcomes[i % policies]) / kForTruth;
  }
  std::vector<double> covered(truth.size()), differences(measures.size());
  double ratios = 0;
  for (std::size_t s = 0; s < kStudies; ++s) {
    std::vector<std::vector<double>> values(truth.size());
    for (std::size_t r = 0; r < kReplications; ++r) {
      const auto outcomes = family.run(kStudySeeds + s * kReplications + r);
      for (std::size_t i = 0; i < truth.size(); ++i)
        values[i].push_back(measures[i / policies].of(outcomes[i % policies]));
    }
    const auto holds = [](const Estimate& e, double value) {
      return (e.low <= value && value <= e.high) ? 1.0 / kStudies : 0;
    };
    for (std::size_t i = 0; i < truth.size(); ++i)
      covered[i] += holds(estimate(values[i]), truth[i]);
    for (std::size_t m = 0; policies == 2 && m < measures.size(); ++m)
      differences[m] += holds(paired_difference(values[2 * m], values[2 * m + 1]),
                              truth[2 * m] - truth[2 * m + 1]);
    if (policies == 2)
      ratios += holds(paired_ratio(values[0], values[1]).value(), truth[0] / truth[1]);
  }
  for (std::size_t i = 0; i < truth.size(); ++i)
    expect_honest(covered[i], std::string(measures[i / policies].name) + " of policy " +
                                  std::to_string(i % policies));
  for (std::size_t m = 0; policies == 2 && m < measures.size(); ++m)
    expect_honest(differences[m], std::string(measures[m].name) + ", difference");
  if (policies == 2) expect_honest(ratios, std::string(measures[0].name) + ", ratio");
}

// The keep-alive world: 150 calls on average of two seconds each.
TEST(Coverage, OfTwoKeepAlivesIsWhatTheIntervalsSay) {
  const Family family(
      "functions: {f: {policy: \"keep_alive:idle=10s\", instances: {max: 1000},\n"
      "  service: {seconds: {distribution: exponential, mean: 2s},\n"
      "            cold: {distribution: exponential, mean: 4s}, dispatch: recently_idle}}}\n"
      "workload: [{function: f, arrivals: {process: poisson, rate: 0.5/s}, until: 300s}]\n",
      {"5s", "60s"});
  expect_coverage(family, {{"cost", &Outcome::cost},
                           {"p50", nullptr, &Outcome::p50_s},
                           {"p95", nullptr, &Outcome::p95_s},
                           {"cold share", nullptr, &Outcome::cold_share}});
}

// An M/M/1 of utilisation 0.5 that begins empty: 1,000 calls. Of 180 calls at 0.6 a run's p95 is so
// skewed that 20 of them cover it in 92.3 % only.
TEST(Coverage, OfAQueueIsWhatTheIntervalsSay) {
  const Family family(
      "functions: {f: {servers: 1, service: {seconds: {distribution: exponential, mean: 1s},\n"
      "                                      queue: central, dispatch: oldest}}}\n"
      "workload: [{function: f, arrivals: {process: poisson, rate: 0.5/s}, until: 2000s}]\n",
      {""});
  expect_coverage(family, {{"p50", nullptr, &Outcome::p50_s}, {"p95", nullptr, &Outcome::p95_s}});
}

}  // namespace coverage_test
}  // namespace thaw::sim
