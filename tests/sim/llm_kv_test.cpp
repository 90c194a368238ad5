// A language model's KV cache with a limit. A request is 1,000 tokens at 500/s and an answer 100 at
// 50/s: it holds 1,000 from its start on, one more at 2.02 s and each 20 ms after, and ends at 4 s.
// Two side by side do not feel each other (a batch of two).
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "sim/simulation.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace llm_kv_test {

const std::string kPath = "/function/f/";

Scenario with_kv_of(std::int64_t tokens, int slots = 2) {
  Scenario scenario = platform();
  FunctionSpec& function = add_plain_function(scenario, "f");
  Llm llm;
  llm.prompt = Distribution::constant(Duration{1000});
  llm.output = Distribution::constant(Duration{100});
  llm.prefill = 500;
  llm.decode = 50;
  llm.batch = slots;
  llm.kv_tokens = tokens;
  function.service.llm = llm;
  function.service.on_gpu = true;
  function.service.slots = slots;
  return scenario;
}

struct Served {
  explicit Served(const Scenario& scenario) : bed(scenario) {
    bed.pod(0);
    bed.load.start();
    bed.run_until(1h);
  }
  Duration latency(const std::string& step) const { return bed.load.response(step)->latency; }
  const Tally& tally() const { return bed.load.tally(0); }
  TestBed bed;
};

Scenario two_asks(std::int64_t tokens, Duration apart = 0s) {
  Scenario scenario = with_kv_of(tokens);
  scenario.steps = {step("one", 10s, Method::post, kPath),
                    step("two", 10s + apart, Method::post, kPath)};
  return scenario;
}

TEST(KvCache, WithRoomForAllIsNotFelt) {
  const Served two(two_asks(2200));
  EXPECT_EQ(two.latency("one"), 4s);
  EXPECT_EQ(two.latency("two"), 4s);
}

// 2,100 tokens are 50 of each answer. With the 51st, at 2 s + 51 / 50/s = 3.02 s, the second gives
// up 1,051. The first ends at 4 s; then 1,051 tokens are computed in 2.102 s and 49 answered in
// 0.98 s.
TEST(KvCache, WhenItIsFullTheLastOneIsComputedAgain) {
  const Served two(two_asks(2100));
  EXPECT_EQ(two.latency("one"), 4s);
  EXPECT_EQ(two.latency("two"), 4s + 2102ms + 980ms);
  EXPECT_EQ(two.tally().streamed->first.max(), 2020ms) << "its first tokens were out before that";
  EXPECT_EQ(two.bed.gauge(Gauge::in_flight), 0);
}

// The second comes at 1 s, so it has 1 s of its prefill left when the first's first token is out;
// 2,000 and the first's tokens: full with 2,031 at 2 s + 31 / 50/s = 2.62 s. Nothing of it was out.
TEST(KvCache, BeforeItsFirstTokenItBeginsAnew) {
  const Served two(two_asks(2030, 1s));
  EXPECT_EQ(two.latency("one"), 4s);
  EXPECT_EQ(two.latency("two"), 3s + 4s);
  EXPECT_EQ(two.tally().streamed->first.max(), 3s + 2020ms);
}

TEST(KvCache, APromptThatDoesNotFitWaits) {
  const Served two(two_asks(1999));
  EXPECT_EQ(two.latency("one"), 4s);
  EXPECT_EQ(two.latency("two"), 8s);
  EXPECT_EQ(two.tally().streamed->first.max(), 6020ms);
}

// The third would fit beside the first, but the second was there before.
TEST(KvCache, NobodyOvertakes) {
  const std::string path = testing::TempDir() + "llm_kv_test_trace.csv";
  std::ofstream(path) << "arrival_s,function,prompt_tokens,output_tokens\n"
                         "10,f,1000,100\n10.1,f,1000,100\n10.2,f,100,100\n";
  Scenario scenario = with_kv_of(1500, 3);
  Arrivals& three_rows = scenario.arrivals.emplace_back();
  three_rows.name = "three";
  three_rows.trace = path;
  three_rows.source = Arrivals::Source::trace;
  three_rows.until = 1min;
  const Served three(scenario);
  // 4 s; 14 s to 18 s; and from 14 s on 0.2 s and 2 s.
  EXPECT_NEAR(three.tally().latency.mean(), (4e9 + 7.9e9 + 6e9) / 3, 2);
}

TEST(KvCache, WhatWouldNotFitAloneIsRefused) {
  const Served tight(two_asks(1100));
  EXPECT_EQ(tight.tally().completed, 2);
  const Served two(two_asks(1099));
  EXPECT_EQ(two.tally().rejected, 2);
  EXPECT_EQ(two.bed.load.response("one")->answer.status, 400);
  EXPECT_EQ(two.bed.load.response("one")->answer.cut_by, CutBy::replica);
}

// Two in service, of which the second has given way at 3.02 s: it leaves with its caller, or with
// its pod, and nothing stays behind.
TEST(KvCache, OneThatGaveWayMayLeave) {
  for (const bool by_its_caller : {true, false}) {
    TestBed bed(two_asks(2100));
    const PodId pod = bed.pod(0);
    bed.load.start();
    bed.run_until(13500ms);
    EXPECT_EQ(bed.gauge(Gauge::in_flight), 2) << "it stays in service";
    EXPECT_EQ(bed.gauge(Gauge::queued), 0);
    if (by_its_caller) {
      bed.serving.withdraw(1);
      EXPECT_EQ(bed.gauge(Gauge::in_flight), 1);
      bed.run_until(1min);
      EXPECT_EQ(bed.load.tally(0).latency.max(), 4s);
    } else {
      bed.pods.lose(bed.pods.get(pod));
    }
    EXPECT_EQ(bed.gauge(Gauge::in_flight), 0);
    EXPECT_EQ(bed.gauge(Gauge::queued), 0);
  }
}

// Many at once, of all lengths: each is answered, and the books add up to the nanosecond.
TEST(KvCache, BooksAddUpThroughPreemptions) {
  Scenario scenario = with_kv_of(6000, 8);
  Llm& llm = *scenario.functions[0].service.llm;
  llm.prompt = Distribution::uniform(Duration{100}, Duration{2000});
  llm.output = Distribution::uniform(Duration{1}, Duration{800});
  scenario.steps = {step("many", 10s, Method::post, kPath)};
  scenario.steps[0].count = 60;
  RunOptions options = options_for(scenario);
  options.audit = true;
  const RunResult result = simulate(scenario, options);
  EXPECT_TRUE(result.summary.held()) << to_json(result.summary);
  EXPECT_EQ(result.summary.functions.at("f").requests.completed, 60);
  // The same with room for all is quicker: something was computed twice.
  scenario.functions[0].service.llm->kv_tokens = 0;
  const RunResult roomy = simulate(scenario, options_for(scenario));
  EXPECT_LT(roomy.summary.functions.at("f").latency_s->mean,
            result.summary.functions.at("f").latency_s->mean);
}

}  // namespace llm_kv_test
}  // namespace thaw::sim
