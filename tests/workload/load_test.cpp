// What is sent when, and when the load is over. Calls go to /health, which answers at once, where
// only their instants matter.
#include "engine/workload/load.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <tuple>

#include "policies/all.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace load_test {

using Times = std::vector<Duration>;
constexpr Method kGet = Method::get;

Scenario one_function() {
  Scenario scenario = platform();
  add_function(scenario, "f");
  return scenario;
}

// Gaps of this distribution, one after another.
Arrivals stream(const std::string& name, const Distribution& gap, Duration from, Duration until) {
  Arrivals made;
  made.name = name;
  made.process.gap = gap;
  made.function = "f";
  made.path = "/health";
  made.from = from;
  made.until = until;
  return made;
}
const Distribution kPoisson10 = Distribution::exponential(100ms),  // 10/s
    kPoisson1 = Distribution::exponential(1s);

Times sent_by(const Scenario& scenario, Duration until, std::uint64_t seed = 1) {
  TestBed bed(scenario, seed);
  bed.load.start();
  bed.run_until(until);
  EXPECT_TRUE(bed.load.over());
  return bed.sent();
}

std::string trace_of(const std::string& rows) {
  const std::string path = testing::TempDir() + "load_test_trace.csv";
  std::ofstream(path) << rows;
  return path;
}

// --- streams ---

