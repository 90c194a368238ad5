// Calls on Knative's data path: held while a revision is cold, spread, queued, refused, cut.
// kpa.md section 7 has the limits in words: containerConcurrency c, 11 c at a queue-proxy, 10,000
// at an activator, the revision's timeout over all of it.
#include "sim/knative/data_path.hpp"

#include <gtest/gtest.h>

#include "tests/sim/replies.hpp"

namespace thaw::sim {
namespace data_path_test {

using Pods = std::vector<PodId>;
constexpr Method kGet = Method::get;
constexpr const char* kPath = "/function/f/";

const Answer kRefused{503, Outcome::rejected, CutBy::gateway};
const Answer kTimedOut{504, Outcome::timed_out, CutBy::gateway};
const Answer kDied{502, Outcome::failed, CutBy::replica};

// f, with this containerConcurrency.
Scenario revision(std::uint32_t concurrency, int activators = 1) {
  Scenario scenario = bare_cluster();
  scenario.cluster.activators = activators;
  add_revision(scenario, "f", concurrency);
  return scenario;
}

struct Bed : TestBed {
  explicit Bed(const Scenario& scenario, int replicas = 0) : TestBed(scenario) {
    for (int i = 0; i < replicas; ++i) pod(0);
  }
  explicit Bed(std::uint32_t concurrency, int replicas = 0)
      : Bed(revision(concurrency), replicas) {}

