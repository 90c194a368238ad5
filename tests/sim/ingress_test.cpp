// The Ingress in front of the gateway: its rules, its read timeout, and what it says when there is
// nobody behind it.
#include "sim/ingress.hpp"

#include <gtest/gtest.h>

#include "tests/sim/replies.hpp"

namespace thaw::sim {
namespace ingress_test {

constexpr Method kPost = Method::post;

IngressObject ingress(std::vector<IngressRule> rules, Duration read_timeout = 5s) {
  IngressObject made;
  made.name = "way-in";
  made.ns = "demo";
  made.read_timeout = read_timeout;
  made.rules = std::move(rules);
  return made;
}
IngressRule rule(const std::string& path, const std::string& service = "slimfaas", int port = 5000,
                 const std::string& port_name = "") {
  return {"", path, service, port, port_name};
}

Scenario scenario_of(std::vector<IngressRule> rules, Duration read_timeout = 5s) {
  Scenario scenario = platform(k024);
  add_function(scenario, "f");
  scenario.manifests.ingresses = {ingress(std::move(rules), read_timeout)};
  return scenario;
}

const Answer kReadTimeout{504, Outcome::timed_out, CutBy::ingress};
const Answer kNoRule{404, Outcome::rejected, CutBy::ingress};
const Answer kNobody{503, Outcome::failed, CutBy::ingress};

// --- read timeout ---

TEST(Ingress, ReadTimeoutCutsAHeldCallBeforeALongerGatewayLimit) {
  TestBed bed(scenario_of({rule("/")}, 5s));  // 0.24 would wait 10 s
  bed.run_until(1s);
  const RequestId id = bed.call(kPost, "/function/f/");
  bed.run_until(60s);
  expect_reply(bed, id, 6s, kReadTimeout);
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
  EXPECT_EQ(bed.replies().size(), 1u) << "the gateway's own limit says nothing any more";
}

TEST(Ingress, GatewaysLimitCutsBeforeALongerReadTimeout) {
  TestBed bed(scenario_of({rule("/")}, 20min));
  const RequestId id = bed.call(kPost, "/function/f/");
  bed.run_until(1h);
  expect_reply(bed, id, 10s, {500, Outcome::timed_out, CutBy::gateway});
  EXPECT_EQ(bed.replies().size(), 1u);
}

TEST(Ingress, ReadTimeoutTakesACallFromItsReplica) {
  TestBed bed(scenario_of({rule("/")}, 5s));
  bed.pod(0);
  bed.run_until(1s);
  const RequestId id = bed.call(kPost, "/function/f/", 60s);
  EXPECT_EQ(bed.gauge(Gauge::in_flight), 1);
  bed.run_until(6s);
  expect_reply(bed, id, 6s, kReadTimeout);
  EXPECT_EQ(bed.gauge(Gauge::in_flight), 0);
}

TEST(Ingress, AnswerInTimeEndsTheTimeout) {
  TestBed bed(scenario_of({rule("/")}, 5s));
  bed.pod(0);
  bed.run_until(1s);
  const RequestId id = bed.call(kPost, "/function/f/", 4999ms);
  bed.run_until(60s);
  expect_reply(bed, id, 5999ms, kOk);
  EXPECT_EQ(bed.replies().size(), 1u);
}

TEST(Ingress, WithoutOneNothingCutsButTheGateway) {
  Scenario scenario = scenario_of({});
  scenario.manifests.ingresses.clear();
  TestBed bed(scenario);
  EXPECT_FALSE(bed.ingress.resolve(kPost, "/function/f/").through_ingress);
  bed.pod(0);
  bed.run_until(1s);
  const RequestId id = bed.call(kPost, "/function/f/", 90s);
  bed.run_until(200s);
  expect_reply(bed, id, 91s, kOk);
}

// --- rules ---

TEST(Ingress, PathWithoutRuleIsNotFound) {
  TestBed bed(scenario_of({rule("/wake-function")}));
  expect_reply(bed, bed.call(kPost, "/function/f/"), 0s, kNoRule);
  EXPECT_FALSE(bed.gateway.last_activity(0)) << "the gateway never sees it";
  expect_reply(bed, bed.call(kPost, "/wake-function/f"), 0s,
               {204, Outcome::completed, CutBy::none});
}

TEST(Ingress, WithoutItsServiceIsUnavailable) {
  const auto answer = [](const IngressRule& r, const std::function<void(Scenario&)>& change) {
    Scenario scenario = scenario_of({r});
    change(scenario);
    TestBed bed(scenario);
    const RequestId id = bed.call(Method::get, "/health");
    return bed.reply(id)->answer.status;
  };
  const auto as_it_is = [](Scenario&) {};
  const auto service = [](Scenario& s) -> ServiceObject& { return s.manifests.services.front(); };
  EXPECT_EQ(answer(rule("/"), as_it_is), 200);
  EXPECT_EQ(answer(rule("/", "missing"), as_it_is), 503);
  EXPECT_EQ(answer(rule("/", "slimfaas", 5001), as_it_is), 503);
  EXPECT_EQ(answer(rule("/", "slimfaas", 0, "http"), as_it_is), 200);
  EXPECT_EQ(answer(rule("/", "slimfaas", 0, "https"), as_it_is), 503);
  EXPECT_EQ(answer(rule("/", "f", 8080), as_it_is), 503) << "not SlimFaas's pods";
  EXPECT_EQ(answer(rule("/"), [&](Scenario& s) { service(s).selector.clear(); }), 503);
  EXPECT_EQ(answer(rule("/"), [&](Scenario& s) { service(s).selector = {{"app", "x"}}; }), 503);
  EXPECT_EQ(answer(rule("/"), [&](Scenario& s) { service(s).ns = "other"; }), 503);
}

TEST(Ingress, MissingServiceSaysUnavailableAndItsOwnName) {
  TestBed bed(scenario_of({rule("/", "missing")}));
  expect_reply(bed, bed.call(kPost, "/function/f/"), 0s, kNobody);
}

TEST(Ingress, LongestPrefixWinsWhateverTheOrder) {
  for (const bool long_first : {true, false}) {
    Scenario scenario = scenario_of({});
    IngressObject general = ingress({rule("/")}, 5s), special = ingress({rule("/function")}, 7s);
    scenario.manifests.ingresses = {long_first ? special : general, long_first ? general : special};
    TestBed bed(scenario);
    EXPECT_EQ(bed.ingress.resolve(kPost, "/function/f/").read_timeout, 7s);
    EXPECT_EQ(bed.ingress.resolve(kPost, "/wake-function/f").read_timeout, 5s);
  }
}

// --- rules past the gateway ---

TEST(Ingress, ARuleMayLeadToAFunctionsOwnService) {
  Scenario scenario = scenario_of(
      {rule("/"), rule("/p", "p", 8080), rule("/q", "q", 0, "http"), rule("/wrong", "p", 9090)});
  add_plain_function(scenario, "p");
  add_plain_function(scenario, "q");
  TestBed bed(scenario);
  for (const std::size_t function : {1u, 2u}) bed.pod(function);
  const RequestId p = bed.call(kPost, "/p/x", 1s), q = bed.call(kPost, "/q", 2s),
                  f = bed.call(kPost, "/function/f/");
  EXPECT_EQ(bed.requests.get(p).function, 1u);
  EXPECT_EQ(bed.requests.get(q).function, 2u);
  EXPECT_EQ(bed.requests.get(f).function, 0u) << "by way of SlimFaas, which holds it";
  expect_reply(bed, bed.call(kPost, "/wrong"), 0s, kNobody);
  bed.run_until(30s);
  expect_reply(bed, p, 1s, kOk);
  expect_reply(bed, q, 2s, kOk);
  expect_reply(bed, f, 5s, kReadTimeout);
}

TEST(Ingress, TheRuleSaysWhichFunctionNotThePath) {
  Scenario scenario = bare_cluster();
  add_plain_function(scenario, "p");
  add_plain_function(scenario, "q");
  scenario.manifests.ingresses = {ingress({rule("/", "q", 8080)})};
  TestBed bed(scenario);
  bed.pod(1);
  const RequestId id = bed.call(kPost, "/function/p/", 6s);
  EXPECT_EQ(bed.requests.get(id).function, 1u);
  bed.run_until(10s);
  expect_reply(bed, id, 5s, kReadTimeout);
  EXPECT_EQ(bed.gauge(Gauge::in_flight, 1), 0) << "the timeout takes it from its replica";
  EXPECT_EQ(bed.gauge(Gauge::in_flight, 0), 0);
}

TEST(Ingress, ReadTimeoutTakesACallFromItsActivator) {
  Scenario scenario = bare_cluster();
  add_revision(scenario, "k", 1);
  scenario.manifests.services = {{{}, "k", "demo", {{"app", "k"}}, {{"http", 80, 8080, ""}}}};
  scenario.manifests.ingresses = {ingress({rule("/", "k", 80)})};
  TestBed bed(scenario);
  const RequestId id = bed.call(kPost, "/");
  EXPECT_EQ(bed.gauge(Gauge::queued), 1);
  bed.run_until(400s);
  expect_reply(bed, id, 5s, kReadTimeout);
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
  EXPECT_EQ(bed.replies().size(), 1u) << "the revision's timeout says nothing any more";
}

// --- crash ---

TEST(Ingress, CrashOfTheGatewayIsABadGatewayForWhatIsInFlight) {
  TestBed bed(scenario_of({rule("/")}, 60s));
  bed.pod(0);
  bed.run_until(4s);
  const RequestId in_flight = bed.call(kPost, "/function/f/", 30s);
  bed.at(4500ms, [&] { bed.crash_gateway(true); });
  bed.run_until(100s);
  expect_reply(bed, in_flight, 4500ms, {502, Outcome::failed, CutBy::crash});
  EXPECT_EQ(bed.replies().size(), 1u) << "and no timeout of its own fires";
}

TEST(Ingress, CrashOfTheGatewayIsABadGatewayForWhatIsHeld) {
  TestBed bed(scenario_of({rule("/")}, 60s));
  const RequestId held = bed.call(kPost, "/function/f/");
  bed.at(3s, [&] { bed.crash_gateway(true); });
  bed.run_until(100s);
  expect_reply(bed, held, 3s, {502, Outcome::failed, CutBy::crash});
}

TEST(Ingress, NewCallsFindNobodyWhileTheGatewayIsDown) {
  TestBed bed(scenario_of({rule("/")}));
  bed.pod(0);
  bed.run_until(5s);
  bed.crash_gateway(true);
  const RequestId down = bed.call(kPost, "/function/f/");
  expect_reply(bed, down, 5s, kNobody);
  bed.run_until(10s);
  bed.gateway.start();
  const RequestId back = bed.call(kPost, "/function/f/");
  bed.run_until(20s);
  expect_reply(bed, back, 11s, kOk);
}

}  // namespace ingress_test
}  // namespace thaw::sim
