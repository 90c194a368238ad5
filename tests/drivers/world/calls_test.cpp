#include "drivers/world/calls.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "drivers/world/heard_calls.hpp"
#include "tests/drivers/world/bench.hpp"

namespace thaw::world {
namespace {

constexpr TimePoint kBegan{std::chrono::seconds(1767571200)};  // 2026-01-05T00:00:00Z

GatewayCalls told(TimePoint at, CallCounts counted, TimePoint since = kBegan) {
  return {at, since, {{kOllama, counted}}};
}

std::vector<Load> taken(Calls& calls) {
  std::vector<Load> load;
  calls.take_load(kOllama, load);
  return load;
}

// 0.5 s of two calls in a second of which 0.25 s was before the last word: 1 s of calls in 1 s.
TEST(Calls, AReportIsTheMeanOverTheSecond) {
  Calls calls;
  calls.listen({kOllama});
  calls.tell("a", told(kBegan, {}), kBegan);
  calls.close_seconds(kBegan);
  EXPECT_EQ(taken(calls).size(), 1u);
  calls.tell("a", told(kBegan + 500ms, {2, 0, 0, 2, 0, {}}), kBegan + 500ms);
  calls.tell("a", told(kBegan + 1s, {2, 1, 1'000'000'000, 1, 0, {}}), kBegan + 1s);
  calls.close_seconds(kBegan + 1s);
  const std::vector<Load> load = taken(calls);
  ASSERT_EQ(load.size(), 1u);
  EXPECT_EQ(load[0].at, kBegan + 1s - 1ns);
  EXPECT_DOUBLE_EQ(load[0].concurrency, 1.0);
  EXPECT_DOUBLE_EQ(load[0].requests, 2.0);
  EXPECT_DOUBLE_EQ(load[0].completions, 1.0);
  EXPECT_EQ(load[0].proxied_concurrency, 0.0);
  EXPECT_FALSE(load[0].from_replicas);
  calls.close_seconds(kBegan + 1900ms);
  EXPECT_TRUE(taken(calls).empty()) << "the second is not over";
}

TEST(Calls, GatewaysAddUpAndOneThatSaysNothingNewHasWhatItHad) {
  Calls calls;
  calls.listen({kOllama});
  for (const char* gateway : {"a", "b"}) calls.tell(gateway, told(kBegan, {}), kBegan);
  calls.close_seconds(kBegan);
  taken(calls);
  calls.tell("a", told(kBegan + 1s, {1, 0, 1'000'000'000, 1, 0, {}}), kBegan + 1s);
  calls.tell("b", told(kBegan + 1s, {3, 0, 2'000'000'000, 2, 1, {}}), kBegan + 1s);
  calls.close_seconds(kBegan + 1s);
  calls.tell("a", told(kBegan + 2s, {1, 0, 2'000'000'000, 1, 0, {}}), kBegan + 2s);
  calls.close_seconds(kBegan + 2s);
  const std::vector<Load> load = taken(calls);
  ASSERT_EQ(load.size(), 2u);
  EXPECT_DOUBLE_EQ(load[0].concurrency, 3.0);
  EXPECT_DOUBLE_EQ(load[0].requests, 4.0);
  EXPECT_DOUBLE_EQ(load[1].concurrency, 1.0 + 3.0) << "b: two in service and one that waits";
  EXPECT_DOUBLE_EQ(load[1].requests, 0.0);
  EXPECT_EQ(calls.of(kOllama, kBegan + 2s).in_flight, 3);
  EXPECT_EQ(calls.of(kOllama, kBegan + 2s).queued, 1);
}

// What was counted before anybody listened, or by an earlier life, is no load of this second.
TEST(Calls, AGatewayThatIsNewOrBeginsAnewTellsOnlyWhatCame) {
  Calls calls;
  calls.listen({kOllama});
  calls.close_seconds(kBegan);
  taken(calls);
  calls.tell("a", told(kBegan + 1s, {1000, 900, 0, 0, 0, {}}), kBegan + 1s);
  calls.close_seconds(kBegan + 1s);
  EXPECT_DOUBLE_EQ(taken(calls).at(0).requests, 0.0);
  const TimePoint reborn = kBegan + 1500ms;
  calls.tell("a", told(kBegan + 2s, {5, 5, 0, 0, 0, {}}, reborn), kBegan + 2s);
  calls.close_seconds(kBegan + 2s);
  EXPECT_DOUBLE_EQ(taken(calls).at(0).requests, 5.0);
}

TEST(Calls, SecondsThatWereMissedShareWhatCame) {
  Calls calls;
  calls.listen({kOllama});
  calls.tell("a", told(kBegan, {}), kBegan);
  calls.close_seconds(kBegan);
  taken(calls);
  calls.tell("a", told(kBegan + 3s, {6, 3, 0, 0, 0, {}}), kBegan + 3s);
  calls.close_seconds(kBegan + 3s);
  const std::vector<Load> load = taken(calls);
  ASSERT_EQ(load.size(), 3u);
  for (std::size_t i = 0; i < load.size(); ++i) {
    EXPECT_EQ(load[i].at, kBegan + std::chrono::seconds(i + 1) - 1ns);
    EXPECT_DOUBLE_EQ(load[i].requests, 2.0);
    EXPECT_DOUBLE_EQ(load[i].completions, 1.0);
  }
}

TEST(Calls, ACallThatIsOnIsActivityUntilItsGatewayIsGone) {
  Calls calls;
  Activity activity;
  calls.tell("a", told(kBegan, {1, 0, 0, 1, 0, kBegan}), kBegan);
  calls.refresh(activity, kBegan + 15s);
  EXPECT_EQ(activity.last(kOllama), kBegan + 15s);
  EXPECT_EQ(calls.of(kOllama, kBegan + 15s).on(), 1);
  EXPECT_EQ(calls.of(kOllama, kBegan + 16s).on(), 0) << "not renewed for more than 15 s";
  Activity later;
  calls.refresh(later, kBegan + 16s);
  EXPECT_EQ(later.last(kOllama), kBegan) << "it counts as active when it was heard";
}

TEST(HeardCalls, ComeBackAsTheyWereTold) {
  const GatewayCalls before{kBegan + 5s,
                            kBegan,
                            {{kOllama, {7, 6, 123, 1, 2, kBegan + 4s}},
                             {{"other", "old"}, {1, 1, 1, 0, 0, kBegan - 2h}}}};
  const auto after = gateway_calls_of(to_text(before));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->at, before.at);
  EXPECT_EQ(after->since, before.since);
  EXPECT_EQ(after->functions.at(kOllama), before.functions.at(kOllama));
  EXPECT_EQ(after->functions.size(), 1u) << "nobody needs to know of what was called 2 h ago";
  for (const char* odd : {"", "3", "[]", R"({"at_ns":"x"})"})
    EXPECT_FALSE(gateway_calls_of(odd)) << odd;
  EXPECT_EQ(gateway_calls_of(R"({"functions":{"a/b":{"in_flight":-3}}})")
                ->functions.at({"a", "b"})
                .in_flight,
            0);
}

TEST(HeardCalls, AnIdentityIsMadeAKey) {
  EXPECT_EQ(key_of("3f2c-9.x"), "3f2c-9.x");
  EXPECT_EQ(key_of("a b/_"), "a_20b_2f_5f");
}

TEST(HeardCalls, WhatGoesFromTheConfigMapIsForgottenAndOnesOwnIsNotHeard) {
  TurnedClock clock;
  Calls calls;
  HeardCalls heard(calls, "own", kBegan, clock);
  const std::string on = to_text(told(kBegan, {1, 0, 0, 1, 0, {}}));
  heard.apply({{"data", {{"own", on}, {"b", on}, {"c", "nonsense"}}}});
  EXPECT_EQ(calls.of(kOllama, kBegan).on(), 1);
  EXPECT_EQ(heard.older_than(1h), std::vector<std::string>{"c"}) << "of no instant at all";
  heard.apply({{"data", {{"own", on}}}});
  EXPECT_EQ(calls.of(kOllama, kBegan).on(), 0);
  // An earlier life of this one.
  const std::string before = to_text(told(kBegan, {1, 0, 0, 0, 0, kBegan - 1s}, kBegan - 9s));
  heard.apply({{"data", {{"own", before}}}});
  EXPECT_EQ(calls.of(kOllama, kBegan).last_activity, kBegan - 1s);
}

}  // namespace
}  // namespace thaw::world
