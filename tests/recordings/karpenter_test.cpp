// The simulated Karpenter against recordings of the real one (1.14.0 with its kwok provider, on a
// real API server). The recordings' own pods come and go when they did; what the nodes do is the
// simulation's. Three counts are compared: NodeClaims, nodes, and nodes that take pods.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/random.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace karpenter_test {

using Json = nlohmann::json;

struct Change {
  double at_s = 0;
  int count = 0;
};
using Series = std::vector<Change>;
using Counts = std::array<Series, 3>;

constexpr std::array<const char*, 3> kCounted{"NodeClaims", "nodes", "nodes that take pods"};
constexpr double kLoop = 10;  // between two looks at what to disrupt

Duration of_seconds(double s) { return Distribution::rounded(s * 1e9); }

Duration of_text(const Json& text) {  // "2s", "0.5s"
  return of_seconds(std::stod(text.get<std::string>()));
}

Json recording(const std::string& name) {
  std::ifstream in("tests/recordings/karpenter/" + name + ".json");
  EXPECT_TRUE(in) << name;
  return Json::parse(in);
}

Counts recorded(const Json& file) {
  Counts counts;
  for (std::size_t column = 0; column < counts.size(); ++column) {
    int last = 0;
    for (const Json& row : file.at("counts")) {
      const int count = row.at(column + 1);
      if (count != last) counts[column].push_back({row.at(0), count});
      last = count;
    }
  }
  return counts;
}

// Its machine types, and one CPU node beside them where the recording had one. A machine is a node
// after the registration delay; kwok's machines end about 5 s after their pods.
Scenario scenario_of(const Json& file) {
  const Json& config = file.at("config");
  Scenario scenario = bare_cluster();
  const int others = config.at("other_nodes");
  scenario.cluster.pools.front().nodes_min = scenario.cluster.pools.front().nodes_max = others;
  for (const Json& type : file.at("instance_types")) {
    const auto number = [&](std::size_t at) { return std::stoi(type.at(at).get<std::string>()); };
    Pool made = pool(type.at(0), 0, 16, number(1));
    made.machine.cpu = Millicores(1000 * number(2));
    made.machine.memory = Bytes((std::int64_t{4} * number(2)) << 30);
    made.machine.price.per_hour =
        static_cast<Nanomoney>(std::llround(type.at(3).get<double>() * 1e9));
    made.provisioning = {Distribution::constant(of_text(config.at("nodeRegistrationDelay"))), 1, 0,
                         0};
    scenario.cluster.pools.push_back(made);
  }
  NodeAutoscaler& autoscaler = scenario.cluster.node_autoscaler;
  autoscaler.kind = NodeAutoscaler::Kind::karpenter;
  autoscaler.deletion = 5s;
  EXPECT_EQ(config.at("consolidationPolicy"), "WhenEmpty");
  EXPECT_EQ(config.at("expireAfter"), "Never");
  EXPECT_EQ(config.at("budgets").at(0).at("nodes"), "100%");
  autoscaler.karpenter.policy = KarpenterSettings::Consolidates::empty;
  autoscaler.karpenter.consolidate_after = of_text(config.at("consolidateAfter"));
  autoscaler.karpenter.expire_after.reset();
  autoscaler.karpenter.budget = {0, 1.0};
  FunctionSpec& function = add_function(scenario, "a");
  function.container_start = Distribution::constant(of_text(config.at("pod_start_delay")));
  function.stop = 100ms;
  Workload& workload = workload_of(scenario, function);
  workload.requests = {Millicores(1000), Bytes(std::int64_t{1} << 30), {{kGpuResource, 1}}};
  return scenario;
}

