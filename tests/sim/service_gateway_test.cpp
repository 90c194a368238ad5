// A plain Service: a ready replica or nobody.
#include "sim/service_gateway.hpp"

#include <gtest/gtest.h>

#include "tests/sim/replies.hpp"

namespace thaw::sim {
namespace service_gateway_test {

constexpr Method kGet = Method::get;
constexpr const char* kPath = "/function/f/";
const Answer kNobody{503, Outcome::failed, CutBy::gateway};
const Answer kDied{502, Outcome::failed, CutBy::replica};

Scenario one_function() {
  Scenario scenario = bare_cluster();
  add_function(scenario, "f");
  return scenario;
}

TEST(ServiceGateway, WithoutReadyReplicaACallIsRefusedAtOnce) {
  TestBed bed(one_function());
  bed.run_until(1s);
  const RequestId id = bed.call(kGet, kPath);
  expect_reply(bed, id, 1s, kNobody);
  EXPECT_EQ(bed.pokes(), 1);
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
  EXPECT_EQ(bed.gateway.last_activity(0), kStart + 1s);
}

TEST(ServiceGateway, AReadyReplicaAnswers) {
  TestBed bed(one_function());
  EXPECT_FALSE(bed.gateway.last_activity(0));
  bed.pod(0);
  const RequestId first = bed.call(kGet, kPath, 2s), second = bed.call(kGet, kPath, 1s);
  EXPECT_EQ(bed.gauge(Gauge::queued), 1) << "one slot: the second waits at the replica";
  bed.run_until(10s);
  expect_reply(bed, first, 2s, kOk);
  expect_reply(bed, second, 3s, kOk);
  EXPECT_EQ(bed.pokes(), 0);
}

TEST(ServiceGateway, AReplicaThatDiesFailsWhatItHas) {
  TestBed bed(one_function());
  bed.pod(0);
  const RequestId serving = bed.call(kGet, kPath, 2s), waiting = bed.call(kGet, kPath, 1s);
  bed.at(1s, [&] { bed.remove(1); });
  bed.run_until(10s);
  expect_reply(bed, serving, 1s, kDied);
  expect_reply(bed, waiting, 1s, kDied);
  EXPECT_EQ(bed.gauge(Gauge::in_flight), 0);
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
}

TEST(ServiceGateway, ACallerThatIsGoneFreesItsReplica) {
  TestBed bed(one_function());
  bed.pod(0);
  const RequestId gone = bed.call(kGet, kPath, 60s), next = bed.call(kGet, kPath, 1s);
  bed.run_until(5s);
  bed.gateway.abort(gone);
  bed.run_until(10s);
  EXPECT_FALSE(bed.reply(gone)) << "nobody is there to be told";
  expect_reply(bed, next, 6s, kOk);
}

TEST(ServiceGateway, OutlivesACrashAndKnowsNoOtherPaths) {
  TestBed bed(one_function());
  bed.pod(0);
  const RequestId id = bed.call(kGet, kPath, 2s);
  bed.crash_gateway(false);
  expect_reply(bed, bed.call(kGet, "/elsewhere"), 0s, {404, Outcome::rejected, CutBy::gateway});
  bed.run_until(10s);
  expect_reply(bed, id, 2s, kOk);
}

TEST(ServiceGateway, HasNoReportsAndNoPathToSteer) {
  TestBed bed(one_function());
  EXPECT_FALSE(bed.gateway.reports(0));
  bed.gateway.steer(0, PathMode::serve, 1);
  EXPECT_EQ(bed.gateway.path(0).mode, PathMode::proxy);
  EXPECT_EQ(bed.path_changes(), 0);
}

}  // namespace service_gateway_test
}  // namespace thaw::sim
