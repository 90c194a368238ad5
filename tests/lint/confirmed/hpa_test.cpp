// What the rules say of document 3's autoscaler, confirmed by running it: the replica that is never
// asked for, and the loads under which it never comes to rest.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "engine/scenario/load.hpp"
#include "tests/sim/scenario_builder.hpp"

namespace thaw::sim {
namespace {

using namespace std::chrono_literals;

// Requests of exactly a second at exactly even distances: a load of so many busy replicas, with
// three cards.
Scenario under(const std::string& variant, double busy) {
  Scenario scenario = load_scenario("scenarios/suse-hpa/" + variant);
  FunctionSpec& ollama = scenario.functions.at(0);
  ollama.image = Bytes(0);
  ollama.model.reset();
  ollama.service.duration = Distribution::constant(1s);
  ollama.service.dispatch = Dispatch::least_in_flight;
  Arrivals& chat = scenario.arrivals.at(0);
  chat.source = Arrivals::Source::process;
  chat.process = {};
  chat.process.gap = Distribution::constant(Distribution::rounded(1e9 / busy));
  chat.clients = 0;
  chat.until = 125min;
  scenario.checks.clear();
  scenario.until = 125min;
  return scenario;
}

struct Seen {
  std::int64_t most = 1;
  int ups = 0;  // after the first quarter of an hour of load, when a queue of the start is gone
};

Seen play(const Scenario& scenario) {
  const RunResult result = simulate(scenario, options_for(scenario));
  Seen seen;
  std::int64_t last = 1;
  for (const TimelineEvent& event : result.timeline) {
    if (event.kind != EventKind::decision) continue;
    for (const auto& [key, value] : event.fields) {
      if (key != "desired") continue;
      const auto desired = std::get<std::int64_t>(value);
      if (desired > last && event.at > scenario.start + 20min) ++seen.ups;
      seen.most = std::max(seen.most, desired);
      last = desired;
    }
  }
  return seen;
}

// TH201: ceil(100 / 70) = 2, though three replicas' worth of load is there.
TEST(ConfirmedHpa, MaximumIsNotReachedUnderAnyLoad) {
  for (const double busy : {0.9, 1.8, 2.7, 5.0})
    EXPECT_EQ(play(under("as-written", busy)).most, 2) << busy;
  EXPECT_EQ(play(under("scenario.yaml", 2.7)).most, 3);
}

// TH202: from 0.77 to 1.4 busy replicas it goes up and down all the time, and not beside.
TEST(ConfirmedHpa, FlapsWithinItsRangeAndNotBeside) {
  EXPECT_EQ(play(under("as-written", 0.74)).ups, 0);
  for (const double busy : {0.80, 1.0, 1.36})
    EXPECT_GE(play(under("as-written", busy)).ups, 3) << busy;
  EXPECT_EQ(play(under("as-written", 1.44)).ups, 0);
}

// The mend holds a count under each of these loads.
TEST(ConfirmedHpa, TargetOfTypeValueComesToRest) {
  for (const double busy : {0.74, 0.9, 1.0, 1.2, 1.7})
    EXPECT_EQ(play(under("scenario.yaml", busy)).ups, 0) << busy;
}

}  // namespace
}  // namespace thaw::sim
