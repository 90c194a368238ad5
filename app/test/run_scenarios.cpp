#include "app/test/run_scenarios.hpp"

#include <utility>

#include "app/governors.hpp"
#include "app/test/decisions.hpp"
#include "engine/scenario/load.hpp"
#include "sim/simulation.hpp"
#include "sim/study/forked.hpp"

namespace thaw::app {
namespace {

// In the scenario's own process; nothing when the run was interrupted.
std::vector<std::string> run_one(const std::string& file, const TestRun& how) {
  const Scenario scenario = load_scenario(file);
  Diagnostics problems;
  sim::RunOptions options;
  options.governors = governors_of(scenario, {}, problems);
  problems.throw_if_any();
  options.seed = how.seed;
  options.audit = how.audit;
  options.interrupted = &how.interrupted;
  const sim::RunResult result = sim::simulate(scenario, options);
  if (result.interrupted) return {};
  ScenarioTest test;
  test.simulated_s = result.summary.simulated_s;
  test.checks = result.summary.checks;
  if (result.summary.audit)
    for (const Summary::Audit::Proof& proof : result.summary.audit->proofs)
      test.checks.push_back({"audit: " + proof.name, proof.held, std::nullopt, proof.detail});
  test.decisions = test_decisions(file, result.timeline, scenario.start, how.seed);
  return to_texts(test);
}

void take(const sim::Forked& result, ScenarioTest& test) {
  using End = sim::Forked::End;
  if (result.end == End::stopped) return;
  if (result.end == End::returned) {
    if (!result.texts.empty()) from_texts(result.texts, test);
    return;
  }
  test.state =
      result.end == End::refused ? ScenarioTest::State::refused : ScenarioTest::State::broke;
  test.error = result.message();
}

}  // namespace

TestReport run_scenarios(const std::vector<ScenarioFile>& scenarios, const TestRun& how) {
  TestReport report;
  report.seed = how.seed;
  for (const ScenarioFile& scenario : scenarios) {
    ScenarioTest test;
    test.name = scenario.name;
    test.file = scenario.file;
    report.scenarios.push_back(std::move(test));
  }
  std::size_t done = 0;
  sim::ForkedJobs runs;
  runs.count = scenarios.size();
  runs.at_once = how.jobs;
  runs.job = [&](std::size_t index) { return run_one(scenarios[index].file, how); };
  runs.ended = [&](std::size_t index, const sim::Forked& result) {
    take(result, report.scenarios[index]);
    ++done;
  };
  runs.stop = [&] {
    how.progress(done);
    return how.interrupted.load();
  };
  sim::run_forked(runs);
  return report;
}

}  // namespace thaw::app
