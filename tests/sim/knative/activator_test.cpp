// Which replica an activator sends to, and what it tells of a revision.
#include "sim/knative/activator.hpp"

#include <gtest/gtest.h>

#include <map>

namespace thaw::sim {
namespace activator_test {

using Choice = std::vector<PodId>;

constexpr TimePoint kBegin{100s};
TimePoint at(Duration t) { return kBegin + t; }

struct Chooser {
  explicit Chooser(std::vector<PodId> pods) { activator.assign(std::move(pods)); }

  std::optional<PodId> next(std::uint32_t concurrency) {
    const auto pod = activator.choose(concurrency, random);
    if (pod) activator.sent(*pod);
    return pod;
  }
  Choice next(std::uint32_t concurrency, int calls) {
    Choice chosen;
    for (int i = 0; i < calls; ++i) chosen.push_back(next(concurrency).value_or(0));
    return chosen;
  }

  Activator activator;
  Random random{1, "test", 0};
};

TEST(Activator, UpToThreeAtOnceFillsTheFirstReplicaFirst) {
  EXPECT_EQ(Chooser({4, 5}).next(1, 3), (Choice{4, 5, 0}));
  EXPECT_EQ(Chooser({4, 5}).next(2, 5), (Choice{4, 4, 5, 5, 0}));
  EXPECT_EQ(Chooser({4, 5}).next(3, 7), (Choice{4, 4, 4, 5, 5, 5, 0}));
}

TEST(Activator, AFreedSlotOfTheFirstReplicaIsTakenAgain) {
  Chooser chooser({4, 5, 6});
  chooser.next(2, 5);
  chooser.activator.returned(4);
  EXPECT_EQ(chooser.next(2, 3), (Choice{4, 6, 0}));
}

TEST(Activator, FromFourAtOnceTakesReplicasInTurn) {
  Chooser chooser({4, 5, 6});
  EXPECT_EQ(chooser.next(4, 4), (Choice{4, 5, 6, 4}));
  EXPECT_EQ(chooser.next(4, 9), (Choice{5, 6, 4, 5, 6, 4, 5, 6, 0})) << "three times four";
  chooser.activator.returned(5);
  EXPECT_EQ(chooser.next(4, 2), (Choice{5, 0})) << "the full ones are passed over";
}

TEST(Activator, WithoutLimitTakesTheLessLoadedOfTwo) {
  Chooser chooser({4, 5, 6});
  for (int i = 0; i < 50; ++i) chooser.activator.sent(4);
  std::map<PodId, int> chosen;
  for (int i = 0; i < 90; ++i) ++chosen[*chooser.next(0)];
  // 4 loses against either of the others as long as they have less than its 50.
  EXPECT_EQ(chosen.count(4), 0u);
  EXPECT_GT(chosen[5], 30);
  EXPECT_GT(chosen[6], 30);
}

TEST(Activator, WithoutLimitTheFirstDrawnWinsATie) {
  std::map<PodId, int> chosen;
  Chooser chooser({4, 5});
  for (int i = 0; i < 1000; ++i) ++chosen[*chooser.activator.choose(0, chooser.random)];
  EXPECT_NEAR(chosen[4], 500, 52);  // 3.29 × √(1000 / 4), 99.9 %
}

TEST(Activator, WithoutReplicaHasNoChoice) {
  for (const std::uint32_t concurrency : {0u, 1u, 4u})
    EXPECT_EQ(Chooser({}).next(concurrency), std::nullopt);
  EXPECT_EQ(Chooser({9}).next(0, 3), (Choice{9, 9, 9}));
}

void expect_load(const std::optional<Load>& load, TimePoint t, double concurrency,
                 double requests) {
  ASSERT_TRUE(load);
  EXPECT_EQ(load->at, t);
  EXPECT_NEAR(load->concurrency, concurrency, 1e-12);
  EXPECT_EQ(load->requests, requests);
  EXPECT_EQ(load->proxied_concurrency, 0);
  EXPECT_EQ(load->proxied_requests, 0);
  EXPECT_FALSE(load->from_replicas);
}

TEST(Activator, TellsOfTheFirstCallAtOnceAndTakesItOffTheNextReport) {
  Activator activator;
  expect_load(activator.arrived(at(400ms)), at(400ms), 1, 1);
  EXPECT_FALSE(activator.arrived(at(400ms))) << "the second waits for the report";
  // Two calls since 0.4 s, less the one that was told: 2 - 1, both times.
  expect_load(activator.report(at(1s)), at(1s), 1, 1);
  expect_load(activator.report(at(2s)), at(2s), 2, 0);
}

TEST(Activator, WhatIsLeftOfAShortFirstCallIsNotNegative) {
  Activator activator;
  activator.arrived(at(0s));
  activator.left(at(250ms));
  expect_load(activator.report(at(1s)), at(1s), 0, 0);  // max(0, 0.25 - 1), 1 - 1
}

TEST(Activator, ForgetsARevisionAfterOneSilentReport) {
  Activator activator;
  EXPECT_FALSE(activator.report(at(0s))) << "nobody called yet";
  activator.arrived(at(0s));
  activator.report(at(1s));
  activator.left(at(2s));
  expect_load(activator.report(at(3s)), at(3s), 0.5, 0);
  expect_load(activator.report(at(4s)), at(4s), 0, 0);
  EXPECT_FALSE(activator.report(at(5s)));
  expect_load(activator.arrived(at(6s)), at(6s), 1, 1);
}

}  // namespace activator_test
}  // namespace thaw::sim
