// A language model's server. A request is 1,000 tokens at 500/s and an answer 100 at 50/s: alone it
// takes 1000/500 + 100/50 = 4 s, its first token is out after 2 s + 1/50 s, the next ones each
// 20 ms later. With n in service and a batch of b all of it takes n / min(n, b) times as long.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "sim/simulation.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace llm_test {

constexpr Duration kAlone = 4s, kFirst = 2020ms, kGap = 20ms;
const std::string kPath = "/function/f/";

struct Setting {
  int slots = 1, batch = 1, queue_max = 512;
  Duration load{};
};

Scenario server_of_a_model(const Setting& setting) {
  Scenario scenario = platform();
  FunctionSpec& function = add_plain_function(scenario, "f");
  function.model_load = Distribution::constant(setting.load);
  Llm llm;
  llm.prompt = Distribution::constant(Duration{1000});
  llm.output = Distribution::constant(Duration{100});
  llm.prefill = 500;
  llm.decode = 50;
  llm.batch = setting.batch;
  llm.queue_max = setting.queue_max;
  function.service.llm = llm;
  function.service.on_gpu = true;
  function.service.slots = setting.slots;
  return scenario;
}

Step asks(const std::string& name, Duration at, int count = 1) {
  Step made = step(name, at, Method::post, kPath);
  made.count = count;
  return made;
}

// One replica, Ready before the first call.
struct Played {
  explicit Played(const Scenario& scenario, Duration until = 1h) : bed(scenario) {
    pod = bed.pod(0);
    bed.load.start();
    bed.run_until(until);
  }
  const Tally& tally() const { return bed.load.tally(0); }
  Duration latency(const std::string& step) const { return bed.load.response(step)->latency; }
  std::vector<Duration> times(const std::string& what) {
    return bed.times(bed.pods.get(pod).name, what);
  }
  TestBed bed;
  PodId pod = 0;
};

Played ask_at_once(int n, const Setting& setting) {
  Scenario scenario = server_of_a_model(setting);
  scenario.steps = {asks("ask", 10s, n)};
  return Played(scenario);
}

TEST(Llm, RequestTakesPrefillAndDecoding) {
  const Played one = ask_at_once(1, {});
  EXPECT_EQ(one.tally().latency.max(), kAlone);
  ASSERT_TRUE(one.tally().streamed);
  EXPECT_EQ(one.tally().streamed->first.max(), kFirst);
  EXPECT_EQ(one.tally().streamed->gap.max(), kGap);
}

TEST(Llm, SlotsShareTheCardBeyondTheBatch) {
  for (const auto& [batch, slower] : std::vector<std::pair<int, int>>{{1, 4}, {2, 2}, {4, 1}}) {
    const Played four = ask_at_once(4, {4, batch});
    ASSERT_EQ(four.tally().completed, 4);
    EXPECT_EQ(four.tally().latency.max(), slower * kAlone) << batch;
    EXPECT_EQ(four.tally().latency.quantile(0.01), four.tally().latency.quantile(0.99)) << batch;
    EXPECT_EQ(four.tally().streamed->first.max(), slower * kFirst) << batch;
    EXPECT_EQ(four.tally().streamed->gap.max(), slower * kGap) << batch;
  }
}

TEST(Llm, BatchThatDoesNotDivideTheSlots) {
  EXPECT_NEAR(static_cast<double>(ask_at_once(4, {4, 3}).tally().latency.max().count()),
              4e9 * 4 / 3, 1);
}

// Two of a batch of one: the second comes when the first has 2 s of work left, so from 12 s both go
// at half the speed; the first ends at 16 s, the second has had 2 s by then and ends at 18 s. Its
// first token needs 2.02 s of work: out at 16.02 s, alone again.
TEST(Llm, SpeedFollowsThoseInService) {
  Scenario scenario = server_of_a_model({2});
  scenario.steps = {asks("one", 10s), asks("two", 12s)};
  const Played two(scenario);
  EXPECT_EQ(two.latency("one"), 6s);
  EXPECT_EQ(two.latency("two"), 6s);
  EXPECT_EQ(two.tally().streamed->first.max(), 4020ms);
}

TEST(Llm, BeyondSlotsAndLineACallIsRefusedAtOnce) {
  const Played five = ask_at_once(5, {1, 1, 2});
  EXPECT_EQ(five.tally().completed, 3);
  EXPECT_EQ(five.tally().rejected, 2);
  EXPECT_EQ(five.tally().latency.max(), 3 * kAlone);
  EXPECT_EQ(five.tally().in_vain, 0s);
}

TEST(Llm, TheLineIsOllamasUnlessSaidOtherwise) {
  Scenario scenario = server_of_a_model({4});
  scenario.steps = {asks("ask", 10s, 4 + 512), asks("too many", 11s)};
  const Played many(scenario, 12s);
  EXPECT_EQ(many.tally().rejected, 1);
  EXPECT_EQ(many.bed.load.response("too many")->answer.status, 503);
  EXPECT_EQ(many.bed.load.response("too many")->answer.cut_by, CutBy::replica);
}

