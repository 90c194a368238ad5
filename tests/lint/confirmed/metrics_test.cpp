// Metrics and alerts that rules say nothing comes of, confirmed by running them.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "engine/scenario/load.hpp"
#include "tests/sim/scenario_builder.hpp"

namespace thaw::sim {
namespace {

using namespace std::chrono_literals;

std::int64_t most(const Scenario& scenario, std::int64_t least) {
  const RunResult result = simulate(scenario, options_for(scenario));
  std::int64_t most = least;
  for (const TimelineEvent& event : result.timeline) {
    if (event.kind != EventKind::decision) continue;
    for (const auto& [key, value] : event.fields)
      if (key == "desired") most = std::max(most, std::get<std::int64_t>(value));
  }
  return most;
}

Scenario loaded(const std::string& path) {
  Scenario scenario = load_scenario(path);
  for (FunctionSpec& function : scenario.functions) {
    function.image = Bytes(0);
    function.model.reset();
  }
  scenario.checks.clear();
  scenario.steps.clear();
  scenario.until = 20min;
  return scenario;
}

// TH204: the utilisation of cards is not there on MIG, the engine's activity is.
TEST(ConfirmedMetric, OfCardsAddsNoReplicaOnSlices) {
  EXPECT_EQ(most(loaded("scenarios/suse-hpa/mig"), 1), 1);
  EXPECT_EQ(most(loaded("scenarios/suse-hpa/mig-engine"), 1), 3);
}

// TH207: twelve replicas of one slot complete 12 / 2.4 = 5 a second, which is not above five.
TEST(ConfirmedAlert, DoesNotFireAtFiveCompletionsASecond) {
  Scenario scenario = loaded("scenarios/vaccel-openfaas");
  scenario.arrivals.at(0).until = 20min;
  scenario.functions.at(0).container_start = Distribution::constant(1s);
  scenario.functions.at(0).service.duration = Distribution::constant(2500ms);  // 4.8
  EXPECT_EQ(most(scenario, 12), 12);
  scenario.functions.at(0).service.duration = Distribution::constant(2200ms);  // 5.45
  EXPECT_EQ(most(scenario, 12), 100);
}

}  // namespace
}  // namespace thaw::sim