TEST(Load, PoissonStreamKeepsItsRateAndIsAsUnevenAsItShouldBe) {
  Scenario scenario = one_function();
  scenario.arrivals = {stream("s", kPoisson10, 100s, 1100s)};
  const Times sent = sent_by(scenario, 1200s);
  // Poisson(10/s × 1000 s): 10,000 ± 3.29 × √10,000 in 99.9 %.
  EXPECT_NEAR(static_cast<double>(sent.size()), 10'000, 329);
  EXPECT_GE(sent.front(), 100s);
  EXPECT_LT(sent.back(), 1100s);
  // Counts in 1,000 seconds: variance over mean is chi² with 999 degrees over 999, so 1 ± 3.29 ×
  // √(2/999).
  std::vector<double> counts(1000, 0);
  for (const Duration t : sent) ++counts[static_cast<std::size_t>((t - 100s) / 1s)];
  double squares = 0;
  const double mean = static_cast<double>(sent.size()) / 1000;
  for (const double count : counts) squares += (count - mean) * (count - mean);
  EXPECT_NEAR(squares / 999 / mean, 1, 0.147);
}

TEST(Load, PoissonStreamIsOfTheSeed) {
  Scenario scenario = one_function();
  scenario.arrivals = {stream("s", kPoisson1, 0s, 100s)};
  EXPECT_EQ(sent_by(scenario, 200s, 5), sent_by(scenario, 200s, 5));
  EXPECT_NE(sent_by(scenario, 200s, 5), sent_by(scenario, 200s, 6));
}

TEST(Load, ConstantStreamIsSpacedExactly) {
  Scenario scenario = one_function();
  scenario.arrivals = {stream("s", Distribution::constant(250ms), 1s, 3s)};
  // One interval after its beginning, and none at its end.
  EXPECT_EQ(sent_by(scenario, 10s), (Times{1250ms, 1500ms, 1750ms, 2s, 2250ms, 2500ms, 2750ms}));
}

TEST(Load, StreamSlowerThanItsSpanSendsNothing) {
  Scenario scenario = one_function();
  scenario.arrivals = {stream("s", Distribution::constant(24h * 365), 0s, 100s)};
  EXPECT_EQ(sent_by(scenario, 200s), Times{});
}

TEST(Load, AnotherStreamDoesNotShiftAStreamsLuck) {
  Scenario scenario = one_function();
  scenario.arrivals = {stream("s", kPoisson1, 0s, 100s)};
  const Times alone = sent_by(scenario, 200s);
  scenario.arrivals.insert(scenario.arrivals.begin(), stream("other", kPoisson1, 0s, 100s));
  const Times both = sent_by(scenario, 200s);
  EXPECT_TRUE(std::includes(both.begin(), both.end(), alone.begin(), alone.end()));
}

using Asked = std::vector<std::pair<TimePoint, Duration>>;

Asked asked_under(const Scenario& scenario, const char* policy) {
  Asked asked;
  RunOptions options = options_for(scenario, 5, find_policy(policy));
  for (Governor& governor : options.governors) governor.spec.params = {};
  options.demand = [&](FunctionId, TimePoint arrival, Duration service) {
    asked.emplace_back(arrival, service);
  };
  const RunResult result = simulate(scenario, options);
  EXPECT_EQ(result.summary.functions.at("f").scaled_by, policy);
  return asked;
}

// Common random numbers: to the nanosecond, whether a call finds a replica or wakes one.
TEST(Load, ArrivalsAndServicesAreTheSameUnderEveryPolicy) {
  Scenario scenario = one_function();
  scenario.arrivals = {stream("s", kPoisson1, 0s, 500s)};
  scenario.arrivals[0].path = "/function/f/";
  scenario.functions[0].service.duration = Distribution::gamma_mean_cv(2s, 0.7);
  const Asked awake = asked_under(scenario, "fixed");
  EXPECT_GT(awake.size(), 400U);
  EXPECT_TRUE(awake == asked_under(scenario, "idle_timeout"));
  EXPECT_TRUE(awake == asked_under(scenario, "capacity"));
}

// --- closed loops ---

Scenario closed_loop(int clients, Duration think, Duration work, Duration until) {
  Scenario scenario = one_function();
  scenario.functions[0].service.slots = 100;
  scenario.functions[0].service.duration = Distribution::constant(work);
  Arrivals loop = stream("loop", {}, 0s, until);
  loop.source = Arrivals::Source::closed;
  loop.clients = clients;
  loop.think = Distribution::constant(think);
  loop.path = "/function/f/";
  scenario.arrivals = {loop};
  return scenario;
}

// Behind three doors: SlimFaas, Knative, a Service.
TEST(Load, TraceSaysWhichFunctionOfTheManifestsEachCallIsFor) {
  Scenario scenario = one_function();
  add_revision(scenario, "k");
  add_plain_function(scenario, "p");
  Arrivals trace;
  trace.name = "trace";
  trace.source = Arrivals::Source::trace;
  trace.trace = trace_of(
      "arrival_s,function,duration_s\n"
      "0,p,2.5\n0.25,k,0.5\n0.25,f,0.5\n1,k,\n2,p,9\n50,f,1\n");
  trace.from = 10s;
  trace.until = 30s;
  scenario.arrivals = {trace};
  TestBed bed(scenario);
  for (std::size_t function = 0; function < 3; ++function) bed.pod(function);
  bed.load.start();
  bed.run_until(100s);
  EXPECT_EQ(bed.sent(), (Times{10s, 10250ms, 10250ms, 11s, 12s})) << "the last is past its end";
  EXPECT_TRUE(bed.load.over());
  const auto& [f, k, p] = std::tie(bed.load.tally(0), bed.load.tally(1), bed.load.tally(2));
  EXPECT_EQ(f.completed, 1);
  EXPECT_EQ(k.completed, 2);
  EXPECT_EQ(p.completed, 2);
  const auto longest = [](const Tally& tally) { return seconds(tally.latency.quantile(1)); };
  EXPECT_NEAR(longest(f), 0.5, 0.01);
  EXPECT_NEAR(longest(k), 1, 0.02) << "no duration in the row: the function's own";
  EXPECT_NEAR(longest(p), 9.5, 0.2);  // from 12 s behind the first until 12.5 s, and 9 s
}

TEST(Load, TraceForOneFunctionIsForThatOne) {
  Scenario scenario = bare_cluster();
  add_plain_function(scenario, "p");
  add_plain_function(scenario, "q");
  Arrivals trace;
  trace.name = "trace";
  trace.source = Arrivals::Source::trace;
  trace.function = "q";
  trace.path = "/function/q/";
  trace.trace = trace_of("arrival_s,function\n0,p\n1,whoever\n");
  trace.until = 30s;
  scenario.arrivals = {trace};
  TestBed bed(scenario);
  bed.load.start();
  bed.run_until(5s);
  EXPECT_EQ(bed.load.tally(0).total, 0);
  EXPECT_EQ(bed.load.tally(1).failed, 2) << "no replica";
}

TEST(Load, ClosedLoopSendsNextAfterAnswerAndThinking) {
  TestBed bed(closed_loop(3, 1s, 500ms, 10s));
  bed.pod(0);
  bed.load.start();
  bed.run_until(9s);
  EXPECT_FALSE(bed.load.over());
  bed.run_until(20s);
  EXPECT_TRUE(bed.load.over());
  Times expected;  // each of the three at 0, 1.5, …, 9 s
  for (Duration t = 0s; t < 10s; t += 1500ms) expected.insert(expected.end(), 3, t);
  EXPECT_EQ(bed.sent(), expected);
  EXPECT_EQ(bed.load.tally(0).completed, 21);
}

TEST(Load, ClosedLoopNeverHasMoreInTheSystemThanClients) {
  Scenario scenario = closed_loop(5, 100ms, 1s, 60s);
  scenario.functions[0].service.slots = 2;  // so that some wait
  scenario.functions[0].service.duration = Distribution::exponential(1s);
  TestBed bed(scenario);
  bed.pod(0);
  bed.load.start();
  std::size_t most = 0;
  for (Duration t = 0s; t < 70s; t += 10ms) {
    bed.run_until(t);
    most = std::max(most, bed.requests.open_count());
  }
  EXPECT_EQ(most, 5u);
  EXPECT_LT(bed.sent().back(), 60s);
}

TEST(Load, ClientWhoIsRefusedAtOnceComesBackAfterATenthOfASecond) {
  Scenario scenario = closed_loop(1, 0s, 0s, 1s);
  scenario.arrivals[0].path = "/nowhere";
  const Times sent = sent_by(scenario, 2s);
  ASSERT_EQ(sent.size(), 10u);  // 0, 0.1, … 0.9 s
  EXPECT_EQ(sent.back(), 900ms);
}

// --- steps ---

TEST(Load, StepIsSentAtItsInstant) {
  Scenario scenario = one_function();
  scenario.steps = {step("late", 7s, kGet, "/health"), step("early", 5s, kGet, "/health")};
  EXPECT_EQ(sent_by(scenario, 10s), (Times{5s, 7s}));
}

TEST(Load, StepOfManyIsSentAtOnceOrSpaced) {
  Scenario scenario = one_function();
  scenario.steps = {step("s", 5s, kGet, "/health")};
  scenario.steps[0].count = 3;
  EXPECT_EQ(sent_by(scenario, 60s), (Times{5s, 5s, 5s}));
  scenario.steps[0].every = 10s;
  EXPECT_EQ(sent_by(scenario, 60s), (Times{5s, 15s, 25s}));
}

TEST(Load, StepAfterAnotherCountsFromItsLastAnswer) {
  Scenario scenario = one_function();
  scenario.functions[0].service.slots = 1;
  scenario.steps = {step("after", 2s, kGet, "/health"), step("ask", 5s, kGet, "/function/f/")};
  scenario.steps[0].at = Instant{2s, Instant::Anchor::step, "ask"};
  scenario.steps[1].count = 3;  // 1 s each, one after another: 6, 7, 8 s
  TestBed bed(scenario);
  bed.pod(0);
  bed.load.start();
  bed.run_until(60s);
  EXPECT_EQ(bed.sent(), (Times{5s, 5s, 5s, 10s}));
}

TEST(Load, ResponseIsTheStepsLastAnswer) {
  Scenario scenario = one_function();
  scenario.steps = {step("s", 0s, kGet, "/function/f/")};
  scenario.steps[0].count = 2;
  scenario.steps[0].every = 20s;
  scenario.steps[0].service = Distribution::constant(3s);
  TestBed bed(scenario);
  bed.load.start();
  EXPECT_EQ(bed.load.response("s"), nullptr);
  EXPECT_EQ(bed.load.response("nobody"), nullptr);
  bed.run_until(12s);
  ASSERT_TRUE(bed.load.response("s"));
  EXPECT_EQ(bed.load.response("s")->answer.status, 500);  // nobody there: 10 s
  EXPECT_EQ(bed.load.response("s")->latency, 10s);
  bed.pod(0);
  bed.run_until(60s);
  EXPECT_EQ(bed.load.response("s")->answer.status, 200);
  EXPECT_EQ(bed.load.response("s")->latency, 3s) << "its own service time";
}

TEST(Load, TallyCountsEachOutcomeAndWaitsOfTheCompleted) {
  Scenario scenario = one_function();
  annotate(workload_of(scenario, scenario.functions[0]), "PathsStartWithVisibility", "Private:/no");
  scenario.functions[0].service.slots = 1;
  scenario.steps = {
      step("cut", 0s, kGet, "/function/f/"), step("hidden", 1s, kGet, "/function/f/no"),
      step("two", 20s, kGet, "/function/f/"), step("wake", 30s, kGet, "/wake-function/f")};
  scenario.steps[2].count = 2;
  TestBed bed(scenario);
  bed.at(15s, [&] { bed.pods.create(0); });
  bed.load.start();
  bed.run_until(60s);
  const Tally& tally = bed.load.tally(0);
  EXPECT_EQ(tally.total, 4) << "a wake is no request";
  EXPECT_EQ(tally.completed, 2);
  EXPECT_EQ(tally.timed_out, 1);
  EXPECT_EQ(tally.rejected, 1);
  EXPECT_EQ(tally.failed, 0);
  EXPECT_EQ(tally.cold, 1);
  EXPECT_EQ(tally.latency.max(), 2s);  // 1 s each, one after the other
  EXPECT_EQ(tally.wait.max(), 1s);
  EXPECT_DOUBLE_EQ(tally.wait.mean(), 0.5e9);
}

TEST(Load, IsOverOnceNothingWillBeSentAndNothingIsUnderWay) {
  Scenario scenario = one_function();
  scenario.steps = {step("ask", 5s, kGet, "/function/f/"), step("after", 0s, kGet, "/health")};
  scenario.steps[1].at = Instant{3s, Instant::Anchor::step, "ask"};
  TestBed bed(scenario);
  bed.load.start();
  bed.run_until(14'999ms);
  EXPECT_FALSE(bed.load.over()) << "a call is held";
  bed.run_until(17s);
  EXPECT_FALSE(bed.load.over()) << "a step waits for it";
  bed.run_until(18s);
  EXPECT_TRUE(bed.load.over());
}

TEST(Load, EmptyLoadIsOverAtOnce) { EXPECT_EQ(sent_by(one_function(), 0s), Times{}); }

// --- steps that wait for a condition: in a whole run, where nobody scales ---

TEST(Load, StepWaitsForItsCondition) {
  Scenario scenario = one_function();
  scenario.functions[0].container_start = Distribution::constant(42s);
  scenario.steps = {step_when("ask", "ready(f) >= 1", 5min, kGet, "/function/f/")};
  scenario.checks = {
      check("at 42 s", Check::Kind::at, 42s, "ready(f) == 1"),
      check("sent and answered within 2 s", Check::Kind::by, 44s, "response(ask).status == 200"),
      check("not before", Check::Kind::at, 42s - 1ns, "count(total, f) == 0")};
  const RunResult result = simulate(scenario, RunOptions{});
  for (const auto& one : result.summary.checks) EXPECT_TRUE(one.held) << one.name << one.detail;
  EXPECT_EQ(result.summary.functions.at("f").requests.completed, 1);
}

TEST(Load, StepWhoseConditionDoesNotComeIsAFailedCheckOfItsName) {
  Scenario scenario = one_function();
  scenario.steps = {step_when("ask", "ready(f) >= 2", 90s, kGet, "/function/f/")};
  const RunResult result = simulate(scenario, RunOptions{});
  ASSERT_EQ(result.summary.checks.size(), 1u);
  const Summary::CheckResult& missed = result.summary.checks[0];
  EXPECT_EQ(missed.name, "ask");
  EXPECT_FALSE(missed.held);
  EXPECT_EQ(missed.at_s, 90.0);
  EXPECT_NE(missed.detail.find("ready(f) >= 2 did not hold within 1min30s"), std::string::npos)
      << missed.detail;
  EXPECT_NE(missed.detail.find("ready(f) = 1"), std::string::npos) << missed.detail;
  EXPECT_FALSE(result.summary.held());
  EXPECT_EQ(result.summary.functions.at("f").requests.total, 0);
}

}  // namespace load_test
}  // namespace thaw::sim
