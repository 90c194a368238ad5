// Each function behind the door that its manifest asks for, and all doors as one gateway.
#include "sim/front_doors.hpp"

#include <gtest/gtest.h>

#include "tests/sim/replies.hpp"

namespace thaw::sim {
namespace front_doors_test {

constexpr Method kDoorGet = Method::get;
enum : std::size_t { kOfSlimFaas, kOfKnative, kPlain };

Scenario all_three() {
  Scenario scenario = platform(k024);
  add_function(scenario, "s");
  add_revision(scenario, "k", 1);
  add_plain_function(scenario, "p");
  return scenario;
}

TEST(FrontDoors, EachColdCallEndsAsItsOwnDoorWouldHaveIt) {
  TestBed bed(all_three());
  const RequestId s = bed.call(kDoorGet, "/function/s/"), k = bed.call(kDoorGet, "/function/k/"),
                  p = bed.call(kDoorGet, "/function/p/");
  bed.run_until(1h);
  expect_reply(bed, s, 10s, {500, Outcome::timed_out, CutBy::gateway});   // SlimFaas 0.24
  expect_reply(bed, k, 300s, {504, Outcome::timed_out, CutBy::gateway});  // timeoutSeconds
  expect_reply(bed, p, 0s, {503, Outcome::failed, CutBy::gateway});
  for (const std::size_t f : {kOfSlimFaas, kOfKnative, kPlain})
    EXPECT_TRUE(bed.gateway.last_activity(f)) << f;
}

TEST(FrontDoors, EachReplicaServesItsOwnFunction) {
  TestBed bed(all_three());
  for (const std::size_t f : {kOfSlimFaas, kOfKnative, kPlain}) bed.pod(f);
  bed.run_until(5s);
  for (const char* path : {"/function/s/", "/function/k/", "/function/p/x?y"}) {
    const RequestId id = bed.call(kDoorGet, path, 1s);
    EXPECT_EQ(bed.gauge(Gauge::in_flight, bed.requests.get(id).function), 1) << path;
  }
  bed.run_until(6s);
  ASSERT_EQ(bed.replies().size(), 3u);
  for (const Reply& reply : bed.replies()) EXPECT_EQ(reply.answer.status, 200);
}

TEST(FrontDoors, PathsOfSlimFaasAreItsOwn) {
  TestBed bed(all_three());
  expect_reply(bed, bed.call(kDoorGet, "/wake-function/s"), 0s, {204, Outcome::completed, {}});
  expect_reply(bed, bed.call(kDoorGet, "/health"), 0s, kOk);
  expect_reply(bed, bed.call(kDoorGet, "/function/nobody/"), 0s,
               {404, Outcome::rejected, CutBy::gateway});
}

TEST(FrontDoors, WithoutSlimFaasOtherPathsAreNotFound) {
  Scenario scenario = bare_cluster();
  add_plain_function(scenario, "p");
  add_revision(scenario, "k");
  TestBed bed(scenario);
  for (const char* path : {"/", "/health", "/function/", "/function", "/functions/p/"})
    expect_reply(bed, bed.call(kDoorGet, path), 0s, {404, Outcome::rejected, CutBy::gateway});
}

TEST(FrontDoors, ACrashTakesSlimFaasAlone) {
  TestBed bed(all_three());
  for (const std::size_t f : {kOfSlimFaas, kOfKnative, kPlain}) bed.pod(f);
  bed.run_until(5s);
  const RequestId s = bed.call(kDoorGet, "/function/s/", 10s),
                  k = bed.call(kDoorGet, "/function/k/", 10s),
                  p = bed.call(kDoorGet, "/function/p/", 10s);
  bed.run_until(6s);
  bed.crash_gateway(true);
  expect_reply(bed, s, 6s, {502, Outcome::failed, CutBy::crash});
  expect_reply(bed, bed.call(kDoorGet, "/function/s/"), 6s, {503, Outcome::failed, CutBy::ingress});
  bed.run_until(7s);
  bed.gateway.start();
  bed.run_until(10s);
  const RequestId back = bed.call(kDoorGet, "/function/s/", 1s);
  bed.run_until(60s);
  expect_reply(bed, k, 15s, kOk);
  expect_reply(bed, p, 15s, kOk);
  expect_reply(bed, back, 11s, kOk);
}

TEST(FrontDoors, OnlyKnativeReportsAndIsSteered) {
  TestBed bed(all_three());
  EXPECT_FALSE(bed.gateway.reports(kOfSlimFaas));
  EXPECT_TRUE(bed.gateway.reports(kOfKnative));
  EXPECT_FALSE(bed.gateway.reports(kPlain));
  for (const std::size_t f : {kOfSlimFaas, kOfKnative, kPlain})
    bed.gateway.steer(f, PathMode::serve, 1);
  EXPECT_EQ(bed.gateway.path(kOfKnative).mode, PathMode::serve);
  EXPECT_EQ(bed.gateway.path(kPlain).mode, PathMode::proxy);
  bed.call(kDoorGet, "/function/k/");
  std::vector<Load> load;
  bed.gateway.take_load(kOfKnative, load);
  EXPECT_EQ(load.size(), 1u);
  bed.gateway.take_load(kPlain, load);
  EXPECT_EQ(load.size(), 1u);
}

TEST(FrontDoors, AFunctionOfSlimFaasNeedsIt) {
  Scenario scenario = bare_cluster();
  annotate(workload_of(scenario, add_function(scenario, "s")), "Function", "true");
  try {
    TestBed bed(scenario);
    FAIL() << "nobody would serve s";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("s is a function of SlimFaas"), std::string::npos);
  }
}

}  // namespace front_doors_test
}  // namespace thaw::sim