// Ready at 0 s + 10 s. Served from 20 s to 24 s, unloaded 5 min later; asked at 400 s it loads
// until 410 s, answers until 414 s, and who asked at 405 s is next.
TEST(Llm, IdleModelIsUnloadedAndTheNextRequestPaysForItsLoad) {
  Scenario scenario = server_of_a_model({.load = 10s});
  scenario.steps = {asks("warm", 20s), asks("cold", 400s), asks("behind", 405s)};
  Played played(scenario, 500s);
  EXPECT_EQ(played.latency("warm"), kAlone);
  EXPECT_EQ(played.times("unloaded"), (std::vector<Duration>{324s}));
  EXPECT_EQ(played.latency("cold"), 10s + kAlone);
  EXPECT_EQ(played.times("loaded"), (std::vector<Duration>{410s}));
  EXPECT_EQ(played.latency("behind"), 13s);
  EXPECT_EQ(played.bed.gauge(Gauge::ready), 1) << "for Kubernetes it is warm all the time";
  EXPECT_EQ(played.tally().cold, 0);
}

TEST(Llm, IdleClockStartsWithReadyAndAgainWithEachEnd) {
  Scenario scenario = server_of_a_model({.load = 10s});
  scenario.steps = {asks("ask", 308s)};  // in service when it would unload, at 310 s
  Played played(scenario, 1h);
  EXPECT_EQ(played.times("unloaded"), (std::vector<Duration>{612s}));
}

// What has a service time of its own (a list of models) needs no model.
TEST(Llm, LightCallNeitherLoadsTheModelNorKeepsIt) {
  Scenario scenario = server_of_a_model({.load = 10s});
  scenario.steps = {asks("keeps", 200s), asks("loads", 350s)};
  for (Step& step : scenario.steps) step.service = Distribution::constant(5ms);
  Played played(scenario, 1h);
  EXPECT_EQ(played.times("unloaded"), (std::vector<Duration>{310s}));
  EXPECT_EQ(played.latency("loads"), 5ms);
  EXPECT_TRUE(played.times("loaded").empty());
  EXPECT_FALSE(played.tally().streamed);
}

TEST(Llm, CallersWhoLeaveDuringTheLoadLeaveALoadedModel) {
  Scenario scenario = server_of_a_model({.load = 10s});
  TestBed bed(scenario);
  const PodId pod = bed.pod(0);
  bed.run_until(400s);
  const RequestId id = bed.requests.open();
  Request& request = bed.requests.get(id);
  request.arrived = bed.world.now();
  request.work = kAlone;
  request.output = 100;
  ASSERT_TRUE(bed.serving.offer(id));
  EXPECT_EQ(bed.gauge(Gauge::queued), 1);
  bed.serving.withdraw(id);
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
  bed.run_until(1h);
  const std::string name = bed.pods.get(pod).name;
  EXPECT_EQ(bed.times(name, "loaded"), (std::vector<Duration>{410s}));
  EXPECT_EQ(bed.times(name, "unloaded"), (std::vector<Duration>{310s, 710s}));
}

TEST(Llm, TraceSaysHowManyTokens) {
  const std::string path = testing::TempDir() + "llm_test_trace.csv";
  std::ofstream(path) << "arrival_s,function,prompt_tokens,output_tokens,duration_s\n"
                         "10,f,500,1,99\n"  // 1 s + 0.02 s, one token: no gap
                         "100,f,,50,\n"     // its own prompt: 2 s + 1 s
                         "200,f,2000,,\n";  // 4 s + its own answer: 2 s
  Scenario scenario = server_of_a_model({});
  Arrivals trace;
  trace.name = "trace";
  trace.source = Arrivals::Source::trace;
  trace.trace = path;
  trace.until = 300s;
  scenario.arrivals = {trace};
  const Played played(scenario, 400s);
  ASSERT_EQ(played.tally().completed, 3);
  EXPECT_NEAR(played.tally().latency.mean(), (1.02e9 + 3e9 + 6e9) / 3, 1);
  EXPECT_NEAR(played.tally().streamed->first.mean(), (1.02e9 + 2.02e9 + 4.02e9) / 3, 1);
  EXPECT_EQ(played.tally().streamed->gap.count(), 2);
}

TEST(Llm, SummaryAndChecksKnowTheFirstToken) {
  Scenario scenario = server_of_a_model({});
  scenario.steps = {asks("ask", 10s)};
  scenario.checks = {check("soon", Check::Kind::end, 0s, "ttft_p95(f) < 2.1s"),
                     check("not sooner", Check::Kind::end, 0s, "not (ttft_p95(f) < 1.9s)")};
  RunOptions options = options_for(scenario);
  options.audit = true;
  const RunResult result = simulate(scenario, options);
  EXPECT_TRUE(result.summary.held()) << to_json(result.summary);
  const Summary::Function& f = result.summary.functions.at("f");
  ASSERT_TRUE(f.ttft_s && f.itl_s);
  EXPECT_DOUBLE_EQ(f.ttft_s->max, 2.02);
  EXPECT_DOUBLE_EQ(f.itl_s->max, 0.02);
}

// One is served, one waits for the weights, then one more than fits comes at once.
TEST(Llm, BooksAddUpThroughLoadsAndRefusals) {
  Scenario scenario = server_of_a_model({2, 1, 3, 10s});
  scenario.steps = {asks("warm", 20s), asks("cold", 400s), asks("many", 405s, 5)};
  RunOptions options = options_for(scenario);
  options.audit = true;
  const RunResult result = simulate(scenario, options);
  EXPECT_TRUE(result.summary.held()) << to_json(result.summary);
  const Summary::Requests& requests = result.summary.functions.at("f").requests;
  EXPECT_EQ(requests.rejected, 1);
  EXPECT_EQ(requests.completed, 6);
}

}  // namespace llm_test
}  // namespace thaw::sim
