// How a call ends, whatever the gateway says or does not say.
#include <set>

#include "tests/drivers/loadgen/bed.hpp"

namespace thaw::loadgen {
namespace ends_test {

using std::chrono::milliseconds;
using workload::CutBy;
using workload::Outcome;

struct Case {
  std::string name;
  StandIn::Talk answer;
  int status;
  Outcome outcome;
  CutBy cut_by;
};

// Each is the answer to one POST.
void expect(const std::vector<Case>& cases) {
  Scenario scenario = functions({"f"});
  for (std::size_t i = 0; i < cases.size(); ++i)
    scenario.steps.push_back(
        sim::step(cases[i].name, Duration{0}, kPost, "/function/f/" + std::to_string(i)));
  StandIn gateway([&](const StandIn::Heard& heard) {
    return cases.at(std::stoul(heard.request.target.substr(sizeof "/function/f.demo/" - 1))).answer;
  });
  Bed bed(scenario, gateway.port());
  ASSERT_TRUE(bed.play());
  for (const Case& one : cases) {
    const workload::Answer& answer = bed.response(one.name).answer;
    EXPECT_EQ(answer.status, one.status) << one.name;
    EXPECT_EQ(answer.outcome, one.outcome) << one.name;
    EXPECT_EQ(answer.cut_by, one.cut_by) << one.name;
  }
  EXPECT_EQ(gateway.wrong(), "");
}

TEST(CallEnd, IsOfTheStatusAndOfWhoSaidIt) {
  const std::string dated = "Date: Mon, 05 Jan 2026 00:00:00 GMT\r\n";
  StandIn::Talk held = StandIn::status(503);
  held[0].after = milliseconds(550);
  const auto status = [](int code, const std::string& fields = "") {
    return StandIn::status(code, fields);
  };
  expect({
      {"created", status(201), 201, Outcome::completed, CutBy::none},
      {"moved", status(302), 302, Outcome::completed, CutBy::none},
      {"of the gateway", status(404), 404, Outcome::rejected, CutBy::gateway},
      {"of the replica", status(404, dated), 404, Outcome::rejected, CutBy::replica},
      {"too many", status(429), 429, Outcome::rejected, CutBy::gateway},
      {"busy", status(503, dated), 503, Outcome::rejected, CutBy::replica},
      {"full", status(503), 503, Outcome::rejected, CutBy::gateway},
      {"held in vain", held, 503, Outcome::timed_out, CutBy::gateway},
      {"late", status(504), 504, Outcome::timed_out, CutBy::gateway},
      {"slow caller", status(408), 408, Outcome::timed_out, CutBy::gateway},
      {"broken", status(500, dated), 500, Outcome::failed, CutBy::replica},
  });
}

TEST(CallEnd, IsAFailureWhereNoAnswerIsWhole) {
  const auto say = [](std::string bytes, bool close = false) {
    return StandIn::Talk{{std::move(bytes), {}, close}};
  };
  const std::string head = "HTTP/1.1 200 OK\r\n",
                    chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  StandIn::Talk slow;
  for (const char c : head + "Content-Length: 2\r\n\r\nok")
    slow.push_back({{c}, milliseconds(2), false});
  std::vector<Case> cases = {
      {"cut in its body", say(head + "Content-Length: 9\r\n\r\nok", true), 502, Outcome::failed,
       CutBy::crash},
      {"cut in its head", say("HTTP/1.1 20", true), 502, Outcome::failed, CutBy::crash},
      {"cut in its chunks", say(chunked + "2\r\nok\r\n", true), 502, Outcome::failed, CutBy::crash},
      {"not answered", say("", true), 502, Outcome::failed, CutBy::crash},
  };
  for (const std::string& bytes :
       {std::string("SSH-2.0-OpenSSH\r\n\r\n"),
        head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok", chunked + "zz\r\n",
        head + "X: " + std::string(40 << 10, 'x') + "\r\n\r\n",
        std::string("HTTP/1.1 101 Switching Protocols\r\n\r\n")})
    cases.push_back(
        {"malformed: " + bytes.substr(0, 60), say(bytes), 502, Outcome::failed, CutBy::none});
  for (const StandIn::Talk& talk :
       {slow, say(head + "\r\nok", true), say(chunked + "2\r\nok\r\n0\r\n\r\n"),
        say("HTTP/1.1 100 Continue\r\n\r\n" + head + "Content-Length: 0\r\n\r\n")})
    cases.push_back(
        {"whole: " + std::to_string(cases.size()), talk, 200, Outcome::completed, CutBy::none});
  expect(cases);
}

TEST(CallEnd, SaysThatNobodyListens) {
  Scenario scenario = functions({"f"});
  scenario.steps = {sim::step("one", 0ms, kGet, "/function/f/")};
  std::uint16_t port;
  {
    const StandIn gone(at_once);
    port = gone.port();
  }
  Bed bed(scenario, port);
  ASSERT_TRUE(bed.play());
  EXPECT_EQ(bed.response("one").answer.status, 503);
  EXPECT_EQ(bed.response("one").answer.cut_by, CutBy::ingress)
      << "as the simulated entrance says it";
}

TEST(CallEnd, ComesAsTheEntranceWouldCutItOrWhenPatienceIsOver) {
  Scenario scenario = functions({"f"});
  const std::string ns = scenario.manifests.workloads[scenario.functions[0].workload].ns;
  scenario.manifests.virtual_services = {
      {{}, "ways", ns, {{{"/slow"}, "f", 0, "", 100ms}, {{"/gone"}, "nobody", 0, "", 0s}}}};
  scenario.steps = {sim::step("cut", 0ms, kGet, "/slow/path"),
                    sim::step("gone", 0ms, kGet, "/gone"),
                    sim::step("patient", 0ms, kGet, "/function/f/")};
  StandIn gateway(after(milliseconds(2500)));
  Bed bed(scenario, gateway.port(), 1, [](Options& o) { o.patience = 1s; });
  ASSERT_TRUE(bed.play());
  const auto ended = [&](const char* name, int status, Outcome outcome, CutBy by) {
    const workload::Answer& answer = bed.response(name).answer;
    return answer.status == status && answer.outcome == outcome && answer.cut_by == by;
  };
  EXPECT_TRUE(ended("cut", 504, Outcome::timed_out, CutBy::ingress));
  EXPECT_GE(bed.response("cut").latency, 100ms);
  EXPECT_LT(bed.response("cut").latency, 900ms);
  EXPECT_TRUE(ended("gone", 503, Outcome::failed, CutBy::ingress));
  EXPECT_TRUE(ended("patient", 504, Outcome::timed_out, CutBy::client));
  std::set<std::string> seen;
  for (const auto& heard : gateway.heard()) seen.insert(heard.request.target);
  EXPECT_EQ(seen, (std::set<std::string>{"/function/f.demo/slow/path", "/function/f.demo/"}))
      << "the whole path behind a rule, and nothing where there is no Service";
}

// The first answer's connection is closed in the moment of the second call.
TEST(CallEnd, IsPutOffForAGetThatAKeptConnectionLost) {
  for (const Method method : {kGet, kPost}) {
    Scenario scenario = functions({"f"});
    scenario.steps = {sim::step("one", 0ms, method, "/function/f/"),
                      sim::step("two", 50ms, method, "/function/f/"),
                      sim::step("three", 100ms, method, "/function/f/")};
    std::atomic<int> calls{0};
    StandIn gateway([&](const StandIn::Heard&) {
      return ++calls == 2 ? StandIn::Talk{{"", {}, true}} : StandIn::ok();
    });
    Bed bed(scenario, gateway.port());
    ASSERT_TRUE(bed.play());
    EXPECT_EQ(bed.response("one").answer.status, 200);
    EXPECT_EQ(bed.response("two").answer.status, method == kGet ? 200 : 502);
    EXPECT_EQ(bed.response("three").answer.status, 200);
    EXPECT_EQ(calls, method == kGet ? 4 : 3);
    EXPECT_EQ(gateway.connections(), 2);
  }
}

}  // namespace ends_test
}  // namespace thaw::loadgen
