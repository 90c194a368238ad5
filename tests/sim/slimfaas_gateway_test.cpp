// Calls through the gateway: held while a function is cold, sent, refused. Polls of the cluster
// count from the start: each second under 0.24, each 3 s under 0.81.
#include "sim/slimfaas_gateway.hpp"

#include <gtest/gtest.h>

#include "tests/sim/replies.hpp"

namespace thaw::sim {
namespace slimfaas_gateway_test {

constexpr Method kGet = Method::get, kPost = Method::post;

// f is function 0, g function 1.
Scenario two_functions(Version slimfaas = k024) {
  Scenario scenario = platform(slimfaas);
  add_function(scenario, "f");
  add_function(scenario, "g");
  return scenario;
}

Answer timed_out(int status) { return {status, Outcome::timed_out, CutBy::gateway}; }
Answer failed(int status) { return {status, Outcome::failed, CutBy::gateway}; }
Answer refused(int status) { return {status, Outcome::rejected, CutBy::gateway}; }

// --- cold calls ---

TEST(SlimFaasGateway, ColdCallIsCutAtTheWaitLimitOfItsVersion) {
  struct Row {
    Version version;
    Duration limit;
    int status;
  };
  // From 0.44: 120 s, and then ten looks for a pod, 100 ms apart.
  for (const Row& row : {Row{{0, 24, 0}, 10s, 500}, Row{{0, 36, 0}, 30s, 500},
                         Row{{0, 44, 0}, 121s, 500}, Row{{0, 81, 0}, 121s, 503}}) {
    TestBed bed(two_functions(row.version));
    bed.run_until(2345ms);
    const RequestId id = bed.call(kPost, "/function/f/x");
    EXPECT_EQ(bed.gauge(Gauge::queued), 1);
    bed.run_until(200s);
    expect_reply(bed, id, 2345ms + row.limit, timed_out(row.status));
    EXPECT_EQ(bed.gauge(Gauge::queued), 0);
  }
}

TEST(SlimFaasGateway, ColdCallWaitsAsLongAsTheEnvironmentSays) {
  Scenario scenario = two_functions(k024);
  set_env(slimfaas_of(scenario), "TIME_MAXIMUM_WAIT_FOR_AT_LEAST_ONE_POD_STARTED_FOR_SYNC_FUNCTION",
          "1200000");
  TestBed bed(scenario);
  const RequestId id = bed.call(kPost, "/function/f/x");
  bed.run_until(3600s);
  expect_reply(bed, id, 1200s, timed_out(500));
}

TEST(SlimFaasGateway, HeldCallGoesWhenAPollHasSeenAPodReady) {
  struct Row {
    Version version;
    Duration sent;
  };
  // Ready at 3.2 s. 0.24 sees it at 4 s, and the call looks each 10 ms from 1.003 s on: 4.003 s.
  // 0.81 sees it at 6 s; the call looks each 100 ms: 6.003 s.
  for (const Row& row : {Row{k024, 4003ms}, Row{k081, 6003ms}}) {
    TestBed bed(two_functions(row.version));
    bed.run_until(1003ms);
    const RequestId id = bed.call(kPost, "/function/f/x", 700ms);
    bed.at(3200ms, [&] { bed.pods.create(0); });
    bed.run_until(row.sent - 1ns);
    EXPECT_EQ(bed.gauge(Gauge::queued), 1);
    EXPECT_EQ(bed.gauge(Gauge::in_flight), 0);
    bed.run_until(row.sent);
    EXPECT_EQ(bed.gauge(Gauge::queued), 0);
    EXPECT_EQ(bed.gauge(Gauge::in_flight), 1);
    bed.run_until(10s);
    expect_reply(bed, id, row.sent + 700ms, kOk);
  }
}

TEST(SlimFaasGateway, HeldCallThatHasWaitedOutIsSentAnyway) {
  TestBed bed(two_functions(k024));
  bed.run_until(500ms);
  const RequestId id = bed.call(kPost, "/function/f/x");
  bed.at(10'200ms, [&] { bed.pods.create(0); });  // the poll at 11 s would be too late
  bed.run_until(20s);
  expect_reply(bed, id, 10'500ms + 1s, kOk);
}

TEST(SlimFaasGateway, LastLooksOf081FindAPodThatIsReadyByThen) {
  TestBed bed(two_functions(k081));
  bed.run_until(500ms);
  const RequestId id = bed.call(kPost, "/function/f/x");
  bed.at(120'750ms,
         [&] { bed.pods.create(0); });  // after the wait, before the last look at 121.5 s
  bed.run_until(130s);
  expect_reply(bed, id, 120'800ms + 1s, kOk);
}

TEST(SlimFaasGateway, WarmCallIsSentAtOnce) {
  TestBed bed(two_functions());
  bed.pod(0);
  bed.run_until(5s);
  const RequestId id = bed.call(kGet, "/function/f/", 30ms);
  bed.run_until(6s);
  expect_reply(bed, id, 5030ms, kOk);
}

TEST(SlimFaasGateway, ColdIsWhatFoundNoReadyReplica) {
  TestBed bed(two_functions());
  const RequestId cold = bed.call(kPost, "/function/f/");
  EXPECT_TRUE(bed.requests.get(cold).cold);
  EXPECT_EQ(bed.pokes(), 1);
  bed.pod(0);
  bed.run_until(5s);
  const RequestId warm = bed.call(kPost, "/function/f/", 60s);
  EXPECT_FALSE(bed.requests.get(warm).cold);
  EXPECT_EQ(bed.pokes(), 1);
}

// --- 0.24's "some pod is ready" ---

TEST(SlimFaasGateway, AnyFunctionsReadyPodLetsAColdCallGoNowhereIn024) {
  TestBed bed(two_functions(k024));
  bed.pod(1);
  bed.run_until(5s);
  const RequestId id = bed.call(kPost, "/function/f/x");
  expect_reply(bed, id, 5s, failed(500));  // its Service has no endpoint
}

TEST(SlimFaasGateway, AnyFunctionsReadyPodReleasesHeldCallsIn024) {
  TestBed bed(two_functions(k024));
  bed.run_until(1s);
  const RequestId id = bed.call(kPost, "/function/f/x");
  bed.at(3500ms, [&] { bed.pods.create(1); });
  bed.run_until(20s);
  expect_reply(bed, id, 4s, failed(500));  // at the poll, which is on the call's 10 ms grid
}

TEST(SlimFaasGateway, From044OnlyItsOwnPodsReleaseACall) {
  TestBed bed(two_functions({0, 44, 0}));
  bed.run_until(1s);
  const RequestId id = bed.call(kPost, "/function/f/x");
  bed.at(3500ms, [&] { bed.pods.create(1); });
  bed.run_until(200s);
  expect_reply(bed, id, 122s, timed_out(500));
}

// --- answers ---

TEST(SlimFaasGateway, AnswerMustComeWithinTheHttpLimit) {
  struct Row {
    Version version;
    Duration limit;
    int status;
  };
  for (const Row& row : {Row{k024, 100s, 500}, Row{k081, 120s, 503}}) {
    TestBed bed(two_functions(row.version));
    bed.pod(0);
    bed.run_until(5s);
    const RequestId id = bed.call(kPost, "/function/f/", 1h);
    bed.run_until(200s);
    expect_reply(bed, id, 5s + row.limit, timed_out(row.status));
    EXPECT_EQ(bed.gauge(Gauge::in_flight), 0);
  }
}

TEST(SlimFaasGateway, ReplicaThatLeavesInMidAnswerIsABadGateway) {
  TestBed bed(two_functions());
  const PodId pod = bed.pod(0);
  bed.run_until(5s);
  const RequestId id = bed.call(kPost, "/function/f/", 60s);
  bed.remove(pod);
  bed.run_until(6s);
  expect_reply(bed, id, 5s, {502, Outcome::failed, CutBy::replica});
}

TEST(SlimFaasGateway, FunctionOnAnotherPortIsUpAndUnreachable) {
  Scenario scenario = two_functions(k024);
  set_env(slimfaas_of(scenario), "BASE_FUNCTION_URL", "http://{function_name}:8081");
  TestBed bed(scenario);
  bed.pod(0);
  bed.run_until(5s);
  const RequestId id = bed.call(kPost, "/function/f/");
  expect_reply(bed, id, 5s, failed(500));
  EXPECT_EQ(bed.gauge(Gauge::ready), 1);
}

// --- wake, status, and what is not there ---

TEST(SlimFaasGateway, WakeIsAnyVerbUntil057AndPostFrom060) {
  struct Row {
    Version version;
    Method method;
    int status;
  };
  for (const Row& row : {Row{k024, kGet, 204}, Row{k024, kPost, 204}, Row{{0, 57, 2}, kGet, 204},
                         Row{{0, 60, 0}, kGet, 405}, Row{k081, kGet, 405}, Row{k081, kPost, 204}}) {
    for (const char* path : {"/wake-function/f", "/wake-functions"}) {
      TestBed bed(two_functions(row.version));
      const RequestId id = bed.call(row.method, path);
      expect_reply(bed, id, 0s,
                   row.status == 204 ? Answer{204, Outcome::completed, CutBy::none} : refused(405));
      EXPECT_EQ(bed.pokes() > 0, row.status == 204) << to_text(row.version) << path;
    }
  }
}

TEST(SlimFaasGateway, WakeFunctionsWakesEach) {
  TestBed bed(two_functions(k081));
  bed.call(kPost, "/wake-functions");
  EXPECT_EQ(bed.pokes(), 2);
  EXPECT_TRUE(bed.gateway.last_activity(0));
  EXPECT_TRUE(bed.gateway.last_activity(1));
}

TEST(SlimFaasGateway, UnknownIsNotFound) {
  TestBed bed(two_functions());
  for (const char* path : {"/function/h/x", "/function/", "/wake-function/h", "/status-function/h",
                           "/", "/functions/f", "/function/ff", "/wake-functionsx"}) {
    expect_reply(bed, bed.call(kGet, path), 0s, refused(404));
  }
  EXPECT_EQ(bed.pokes(), 0);
}

TEST(SlimFaasGateway, StatusIsAnsweredAtOnceAndIsNoCall) {
  TestBed bed(two_functions());
  for (const char* path : {"/status-function/f", "/status-functions", "/health", "/ready"})
    expect_reply(bed, bed.call(kGet, path), 0s, kOk);
  EXPECT_FALSE(bed.gateway.last_activity(0));
}

TEST(SlimFaasGateway, PrivateFunctionIsNotFoundFromOutside) {
  Scenario scenario = two_functions(k081);
  annotate(workload_of(scenario, scenario.functions[0]), "DefaultVisibility", "Private");
  TestBed bed(scenario);
  expect_reply(bed, bed.call(kPost, "/function/f/x"), 0s, refused(404));
  EXPECT_FALSE(bed.gateway.last_activity(0)) << "nor is it a call";
  EXPECT_EQ(bed.pokes(), 0);
}

TEST(SlimFaasGateway, FirstMatchingPathRuleDecidesVisibility) {
  Scenario scenario = two_functions(k081);
  annotate(workload_of(scenario, scenario.functions[0]), "PathsStartWithVisibility",
           "Public:/admin/health,Private:/admin");
  annotate(workload_of(scenario, scenario.functions[1]), "DefaultVisibility", "Private");
  annotate(workload_of(scenario, scenario.functions[1]), "PathsStartWithVisibility",
           "Public:/open");
  TestBed bed(scenario);
  const auto hidden = [&](const char* path) { return bed.gateway.resolve(kGet, path).hidden; };
  EXPECT_TRUE(hidden("/function/f/admin"));
  EXPECT_TRUE(hidden("/function/f/admin/users"));
  EXPECT_FALSE(hidden("/function/f/admin/health"));
  EXPECT_TRUE(hidden("/function/f/ADMIN/users")) << "SlimFaas ignores case";
  EXPECT_FALSE(hidden("/function/f/Admin/Health"));
  EXPECT_FALSE(hidden("/function/f/other"));
  EXPECT_FALSE(hidden("/function/f"));
  EXPECT_TRUE(hidden("/function/g/other"));
  EXPECT_FALSE(hidden("/function/g/open/x"));
}

// --- crash ---

TEST(SlimFaasGateway, CrashForgetsEveryCall) {
  TestBed bed(two_functions());
  bed.pod(1);
  bed.run_until(500ms);  // before the first poll: f's call is held
  bed.call(kPost, "/function/f/");
  bed.run_until(5s);
  bed.call(kPost, "/function/g/", 60s);
  EXPECT_EQ(bed.gauge(Gauge::in_flight, 1), 1);
  bed.crash_gateway(true);
  EXPECT_FALSE(bed.gateway.up({}));
  for (const std::size_t f : {0u, 1u}) {
    EXPECT_EQ(bed.gauge(Gauge::queued, f), 0);
    EXPECT_EQ(bed.gauge(Gauge::in_flight, f), 0);
  }
  EXPECT_EQ(bed.requests.open_count(), 0u);
  bed.run_until(200s);  // and no timer of theirs is left
  EXPECT_EQ(bed.replies().size(), 2u);
}

}  // namespace slimfaas_gateway_test
}  // namespace thaw::sim
