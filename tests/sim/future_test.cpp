// What is known of the requests to come, and a policy of replicas that makes use of it.
#include "sim/future.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "policies/all.hpp"
#include "sim/simulation.hpp"
#include "tests/sim/scenario_builder.hpp"

namespace thaw::sim {
namespace future_test {

Arrivals stream(const std::string& name, const Distribution& gap, Duration from, Duration until) {
  Arrivals made;
  made.name = name;
  made.process.gap = gap;
  made.function = "f";
  made.path = "/function/f/";
  made.from = from;
  made.until = until;
  return made;
}

// Two streams, one with a service of its own, and a trace of two functions that says some of the
// durations.
Scenario open_arrivals() {
  Scenario scenario = platform();
  add_plain_function(scenario, "f").service.duration = Distribution::exponential(3s);
  add_plain_function(scenario, "g").service.duration = Distribution::exponential(2s);
  scenario.arrivals = {stream("a", Distribution::exponential(20s), 100s, 1000s),
                       stream("b", Distribution::exponential(50s), 0s, 2000s)};
  scenario.arrivals[1].service = Distribution::exponential(1s);
  Arrivals trace = stream("t", {}, 10s, 1900s);
  trace.source = Arrivals::Source::trace;
  trace.function = trace.path = "";
  trace.trace = testing::TempDir() + "/future_trace.csv";
  std::ofstream(trace.trace) << "arrival_s,function,duration_s\n5,f,1.5\n6,g,\n7,f,\n800,f,2\n"
                                "1895,f,1\n";
  scenario.arrivals.push_back(trace);
  scenario.until = 3000s;
  return scenario;
}

using Settings = std::initializer_list<std::pair<const char*, const char*>>;

Governor governor(FunctionId function, Settings settings) {
  Governor made{{}, find_policy("clairvoyant_replicas")};
  made.spec.function = function;
  made.spec.name = function == 0 ? "f" : "g";
  for (const auto& [key, value] : settings) made.spec.params.set(key, value, {});
  return made;
}

TEST(Future, IsWhatTheLoadWillBring) {
  const Scenario scenario = open_arrivals();
  RunOptions options;
  options.seed = 7;
  options.governors = {governor(0, {{"start", "60s"}}), governor(1, {{"start", "60s"}})};
  std::vector<FutureRequest> foreseen[2], seen[2];
  options.decided = [&](const DecisionSeen& decision) {
    if (decision.seen.cause != Cause::start) return;
    const auto future = decision.seen.future;
    foreseen[decision.function].assign(future.begin(), future.end());
  };
  options.demand = [&](FunctionId f, TimePoint arrival, Duration service) {
    seen[f].push_back({arrival, service});
  };
  simulate(scenario, options);
  for (int f = 0; f < 2; ++f) {
    ASSERT_EQ(foreseen[f].size(), seen[f].size());
    EXPECT_GT(seen[f].size(), f == 0 ? 50u : 0u);
    for (std::size_t i = 0; i < seen[f].size(); ++i) {
      EXPECT_EQ(foreseen[f][i].arrival, seen[f][i].arrival);
      EXPECT_EQ(foreseen[f][i].service, seen[f][i].service) << f << ", " << i;
    }
  }
}

TEST(Future, IsOnlyWhatIsStillToCome) {
  const Scenario scenario = open_arrivals();
  const World world(scenario, 1);
  Future future(world);
  const auto all = future.after(kStart, 0);
  ASSERT_GT(all.size(), 3u);
  EXPECT_EQ(future.after(all[1].arrival, 0).size(), all.size() - 2);
  EXPECT_TRUE(future.after(kStart + 3000s, 0).empty());
}

TEST(Future, SaysWhereItIsNotAllThatWillCome) {
  Scenario scenario = open_arrivals();
  EXPECT_FALSE(has_unknown_future(scenario));
  scenario.steps = {step("wake", 5s, Method::post, "/function/f/")};
  EXPECT_TRUE(has_unknown_future(scenario));
}

// A start takes 20 s, ordered a second earlier, and a replica is worth keeping over 60 s. Calls of
// 1 s at 100 s, 150 s, 300 s.
TEST(ClairvoyantReplicas, AreReadyInTimeAndGoneWhenNobodyNeedsThem) {
  Scenario scenario = platform();
  FunctionSpec& function = add_plain_function(scenario, "f");
  function.container_start = Distribution::constant(20s);
  workload_of(scenario, function).replicas = Replicas(0);
  Arrivals calls = stream("t", {}, 0s, 400s);
  calls.source = Arrivals::Source::trace;
  calls.trace = testing::TempDir() + "/clairvoyant_trace.csv";
  std::ofstream(calls.trace) << "arrival_s,function,duration_s\n100,f,1\n150,f,1\n300,f,1\n";
  scenario.arrivals = {calls};
  scenario.until = 400s;
  RunOptions options;
  options.governors = {governor(0, {{"start", "60s"}, {"lead", "21s"}})};
  std::vector<std::pair<Duration, int>> writes;
  options.decided = [&](const DecisionSeen& decision) {
    if (decision.decided.desired)
      writes.emplace_back(decision.seen.now - kStart, decision.decided.desired->count);
  };
  const Summary::Function f = simulate(scenario, options).summary.functions.at("f");
  EXPECT_EQ(writes,
            (std::vector<std::pair<Duration, int>>{{79s, 1}, {151s, 0}, {279s, 1}, {301s, 0}}));
  EXPECT_EQ(f.requests.completed, 3);
  EXPECT_EQ(f.requests.cold, 0);
  EXPECT_DOUBLE_EQ(f.latency_s->max, 1);
}

// Eight calls of 10 s at once on replicas of four slots; then what nobody foresaw.
TEST(ClairvoyantReplicas, ServeAsManySideBySideAsTheyHaveSlots) {
  Governor made = governor(0, {{"start", "60s"}, {"slots", "4"}, {"max", "3"}});
  Diagnostics problems;
  const auto policy = made.policy->make(made.spec, problems);
  std::vector<FutureRequest> future(8, {kStart + 100s, 10s});
  Observation seen{};
  seen.future = future;
  const auto ask = [&](Duration at) {
    seen.now = kStart + at;
    return policy->decide(seen);
  };
  EXPECT_EQ(ask(0s).ask_again, kStart + 100s);
  EXPECT_EQ(ask(100s).desired, Replicas(2));
  seen.spec = Replicas(2);
  EXPECT_EQ(ask(110s).desired, Replicas(0));
  seen.spec = Replicas(0);
  EXPECT_EQ(ask(200s).desired, std::nullopt);
  seen.queued = 9;
  const Decision surprised = ask(201s);
  EXPECT_EQ(surprised.desired, Replicas(3));
  EXPECT_EQ(surprised.ask_again, kStart + 202s);
  seen.queued = 99;
  seen.spec = Replicas(3);
  EXPECT_EQ(ask(202s).desired, std::nullopt) << "at most 3";
}

}  // namespace future_test
}  // namespace thaw::sim
