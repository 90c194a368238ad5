// The live load: that it is the simulator's, and that nothing is left out of a latency.
#include "drivers/loadgen/loadgen.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include "drivers/loadgen/words.hpp"
#include "tests/drivers/loadgen/bed.hpp"

namespace thaw::loadgen {
namespace loadgen_test {

using std::chrono::milliseconds;

Arrivals stream(const std::string& name, const Distribution& gap, Duration until) {
  Arrivals made;
  made.name = name;
  made.process.gap = gap;
  made.function = "f";
  made.path = "/function/f/";
  made.until = until;
  return made;
}

// --- the load is the simulator's ---

TEST(LoadGenerator, SendsWhatTheSimulatorSendsAtItsVeryInstants) {
  const std::string trace = testing::TempDir() + "loadgen_test_trace.csv";
  std::ofstream(trace) << "arrival_s,function,duration_s\n0.25,g,0.125\n1.5,f,\n1.5,g,2\n";
  Scenario scenario = functions({"f", "g"});
  scenario.functions[0].service.duration = Distribution::exponential(300ms);
  scenario.functions[1].service.duration = Distribution::lognormal_mean_cv(200ms, 0.6);
  scenario.arrivals = {stream("one", Distribution::exponential(100ms), 5s),
                       stream("two", Distribution::gamma_mean_cv(150ms, 2), 4s), Arrivals{}};
  scenario.arrivals[1].service = Distribution::uniform(10ms, 20ms);
  Arrivals& traced = scenario.arrivals[2];
  traced.name = "traced";
  traced.source = Arrivals::Source::trace;
  traced.trace = trace;
  traced.until = 10s;

  std::vector<Bed::Called> simulated;
  sim::RunOptions options = sim::options_for(scenario, 7);
  options.demand = [&](FunctionId function, TimePoint arrival, Duration service) {
    simulated.push_back({function, arrival, service});
  };
  sim::simulate(scenario, options);

  StandIn gateway(at_once);
  Bed bed(scenario, gateway.port(), 10, [](Options& o) {
    o.seed = 7;
    o.tell_work = true;
  });
  ASSERT_TRUE(bed.play());
  ASSERT_GT(simulated.size(), 50u);
  std::ranges::sort(simulated);
  std::ranges::sort(bed.calls);
  EXPECT_EQ(bed.calls, simulated);

  // And each said what it takes, in wall time.
  std::multiset<std::string> said, drawn;
  for (const StandIn::Heard& heard : gateway.heard())
    said.emplace(heard.request.field("fake-service").value_or("nothing"));
  for (const Bed::Called& call : simulated) drawn.insert(go_seconds(call.work / 10));
  EXPECT_EQ(said, drawn);
  EXPECT_EQ(gateway.wrong(), "");
  EXPECT_EQ(bed.ends.size(), simulated.size());
  EXPECT_EQ(bed.load->tally(0).completed + bed.load->tally(1).completed,
            static_cast<std::int64_t>(simulated.size()));
}

TEST(LoadGenerator, PassesPipelinesStageByStageAndDrawsHitsAsTheSimulatorDoes) {
  Scenario scenario = functions({"f", "g", "h"});
  scenario.pipelines.push_back(
      {"whole", {}, {"f", "g", "h"}, Pipeline::Cache{"g", 0.5, 1ms, 2ms}, 1ms});
  Arrivals calls;
  calls.name = "calls";
  calls.pipeline = "whole";
  calls.source = Arrivals::Source::closed;
  calls.clients = 1;
  calls.think = Distribution::constant(1ms);
  calls.until = 300ms;
  scenario.arrivals = {calls};
  StandIn gateway(at_once);
  Bed bed(scenario, gateway.port());
  ASSERT_TRUE(bed.play());
  const auto& whole = bed.load->pipeline_tally(0);
  const LoadGenerator::CacheUse use = bed.load->cache_use(0);
  ASSERT_GE(whole.total, 5);
  EXPECT_EQ(whole.completed, whole.total);
  // A hit leaves g out. The stream is the one that sim/ draws from, a billionth at a time.
  Random hits(1, "cache/whole");
  std::vector<std::string> expected, seen;
  std::int64_t hit = 0;
  for (std::int64_t i = 0; i < whole.total; ++i) {
    expected.emplace_back("/function/f.demo/");
    if (hits.below(1'000'000'000) < 500'000'000) {
      ++hit;
    } else {
      expected.emplace_back("/function/g.demo/");
    }
    expected.emplace_back("/function/h.demo/");
  }
  for (const auto& heard : gateway.heard()) seen.push_back(heard.request.target);
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(use.hits, hit);
  EXPECT_EQ(use.misses, whole.total - hit);
  EXPECT_EQ(bed.load->tally(1).total, use.misses);
  EXPECT_GE(whole.latency.quantile(0), 3ms) << "a hit: two hops, and looking it up";
  EXPECT_GE(whole.latency.max(), 6ms) << "a miss: one hop more, and the store";
}

TEST(LoadGenerator, GoesOnWithoutStragglersAndCountsThemWhenTheyEnd) {
  Scenario scenario = functions({"quick", "slow", "sum"});
  Rounds rounds;
  rounds.name = "training";
  rounds.clients = {"quick", "slow"};
  rounds.aggregate = "sum";
  rounds.number = 2;
  rounds.timeout = 100ms;
  scenario.rounds = {rounds};
  StandIn gateway([](const StandIn::Heard& heard) {
    const bool slow = heard.request.target.starts_with("/function/slow");
    return StandIn::ok("ok", milliseconds(slow ? 400 : 0));
  });
  Bed bed(scenario, gateway.port());
  ASSERT_TRUE(bed.play());
  EXPECT_EQ(bed.response("training").answer.status, 504);
  EXPECT_GE(bed.response("training").latency, 100ms);
  EXPECT_LT(bed.response("training").latency, 350ms);
  EXPECT_EQ(bed.load->tally(1).completed, 2);
  EXPECT_EQ(bed.load->tally(2).completed, 2);
  EXPECT_TRUE(bed.anchors.contains("training"));
  EXPECT_EQ(bed.events.size(), 2u) << "a note a round";
}

// --- time ---

TEST(LoadGenerator, CallsThatAStallKeepsWaitingAreNotSparedIt) {
  Scenario scenario = functions({"f"});
  scenario.arrivals = {stream("s", Distribution::constant(5ms), 600ms)};
  std::atomic<int> count{0};
  StandIn gateway([&](const StandIn::Heard&) {
    if (++count == 20) std::this_thread::sleep_for(milliseconds(300));  // everybody waits
    return StandIn::ok();
  });
  Bed bed(scenario, gateway.port());
  ASSERT_TRUE(bed.play());
  EXPECT_EQ(bed.ends.size(), 119u);  // at 5 ms, 10 ms … 595 ms
  // Of 300 ms, the last 100 ms wait for less than that; a closed loop would have seen one call.
  const auto waited =
      std::ranges::count_if(bed.ends, [](const Ended& e) { return e.latency >= 100ms; });
  EXPECT_GE(waited, 39);  // (300 - 100) / 5, and one more or less
  EXPECT_GE(bed.load->tally(0).latency.max(), 280ms);
}

TEST(LoadGenerator, TellsHowLateItWas) {
  Scenario scenario = functions({"f"});
  scenario.arrivals = {stream("s", Distribution::constant(10ms), 200ms)};
  StandIn gateway(at_once);
  Bed bed(scenario, gateway.port());
  bed.load->start();
  std::this_thread::sleep_for(milliseconds(100));  // the process is kept from its work
  ASSERT_TRUE(bed.run([&] { return bed.load->over(); }));
  EXPECT_GE(bed.load->lateness().worst, 90ms);
  EXPECT_GE(bed.load->lateness().late, 8);  // those due at 10 ms … 80 ms
  EXPECT_GE(bed.load->tally(0).latency.max(), 90ms) << "it counts from the instant that was meant";
  EXPECT_EQ(bed.calls.size(), 19u) << "none is left out";
}

TEST(LoadGenerator, TellsScenarioTimeAtAnyScale) {
  Scenario scenario = functions({"f"});
  scenario.steps = {sim::step("one", 2s, kGet, "/function/f/")};
  StandIn gateway(after(milliseconds(50)));
  const auto began = std::chrono::steady_clock::now();
  Bed bed(scenario, gateway.port(), 10);
  ASSERT_TRUE(bed.play());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1500ms) << "0.2 s and 0.05 s";
  ASSERT_EQ(bed.ends.size(), 1u);
  EXPECT_EQ(bed.ends[0].arrival, scenario.start + 2s);
  EXPECT_GE(bed.response("one").latency, 490ms) << "50 ms of the wall";
  EXPECT_LT(bed.response("one").latency, 3s);
}

TEST(LoadGenerator, KeepsAsManyClientsInAClosedLoop) {
  Scenario scenario = functions({"f"});
  Arrivals closed = stream("s", {}, 600ms);
  closed.source = Arrivals::Source::closed;
  closed.clients = 5;
  closed.think = Distribution::constant(20ms);
  scenario.arrivals = {closed};
  StandIn gateway(after(milliseconds(30)));
  Bed bed(scenario, gateway.port());
  ASSERT_TRUE(bed.play());
  EXPECT_EQ(bed.most[0], 5);
  EXPECT_EQ(gateway.most_under_way(), 5);
  EXPECT_EQ(gateway.connections(), 5) << "connections are kept";
  EXPECT_LE(bed.load->tally(0).total, 60) << "5 clients, 50 ms a turn";
  EXPECT_GE(bed.load->tally(0).total, 10);
}

// --- steps ---

class Answers final : public Facts {
 public:
  bool holds = false;
  Value value(const Term&) const override { return holds ? 1.0 : 0.0; }
};

// SlimFaas knows a function by its name alone.
TEST(LoadGenerator, AFunctionOfSlimFaasIsCalledAsSlimFaasIs) {
  Scenario scenario = functions({"f"});
  const std::size_t f = scenario.functions.front().workload;
  scenario.manifests.workloads[f].annotations["SlimFaas/Function"].value = "true";
  scenario.steps = {sim::step("wake", 0ms, kGet, "/wake-function/f"),
                    sim::step("one", 20ms, kGet, "/function/f/api/tags?x=1"),
                    sim::step("two", 40ms, kGet, "/function/f")};
  StandIn gateway(at_once);
  Bed bed(scenario, gateway.port());
  bed.load->start();
  ASSERT_TRUE(bed.run([&] { return bed.load->over(); }));
  std::vector<std::string> seen;
  for (const auto& heard : gateway.heard()) seen.push_back(heard.request.target);
  EXPECT_EQ(seen, (std::vector<std::string>{"/wake-function/f", "/function/f/api/tags?x=1",
                                            "/function/f/"}));
}

TEST(LoadGenerator, StepsWaitForTheirConditionAndForOneAnother) {
  Scenario scenario = functions({"f"});
  Step third = sim::step("third", 40ms, kPost, "/function/f/run");
  third.at = Instant{40ms, Instant::Anchor::step, "second"};
  third.count = 3;
  third.every = 10ms;
  scenario.steps = {
      sim::step("wake", 0ms, kGet, "/wake-function/f"),
      sim::step_when("second", "ready(f) >= 1", 10s, kGet, "/function/f/api/tags?x=1"), third,
      sim::step_when("never", "ready(f) >= 2", 50ms, kGet, "/function/f/")};
  StandIn gateway(at_once);
  Bed bed(scenario, gateway.port());
  Answers facts;
  bed.load->start();
  EXPECT_TRUE(bed.run([&] { return bed.load->response("wake") && !bed.missed.empty(); }));
  EXPECT_EQ(bed.missed, std::vector<std::string>{"never"});
  bed.load->settle(facts);
  EXPECT_TRUE(bed.load->waits_for_condition());
  facts.holds = true;
  bed.load->settle(facts);
  EXPECT_FALSE(bed.load->waits_for_condition());
  ASSERT_TRUE(bed.run([&] { return bed.load->over(); }));
  std::vector<std::string> seen;
  for (const auto& heard : gateway.heard())
    seen.push_back(heard.request.method + " " + heard.request.target);
  EXPECT_EQ(seen, (std::vector<std::string>{
                      "GET /wake-function/demo/f", "GET /function/f.demo/api/tags?x=1",
                      "POST /function/f.demo/run", "POST /function/f.demo/run",
                      "POST /function/f.demo/run"}));
  EXPECT_GE(bed.anchor("third") - bed.anchor("second"), 60ms) << "40, and 2 x 10";
  EXPECT_EQ(bed.load->tally(0).total, 4) << "a wake is no call";
  EXPECT_EQ(bed.response("third").answer.status, 200);
  EXPECT_EQ(bed.ends.size(), 5u);
  EXPECT_FALSE(bed.ends.front().function);
}

// --- streams, many, and none ---

TEST(LoadGenerator, MeasuresTokensOfAModelsAnswer) {
  Scenario scenario = functions({"f"});
  FunctionSpec& function = scenario.functions[0];
  Llm llm;
  llm.prompt = Distribution::constant(Duration{12});
  llm.output = Distribution::constant(Duration{5});
  llm.prefill = 1000;
  llm.decode = 50;
  function.service.llm = llm;
  function.model = Model{"tiny\"llama", {}, {}};
  scenario.steps = {sim::step("ask", 0ms, kGet, "/function/f/")};
  StandIn gateway([](const StandIn::Heard&) {
    StandIn::Talk talk{
        {"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
         "Transfer-Encoding: chunked\r\n\r\n",
         milliseconds(60), false}};
    for (int token = 0; token < 2; ++token)
      talk.push_back({"6\r\n{\"a\"}\n\r\n", milliseconds(120), false});
    talk.push_back({"9\r\n{\"done\"}\n\r\n0\r\n\r\n", {}, false});
    return talk;
  });
  Bed bed(scenario, gateway.port());
  ASSERT_TRUE(bed.play());
  const auto& streamed = bed.load->tally(0).streamed;
  ASSERT_TRUE(streamed);
  EXPECT_GE(streamed->first.max(), 179ms);
  EXPECT_LE(streamed->first.max(), bed.ends.at(0).latency - 100ms) << "not the last";
  EXPECT_GE(streamed->gap.max(), 100ms) << "the line that ends the answer is no token";
  const rigs::Message request = gateway.heard().at(0).request;
  EXPECT_EQ(request.method + " " + request.target, "POST /function/f.demo/api/generate");
  EXPECT_EQ(request.body,
            "{\"model\":\"tiny\\\"llama\",\"prompt\":\"a a a a a a a a a a a a\","
            "\"options\":{\"num_predict\":5}}");
  EXPECT_FALSE(request.field("fake-service")) << "nobody asked for it";
  EXPECT_EQ(bed.ends.at(0).work, 112ms) << "12 / 1000 and 5 / 50 s";
  EXPECT_GE(*bed.ends.at(0).first_byte, 179ms);
}

TEST(LoadGenerator, KeepsTwoThousandCallsUnderWay) {
  Scenario scenario = functions({"f"});
  Step many = sim::step("many", 0ms, kGet, "/function/f/");
  many.count = 2000;
  scenario.steps = {many};
  StandIn gateway(after(milliseconds(1000)));
  Bed bed(scenario, gateway.port());
  bed.is_ready = false;
  ASSERT_TRUE(bed.play(10s));
  EXPECT_EQ(bed.load->tally(0).completed, 2000);
  EXPECT_EQ(bed.load->tally(0).cold, 2000);
  EXPECT_EQ(bed.most[0], 2000);
  EXPECT_EQ(bed.load->in_flight(0), 0);
  EXPECT_EQ(gateway.most_under_way(), 2000);
  EXPECT_LT(bed.load->tally(0).latency.max(), 4s) << "side by side, not one after another";
}

TEST(LoadGenerator, IsSilentOnceStopped) {
  Scenario scenario = functions({"f"});
  scenario.arrivals = {stream("s", Distribution::constant(2ms), 1h)};
  StandIn gateway(after(milliseconds(30)));
  Bed bed(scenario, gateway.port());
  bed.on_move = [&] {  // from a call of its own, as an interrupt may come
    if (bed.ends.size() == 20) bed.load->stop();
  };
  bed.load->start();
  const auto began = std::chrono::steady_clock::now();
  bed.io.run();  // nothing is left to wait for
  EXPECT_LT(std::chrono::steady_clock::now() - began, 3s);
  EXPECT_EQ(bed.ends.size(), 20u);
  const int moved = bed.moved;
  bed.load.reset();
  bed.io.restart();
  bed.io.run();
  EXPECT_EQ(bed.moved, moved);
}

TEST(Words, NameAFunctionAsTheGatewayKnowsIt) {
  Scenario scenario = functions({"f", "g"});
  StandIn gateway(at_once);
  const std::vector<std::pair<std::string, std::string>> paths = {
      {"/function/f", "/function/f.demo/"},
      {"/function/f?a=b", "/function/f.demo/?a=b"},
      {"/function/f.demo/x/y?a=b", "/function/f.demo/x/y?a=b"},
      {"/wake-function/f", "/wake-function/demo/f"},
      {"/wake-functions", "/wake-functions"},
      {"/status-function/f", "/status-function/f"},
      {"/function/h/x", "/function/h/x"},
  };
  for (const auto& [path, target] : paths)
    scenario.steps.push_back(sim::step(path, Duration{0}, kGet, path));
  Bed bed(scenario, gateway.port());
  ASSERT_TRUE(bed.play());
  std::multiset<std::string> expected, seen;
  for (const auto& [path, target] : paths) expected.insert(target);
  for (const auto& heard : gateway.heard()) seen.insert(heard.request.target);
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(bed.load->tally(0).total, 3);
}

TEST(Words, GoReadsItsOwnSeconds) {
  EXPECT_EQ(go_seconds(125ms), "0.125s");
  EXPECT_EQ(go_seconds(0s), "0s");
  EXPECT_EQ(go_seconds(90min), "5400s");
  EXPECT_EQ(go_seconds(Duration{1'000'000'001}), "1.000000001s");
}

}  // namespace loadgen_test
}  // namespace thaw::loadgen