  RequestId call(Duration work = 1s) { return TestBed::call(kGet, kPath, work); }
  // Where so many calls at once go; 0: nowhere yet.
  Pods places(int calls, Duration work = 1s) {
    Pods places;
    for (int i = 0; i < calls; ++i) places.push_back(requests.get(call(work)).pod);
    return places;
  }
  void serve() { gateway.steer(0, PathMode::serve, 1); }
  void proxy(std::uint16_t activators = 1) { gateway.steer(0, PathMode::proxy, activators); }
};

// --- through the activator ---

TEST(KnativeDataPath, ColdCallIsHeldAndGoesTheInstantAReplicaIsReady) {
  Scenario scenario = revision(0);
  scenario.functions[0].container_start = Distribution::constant(3s);
  Bed bed(scenario);
  bed.run_until(1s);
  const RequestId id = bed.call(700ms);
  EXPECT_TRUE(bed.requests.get(id).cold);
  EXPECT_EQ(bed.pokes(), 1);
  EXPECT_EQ(bed.gateway.last_activity(0), kStart + 1s);
  bed.at(2s, [&] { bed.pods.create(0); });
  bed.run_until(5s - 1ns);
  EXPECT_EQ(bed.gauge(Gauge::queued), 1);
  EXPECT_EQ(bed.gauge(Gauge::in_flight), 0);
  bed.run_until(5s);
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
  EXPECT_EQ(bed.gauge(Gauge::in_flight), 1);
  bed.run_until(10s);
  expect_reply(bed, id, 5700ms, kOk);  // 2 s + 3 s + 0.7 s
}

TEST(KnativeDataPath, OnlyTheFirstCallOfAForgottenRevisionPokes) {
  Bed bed(0);
  bed.call();
  bed.call();
  EXPECT_EQ(bed.pokes(), 1);
}

TEST(KnativeDataPath, ActivatorGivesEachReplicaWhatItTakes) {
  EXPECT_EQ(Bed(1, 3).places(4), (Pods{1, 2, 3, 0}));
  EXPECT_EQ(Bed(2, 2).places(5), (Pods{1, 1, 2, 2, 0}));
  EXPECT_EQ(Bed(4, 2).places(9), (Pods{1, 2, 1, 2, 1, 2, 1, 2, 0}));
}

TEST(KnativeDataPath, HeldCallsGoInTheirOrderAsSlotsGetFree) {
  Bed bed(1, 2);
  const RequestId a = bed.call(3s), b = bed.call(1s), c = bed.call(1s), d = bed.call(1s);
  bed.run_until(10s);
  expect_reply(bed, a, 3s, kOk);
  expect_reply(bed, b, 1s, kOk);
  expect_reply(bed, c, 2s, kOk);
  expect_reply(bed, d, 3s, kOk);
}

TEST(KnativeDataPath, ANewReplicaTakesWhatIsHeld) {
  Bed bed(1, 1);
  bed.call(10s);
  const RequestId held = bed.call(1s);
  bed.at(2s, [&] { bed.pods.create(0); });
  bed.run_until(20s);
  expect_reply(bed, held, 3s, kOk);
}

TEST(KnativeDataPath, AnActivatorHoldsTenThousandCalls) {
  Bed bed(1);
  for (int i = 0; i < 10'000; ++i) bed.call();
  EXPECT_EQ(bed.gauge(Gauge::queued), 10'000);
  expect_reply(bed, bed.call(), 0s, kRefused);
  EXPECT_EQ(bed.replies().size(), 1u);
}

TEST(KnativeDataPath, WithoutLimitOfConcurrencyAnActivatorHoldsAll) {
  Bed bed(0);
  for (int i = 0; i < 10'001; ++i) bed.call();
  EXPECT_EQ(bed.gauge(Gauge::queued), 10'001);
  bed.pod(0);
  EXPECT_EQ(bed.gauge(Gauge::in_flight), 1'000) << "as many as the server takes";
  EXPECT_EQ(bed.gauge(Gauge::queued), 9'001) << "the rest waits for it";
}

// --- past the activator ---

TEST(KnativeDataPath, PastTheActivatorReplicasAreTakenInTurn) {
  Bed bed(1, 3);
  bed.serve();
  EXPECT_EQ(bed.places(4), (Pods{1, 2, 3, 0})) << "the fourth waits at the first replica";
  bed.run_until(10s);
  EXPECT_EQ(bed.places(2), (Pods{2, 3}));
}

TEST(KnativeDataPath, QueueProxyRefusesWhatIsBeyondElevenTimesItsConcurrency) {
  Bed bed(2, 1);
  bed.serve();
  for (int i = 0; i < 22; ++i) bed.call(1s);
  EXPECT_EQ(bed.gauge(Gauge::in_flight), 2);
  EXPECT_EQ(bed.gauge(Gauge::queued), 20);
  expect_reply(bed, bed.call(), 0s, kRefused);
  EXPECT_EQ(bed.gauge(Gauge::queued), 20);
  bed.run_until(11s);  // two a second
  EXPECT_EQ(bed.replies().size(), 23u);
  EXPECT_EQ(bed.replies().back().at, 11s);
}

TEST(KnativeDataPath, ColdCallGoesToTheActivatorWhateverTheMode) {
  Bed bed(1);
  bed.serve();
  const RequestId id = bed.call();
  EXPECT_EQ(bed.gauge(Gauge::queued), 1);
  bed.at(2s, [&] { bed.pods.create(0); });
  bed.run_until(4s);
  expect_reply(bed, id, 3s, kOk);
}

// --- timeout ---

Scenario impatient(Duration timeout) {
  Scenario scenario = revision(1);
  workload_of(scenario, scenario.functions[0]).request_timeout = timeout;
  return scenario;
}

TEST(KnativeDataPath, TimeoutCountsTheTimeInTheActivator) {
  Bed bed(impatient(10s));
  const RequestId late = bed.call(5s), held = bed.call(1s);
  bed.at(6s, [&] { bed.pods.create(0); });
  bed.run_until(9s);
  const RequestId next = bed.call(1s);
  bed.run_until(10s - 1ns);
  EXPECT_TRUE(bed.replies().empty());
  bed.run_until(20s);
  expect_reply(bed, late, 10s, kTimedOut);  // 6 s held, 4 of its 5 s served
  expect_reply(bed, held, 10s, kTimedOut);
  expect_reply(bed, next, 11s, kOk);  // the replica is free again at 10 s
  EXPECT_EQ(bed.gauge(Gauge::queued), 0);
  EXPECT_EQ(bed.gauge(Gauge::in_flight), 0);
}

TEST(KnativeDataPath, TimeoutTakesACallFromTheQueueOfItsReplica) {
  Bed bed(impatient(10s), 1);
  bed.serve();
  const RequestId first = bed.call(9500ms), waiting = bed.call(1s);
  bed.run_until(1s);
  const RequestId last = bed.call(1s);
  bed.run_until(20s);
  expect_reply(bed, first, 9500ms, kOk);
  expect_reply(bed, waiting, 10s, kTimedOut);  // half served
  expect_reply(bed, last, 11s, kTimedOut);     // begun at 10 s: both end in one instant
}

TEST(KnativeDataPath, AnAnswerInTimeEndsTheTimeout) {
  Bed bed(impatient(10s), 1);
  const RequestId id = bed.call(9999ms);
  bed.run_until(60s);
  expect_reply(bed, id, 9999ms, kOk);
  EXPECT_EQ(bed.replies().size(), 1u);
}

TEST(KnativeDataPath, WhatIsNoFunctionIsNotFound) {
  Bed bed(1);
  const Answer kNotFound{404, Outcome::rejected, CutBy::gateway};
  expect_reply(bed, bed.TestBed::call(kGet, "/function/g/"), 0s, kNotFound);
  expect_reply(bed, bed.TestBed::call(kGet, "/health"), 0s, kNotFound);
}

// --- replicas go ---

TEST(KnativeDataPath, AReplicaThatDiesFailsWhatItHasAndItsQueue) {
  Bed bed(1, 2);
  bed.serve();
  const RequestId a1 = bed.call(2s), b1 = bed.call(2s), a2 = bed.call(2s), b2 = bed.call(2s);
  bed.at(500ms, [&] { bed.pods.lose(bed.pods.get(1)); });
  bed.run_until(500ms);
  expect_reply(bed, a1, 500ms, kDied);
  expect_reply(bed, a2, 500ms, kDied);
  EXPECT_EQ(bed.gauge(Gauge::queued), 1);
  EXPECT_EQ(bed.gauge(Gauge::in_flight), 1);
  bed.run_until(10s);
  expect_reply(bed, b1, 2s, kOk);
  expect_reply(bed, b2, 4s, kOk);
}

TEST(KnativeDataPath, WhatAnActivatorHoldsOutlivesAReplica) {
  Bed bed(1, 2);
  const RequestId a = bed.call(10s), b = bed.call(1s), held = bed.call(1s);
  bed.at(500ms, [&] { bed.pods.lose(bed.pods.get(1)); });
  bed.run_until(10s);
  expect_reply(bed, a, 500ms, kDied);
  expect_reply(bed, b, 1s, kOk);
  expect_reply(bed, held, 2s, kOk);
}

TEST(KnativeDataPath, ATerminatingReplicaEndsItsQueueAndTakesNothingNew) {
  Scenario scenario = revision(1);
  scenario.functions[0].stop = 30s;
  Bed bed(scenario, 1);
  bed.serve();
  const RequestId serving = bed.call(2s), waiting = bed.call(2s);
  bed.run_until(1s);
  bed.remove(1);
  const RequestId held = bed.call(1s);
  EXPECT_TRUE(bed.requests.get(held).cold);
  bed.at(3s, [&] { bed.pods.create(0); });
  bed.run_until(60s);
  expect_reply(bed, serving, 2s, kOk);
  expect_reply(bed, waiting, 4s, kOk);
  expect_reply(bed, held, 4s, kOk);  // by the replica that is there from 3 s on
}

// --- several activators ---

TEST(KnativeDataPath, ActivatorsShareTheReplicas) {
  Bed bed(revision(1, 3), 3);
  bed.proxy(3);
  // Each activator has one of three replicas, and calls go to activators in turn: the fourth waits
  // for the first replica though the others get free before.
  const RequestId a = bed.call(10s);
  EXPECT_EQ(bed.places(2), (Pods{2, 3}));
  const RequestId d = bed.call(1s);
  bed.run_until(20s);
  expect_reply(bed, a, 10s, kOk);
  expect_reply(bed, d, 11s, kOk);
}

TEST(KnativeDataPath, WithoutLimitEachActivatorHasAllReplicas) {
  Bed bed(revision(0, 2), 1);
  bed.proxy(2);
  EXPECT_EQ(bed.places(4), (Pods{1, 1, 1, 1}));
}

TEST(KnativeDataPath, AnActivatorThatLeavesThePathSendsOnWhatItHolds) {
  Bed bed(revision(1, 2), 2);
  bed.proxy(2);  // activator 0 has replica 1, activator 1 has replica 2
  bed.call(1s);
  bed.call(10s);
  const RequestId c = bed.call(1s);  // waits for replica 1
  const RequestId d = bed.call(1s);  // waits for replica 2
  bed.run_until(500ms);
  bed.proxy(1);
  EXPECT_EQ(bed.gauge(Gauge::queued), 2);
  bed.run_until(30s);
  // Each takes every replica for its own now, and the other's for free: d waits at replica 1, which
  // is free at 1 s, and c at replica 2.
  expect_reply(bed, d, 2s, kOk);
  expect_reply(bed, c, 11s, kOk);
}

TEST(KnativeDataPath, MoreActivatorsThanThereAreIsAllOfThem) {
  Bed bed(revision(1, 2), 2);
  bed.proxy(9);
  EXPECT_EQ(bed.places(3), (Pods{1, 2, 0}));
  bed.proxy(0);  // never none
  EXPECT_EQ(bed.gauge(Gauge::queued), 1);
}

// --- the path ---

TEST(KnativeDataPath, TellsWhoIsInThePath) {
  Bed bed(1);
  const auto since = [&] { return bed.gateway.path(0).proxied_since; };
  EXPECT_EQ(bed.gateway.path(0).mode, PathMode::proxy);
  EXPECT_EQ(since(), kStart);
  EXPECT_TRUE(bed.gateway.path(0).gateway_answers);

  bed.run_until(1s);
  bed.serve();
  EXPECT_EQ(bed.gateway.path(0).mode, PathMode::serve);
  EXPECT_EQ(since(), kStart) << "no replica is ready: still the activator's";
  EXPECT_EQ(bed.path_changes(), 0);

  bed.run_until(2s);
  bed.pod(0);
  EXPECT_FALSE(since());
  EXPECT_FALSE(bed.gateway.path(0).gateway_answers);
  EXPECT_EQ(bed.path_changes(), 1);
  bed.pod(0);
  EXPECT_EQ(bed.path_changes(), 1);

  bed.run_until(3s);
  bed.proxy();
  EXPECT_EQ(since(), kStart + 3s);
  EXPECT_EQ(bed.path_changes(), 2);
  bed.proxy();
  EXPECT_EQ(since(), kStart + 3s);

  bed.serve();
  bed.remove(1);
  EXPECT_FALSE(since());
  bed.run_until(4s);
  bed.remove(2);
  EXPECT_EQ(since(), kStart + 4s);
  EXPECT_EQ(bed.path_changes(), 4);
}

TEST(KnativeDataPath, OutlivesACrashOfTheAutoscaler) {
  Bed bed(1, 1);
  const RequestId serving = bed.call(2s), held = bed.call(1s);
  bed.run_until(1s);
  bed.crash_gateway(false);
  const RequestId after = bed.call(1s);
  bed.run_until(10s);
  expect_reply(bed, serving, 2s, kOk);
  expect_reply(bed, held, 3s, kOk);
  expect_reply(bed, after, 4s, kOk);
  EXPECT_EQ(bed.gateway.last_activity(0), kStart + 1s);
}

}  // namespace data_path_test
}  // namespace thaw::sim
