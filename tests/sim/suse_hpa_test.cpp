// The scenario suse-hpa over every number of clients from 1 to 200, without the flows of images and
// models, so that all runs fit one process.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "engine/random.hpp"
#include "engine/scenario/load.hpp"
#include "tests/sim/scenario_builder.hpp"

namespace thaw::sim {
namespace suse_hpa_test {

Scenario loaded(const std::string& variant, int clients) {
  Scenario scenario = load_scenario("scenarios/suse-hpa/" + variant);
  scenario.functions[0].image = Bytes(0);
  scenario.functions[0].model.reset();
  scenario.arrivals[0].clients = clients;
  scenario.checks.clear();
  scenario.until = std::chrono::minutes(20);
  return scenario;
}

// The most replicas that were ever asked for.
std::int64_t most(const Scenario& scenario) {
  const RunResult result = simulate(scenario, options_for(scenario));
  std::int64_t most = 1;
  for (const TimelineEvent& event : result.timeline) {
    if (event.kind != EventKind::decision) continue;
    for (const auto& [key, value] : event.fields)
      if (key == "desired") most = std::max(most, std::get<std::int64_t>(value));
  }
  return most;
}

// An average of per cents is at most 100, and ceil(100 / 70) = 2.
TEST(SuseHpa, AsWrittenNeverPassesTwoReplicasWhateverTheLoad) {
  Scenario scenario = loaded("as-written", 1);
  for (int clients = 1; clients <= 200; ++clients) {
    scenario.arrivals[0].clients = clients;
    EXPECT_EQ(most(scenario), 2) << clients << " clients";
  }
}

// From 1 to 2 and from 2 to 3 it takes an average above 77 %, 70 and a tenth of it. A client
// without a pause keeps one replica at 100 %; of the second one the store knows half a minute
// later, and by then the third is asked for: one client is enough.
TEST(SuseHpa, CorrectedReachesThree) {
  Scenario scenario = loaded("scenario.yaml", 1);
  for (int clients = 1; clients <= 200; ++clients) {
    scenario.arrivals[0].clients = clients;
    EXPECT_EQ(most(scenario), 3) << clients << " clients";
  }
}

// What each stage adds, by hand: the GPU is busy from `busy` on. The exporter's first collection
// that is above 77 % of its 30 s is the first more than 23.1 s later; the store has it at its next
// scrape, answers with it 30 s after that, and the autoscaler asks each 15 s.
TEST(SuseHpa, TheSecondReplicaIsAskedForWhenTheStagesOfTheMetricAddUp) {
  const auto next = [](Duration from, Duration phase, Duration period) {
    const auto behind = (from - phase).count();
    return phase + (behind + period.count() - 1) / period.count() * period;
  };
  const auto phase = [](std::uint64_t seed, const char* of, std::uint64_t node, Duration period) {
    Random random(seed, of, node);
    return Duration{
        static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(period.count())))};
  };
  Scenario scenario = loaded("scenario.yaml", 10);
  const Duration busy = scenario.arrivals[0].from;
  std::set<Duration> delays;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const RunResult result = simulate(scenario, options_for(scenario, seed));
    std::optional<std::uint64_t> node;
    std::optional<Duration> asked;
    for (const TimelineEvent& event : result.timeline) {
      if (event.what == "scheduled" && !node)
        node = static_cast<std::uint64_t>(event.words.back() - '1');
      if (event.kind == EventKind::decision && event.at - kStart >= busy && !asked)
        asked = event.at - kStart;
    }
    ASSERT_TRUE(node && asked) << seed;
    const Duration collected = next(busy + 23101ms, phase(seed, "exporter phase", *node, 30s), 30s);
    const Duration scraped = next(collected, phase(seed, "scrape phase", *node, 15s), 15s);
    EXPECT_EQ(*asked, next(scraped + 30s, 0s, 15s))
        << "seed " << seed << ", of " << to_text(*asked);
    delays.insert(*asked - busy);
  }
  // 23 + 30 s and what is left of the periods: at the most 53 + 30 + 15 + 15.
  EXPECT_GE(*delays.begin(), 54s);
  EXPECT_LE(*delays.rbegin(), 114s);
  EXPECT_GT(delays.size(), 2u) << "the phases are chance";
}

}  // namespace suse_hpa_test
}  // namespace thaw::sim
