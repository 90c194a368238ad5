// OpenFaaS's gateway: calls that wait for a replica, the time-outs that cut them, and what its
// settings make of the manifests.
#include "sim/openfaas_gateway.hpp"

#include <gtest/gtest.h>

#include "tests/sim/replies.hpp"
#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace openfaas_gateway_test {

constexpr Method kPost = Method::post;
const std::string kPath = "/function/f";

// f is function 0, in namespace demo; the gateway is not among the manifests.
Scenario one_function() {
  Scenario scenario = bare_cluster();
  workload_of(scenario, add_function(scenario, "f")).kind = Workload::Kind::openfaas_function;
  return scenario;
}

Scenario with_gateway(const std::vector<std::pair<std::string, std::string>>& environment) {
  Scenario scenario = one_function();
  Workload gateway = scenario.manifests.workloads.front();
  gateway.kind = Workload::Kind::deployment;
  gateway.name = "gateway";
  gateway.images = {"ghcr.io/openfaas/gateway:0.25.5"};
  gateway.labels = gateway.selector = {{"app", "gateway"}};
  for (const auto& [name, value] : environment) set_env(gateway, name, value);
  scenario.manifests.workloads.push_back(gateway);
  return scenario;
}

const Answer kNotFound{404, Outcome::rejected, CutBy::gateway};
const Answer kCut{502, Outcome::timed_out, CutBy::gateway};

// --- paths ---

TEST(OpenFaasGateway, FindsFunctionsByNameAndByNameWithNamespace) {
  TestBed bed(one_function());
  bed.pod(0);
  for (const char* path :
       {"/function/f", "/function/f/", "/function/f?x=/1", "/function/f.demo/x?y=1"})
    EXPECT_EQ(bed.gateway.resolve(kPost, path).kind, Call::Kind::function) << path;
  for (const char* path : {"/function/g", "/function/f.other", "/f", "/system/functions"}) {
    const RequestId id = bed.call(kPost, path);
    bed.run_until(bed.now());
    expect_reply(bed, id, bed.now(), kNotFound);
  }
}

TEST(OpenFaasGateway, DoesNotFindWhatItsProviderRefused) {
  Scenario scenario = one_function();
  scenario.manifests.workloads.front().refused = "there is no Profile kata";
  TestBed bed(scenario);
  const RequestId id = bed.call(kPost, kPath);
  bed.run_until(1s);
  expect_reply(bed, id, 0s, kNotFound);
  EXPECT_EQ(bed.pokes(), 0) << "nobody can wake it";
}

TEST(OpenFaasGateway, WarmCallIsForwardedAtOnce) {
  TestBed bed(one_function());
  bed.pod(0);
  const RequestId id = bed.call(kPost, kPath, 300ms);
  bed.run_until(1s);
  expect_reply(bed, id, 300ms, kOk);
  EXPECT_EQ(bed.pokes(), 0);
}

// --- from zero ---

TEST(OpenFaasGateway, ColdCallLooksAgainEachTenthOfASecond) {
  TestBed bed(one_function());
  bed.run_until(1040ms);
  const RequestId id = bed.call(kPost, kPath, 300ms);
  EXPECT_EQ(bed.gauge(Gauge::queued), 1);
  EXPECT_EQ(bed.pokes(), 1);
  bed.run_until(5s);
  bed.pod(0);  // between the looks at 4.94 s and 5.04 s
  bed.run_until(10s);
  expect_reply(bed, id, 5040ms + 300ms, kOk);
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
}

TEST(OpenFaasGateway, ReplicaThatIsGoneAtTheNextLookDoesNotEndTheWait) {
  TestBed bed(one_function());
  bed.run_until(1s);
  const RequestId id = bed.call(kPost, kPath);
  bed.run_until(1010ms);
  const PodId first = bed.pod(0);
  bed.run_until(1020ms);
  bed.remove(first);
  bed.run_until(5s);
  EXPECT_FALSE(bed.reply(id));
  bed.pod(0);
  bed.run_until(10s);
  expect_reply(bed, id, 5s + 1s, kOk);
}

TEST(OpenFaasGateway, ChartsConnectionCutsTheWaitBeforeTheThousandLooksAreOver) {
  TestBed bed(one_function());
  bed.run_until(1s);
  const RequestId id = bed.call(kPost, kPath);
  bed.run_until(200s);
  expect_reply(bed, id, 1s + 65s, kCut);  // the chart's read and write time-outs
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
}

TEST(OpenFaasGateway, AfterAThousandLooksTheCallIsForwardedAndFindsNobody) {
  TestBed bed(with_gateway(
      {{"read_timeout", "5m"}, {"write_timeout", "300"}, {"scale_from_zero", "true"}}));
  bed.run_until(1s);
  const RequestId id = bed.call(kPost, kPath);
  bed.run_until(200s);
  expect_reply(bed, id, 1s + 100s, {503, Outcome::failed, CutBy::gateway});
}

TEST(OpenFaasGateway, WithoutScaleFromZeroNobodyWaits) {
  TestBed bed(with_gateway({}));
  const RequestId id = bed.call(kPost, kPath);
  bed.run_until(1s);
  expect_reply(bed, id, 0s, {503, Outcome::failed, CutBy::gateway});
}