// A seed under which the loop looks within 50 ms of `phase_s`, as Disruption::start draws it.
std::uint64_t seed_of(double phase_s) {
  for (std::uint64_t seed = 1;; ++seed) {
    Random random(seed, "node autoscaler phase");
    const double drawn = static_cast<double>(random.below(10'000'000'000)) / 1e9;
    if (std::abs(drawn - phase_s) < 0.05) return seed;
  }
}

Counts simulated(const Json& file, std::uint64_t seed) {
  TestBed bed(scenario_of(file), seed);
  std::vector<PodId> pods(file.at("pods").size());
  for (std::size_t i = 0; i < pods.size(); ++i) {
    const Json& times = file.at("pods").at(i);
    bed.at(of_seconds(times.at(0)), [&bed, &pods, i] { pods[i] = bed.pods.create(0).id; });
    bed.at(of_seconds(times.at(3)), [&bed, &pods, i] { bed.remove(pods[i]); });
  }
  bed.autoscaler.start();
  bed.run_until(150s);
  Counts counts;
  const auto step = [](Series& series, const TimelineEvent& event, int by) {
    const int before = series.empty() ? 0 : series.back().count;
    series.push_back({seconds(event.at - kStart), before + by});
  };
  for (const TimelineEvent& event : bed.world.timeline) {
    if (event.kind != EventKind::node) continue;
    if (event.what == "ordered") step(counts[0], event, 1);
    if (event.what == "ready") step(counts[1], event, 1);
    if (event.what == "ready") step(counts[2], event, 1);
    if (event.what == "draining") step(counts[2], event, -1);
    if (event.what == "gone") step(counts[1], event, -1);
    if (event.what == "gone") step(counts[0], event, -1);
  }
  return counts;
}

std::string to_text(const Series& series) {
  std::string text;
  for (const Change& change : series) {
    char one[64];
    std::snprintf(one, sizeof one, "%d@%.2f ", change.count, change.at_s);
    text += one;
  }
  return text;
}

void expect_same(const Counts& real, const Counts& ours, double tolerance_s) {
  for (std::size_t which = 0; which < real.size(); ++which) {
    SCOPED_TRACE(std::string(kCounted[which]) + ": recorded " + to_text(real[which]) +
                 ", simulated " + to_text(ours[which]));
    ASSERT_EQ(ours[which].size(), real[which].size());
    for (std::size_t i = 0; i < real[which].size(); ++i) {
      EXPECT_EQ(ours[which][i].count, real[which][i].count);
      EXPECT_NEAR(ours[which][i].at_s, real[which][i].at_s, tolerance_s);
    }
  }
}

double phase_of(const Json& file) {
  constexpr double kValidation = 15;
  const double look = file.at("disrupting_s").at(0).get<double>() - kValidation;
  return std::fmod(look, kLoop);
}

const std::vector<std::string> kWithOtherNodes{"P1an-1", "P1an-2", "P1an-3", "P1an-4", "P1an-5",
                                               "P1an-6", "P1bn-1", "P1bn-2", "P1bn-3", "P1bn-4"};

// At any phase of the loop against the run.
TEST(KarpenterRecordings, EachChangeIsWithinOneLoop) {
  for (const std::string& name : kWithOtherNodes) {
    const Json file = recording(name);
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      SCOPED_TRACE(name + ", seed " + std::to_string(seed));
      expect_same(recorded(file), simulated(file, seed), kLoop);
    }
  }
}

// At the recording's own phase what is left is how long the real one takes for its API calls.
TEST(KarpenterRecordings, AtTheLoopsOwnPhaseEachChangeIsWithinASecond) {
  for (const std::string& name : kWithOtherNodes) {
    const Json file = recording(name);
    SCOPED_TRACE(name);
    expect_same(recorded(file), simulated(file, seed_of(phase_of(file))), 1);
  }
}

// The cluster had no other node, so the real scheduler let the pods wait up to 8 s more than the
// simulated one does.
TEST(KarpenterRecordings, WithoutAnotherNodeAsWell) {
  for (const char* name :
       {"P1a-2", "P1a-3", "P1b-1", "P1b-2", "P1b-3", "P1c-1", "P1c-2", "P1c-3"}) {
    const Json file = recording(name);
    SCOPED_TRACE(name);
    expect_same(recorded(file), simulated(file, seed_of(phase_of(file))), 1);
  }
}

// Here the pods were bound 5 s late, so that their end came within 10 s of it and was not noticed:
// the node could go one loop earlier than the simulated one.
TEST(KarpenterRecordings, PodsBoundLateCostOneLoop) {
  const Json file = recording("P1a-1");
  expect_same(recorded(file), simulated(file, seed_of(phase_of(file))), kLoop);
}

}  // namespace karpenter_test
}  // namespace thaw::sim