TEST(OpenFaasGateway, BelievesAQuarterOfASecondThatAReplicaIsThere) {
  TestBed bed(one_function());
  const PodId pod = bed.pod(0);
  const RequestId seen = bed.call(kPost, kPath, 1ms);
  bed.run_until(100ms);
  expect_reply(bed, seen, 1ms, kOk);
  bed.remove(pod);
  bed.run_until(249ms);
  const RequestId believed = bed.call(kPost, kPath);
  bed.run_until(250ms);
  expect_reply(bed, believed, 249ms, {503, Outcome::failed, CutBy::gateway});
  bed.call(kPost, kPath);
  bed.run_until(1s);
  EXPECT_EQ(bed.gauge(Gauge::queued), 1) << "it has looked, and waits";
}

// --- time-outs and the watchdog ---

TEST(OpenFaasGateway, UpstreamTimeoutCutsWhatWasForwarded) {
  TestBed bed(one_function());
  bed.pod(0);
  const RequestId id = bed.call(kPost, kPath, 2min);
  bed.run_until(100s);
  expect_reply(bed, id, 60s, kCut);
  EXPECT_EQ(bed.gauge(Gauge::in_flight), 0);
}

TEST(OpenFaasGateway, ConnectionIsOneForTheWaitAndTheAnswer) {
  TestBed bed(one_function());
  const RequestId id = bed.call(kPost, kPath, 30s);
  bed.run_until(40s);
  bed.pod(0);  // 25 s are left of 65, less than the 60 of the upstream
  bed.run_until(100s);
  expect_reply(bed, id, 65s, kCut);
}

TEST(OpenFaasGateway, WatchdogEndsWhatTakesLongerThanItsFunctionMay) {
  Scenario scenario = one_function();
  set_env(scenario.manifests.workloads.front(), "exec_timeout", "5s");
  TestBed bed(scenario);
  bed.pod(0);
  const RequestId id = bed.call(kPost, kPath, 6s);
  bed.run_until(10s);
  expect_reply(bed, id, 5s, {504, Outcome::timed_out, CutBy::replica});
}

TEST(OpenFaasGateway, WatchdogTurnsAwayWhatIsTooMuchForOneReplica) {
  Scenario scenario = one_function();
  set_env(scenario.manifests.workloads.front(), "max_inflight", "2");
  TestBed bed(scenario);
  bed.pod(0);
  std::vector<RequestId> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(bed.call(kPost, kPath, 1s));
  bed.run_until(10s);
  expect_reply(bed, calls[0], 1s, kOk);
  expect_reply(bed, calls[1], 2s, kOk);  // one slot: it waited in the replica
  expect_reply(bed, calls[2], 0s, {429, Outcome::rejected, CutBy::replica});
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
}

TEST(OpenFaasGateway, ReplicaThatGoesInMidAnswerIsABadGateway) {
  TestBed bed(one_function());
  const PodId pod = bed.pod(0);
  const RequestId id = bed.call(kPost, kPath, 30s);
  bed.run_until(1s);
  bed.remove(pod);
  bed.run_until(60s);
  const auto reply = bed.reply(id);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->answer.status, 502);
  EXPECT_EQ(name_of(reply->answer.cut_by), "replica");
}

// --- settings ---

std::vector<std::string> problems_of(const Scenario& scenario) {
  Diagnostics diagnostics;
  OpenFaasSettings::resolve(scenario, diagnostics);
  std::vector<std::string> messages;
  try {
    diagnostics.throw_if_any();
  } catch (const InputError& error) {
    for (const Diagnostic& problem : error.problems())
      messages.push_back(problem.key + ": " + problem.message);
  }
  return messages;
}

TEST(OpenFaasSettings, GatewayThatSaysNothingHasSixtySeconds) {
  Diagnostics diagnostics;
  const auto settings = OpenFaasSettings::resolve(with_gateway({}), diagnostics);
  EXPECT_EQ(settings.connection_timeout, 60s);  // readconfig.go
  EXPECT_EQ(settings.upstream_timeout, 60s);
  EXPECT_FALSE(settings.scale_from_zero);
}

TEST(OpenFaasSettings, NonsenseIsToldWhereItStands) {
  Scenario scenario = with_gateway({{"read_timeout", "soon"}});
  set_env(scenario.manifests.workloads.front(), "max_inflight", "-1");
  EXPECT_EQ(problems_of(scenario),
            (std::vector<std::string>{
                "read_timeout: expected a duration such as 1m5s, or seconds, found \"soon\"",
                "max_inflight: expected a count, 0 to 1000000, found \"-1\""}));
}

TEST(OpenFaasSettings, AsynchronousCallsAreRefused) {
  Scenario scenario = one_function();
  scenario.steps.push_back(step("later", 1s, kPost, "/async-function/f"));
  const auto problems = problems_of(scenario);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].find("workload.later: asynchronous calls of OpenFaaS are not modelled"),
            std::string::npos);
}

}  // namespace openfaas_gateway_test
}  // namespace thaw::sim
