// What is expected here follows the rules in the header; the whole of it is held against the real
// controller's answers by the conformance cases.
#include "policies/hpa/normalize.hpp"

#include <gtest/gtest.h>

namespace thaw::hpa {
namespace normalize_test {

constexpr TimePoint kNow{1767571200s};

Wanted wanted(std::int32_t current, std::int32_t desired, std::int32_t min = 1,
              std::int32_t max = 1000) {
  return {kNow, current, desired, min, max, 300s};
}

Slots<Recommendation> past(std::vector<Recommendation> entries) {
  return Slots<Recommendation>(std::move(entries));
}

Behavior behavior(GivenRules up = {}, GivenRules down = {}) {
  return with_defaults(std::move(up), std::move(down));
}

GivenRules rules(RatePolicy policy, std::int32_t window_s = 0) {
  GivenRules given;
  given.window_s = window_s;
  given.policies = {policy};
  return given;
}

TEST(HpaNormalize, WithoutRulesTheHighestOfTheWindowHoldsItsAgeIncluded) {
  auto at_the_edge = past({{kNow - 300s, 7}});
  const Normalized held = normalize(wanted(7, 2), at_the_edge);
  EXPECT_EQ(held.desired, 7);
  EXPECT_EQ(held.able_to_scale, "ScaleDownStabilized");
  auto beyond = past({{kNow - 300s - 1ns, 7}});
  EXPECT_EQ(normalize(wanted(7, 2), beyond).desired, 2);
}

TEST(HpaNormalize, WithoutRulesReplicasDoubleAtMostOrReachFour) {
  Slots<Recommendation> none;
  EXPECT_EQ(normalize(wanted(1, 100), none).desired, 4);
  const Normalized doubled = normalize(wanted(10, 100), none);
  EXPECT_EQ(doubled.desired, 20);
  EXPECT_EQ(doubled.bound, Bound::up_limit);
  EXPECT_EQ(normalize(wanted(10, 100, 1, 15), none).bound, Bound::max);
}

TEST(HpaNormalize, WithoutRulesMinGoesFirst) {
  Slots<Recommendation> none;
  const Normalized lifted = normalize(wanted(3, 0, 2), none);
  EXPECT_EQ(lifted.desired, 2);
  EXPECT_EQ(lifted.bound, Bound::min);
}

TEST(HpaNormalize, WithRulesAnAgeOfTheWindowIsOut) {
  History history{past({{kNow - 60s, 9}}), {}, {}};
  GivenRules down;
  down.window_s = 60;
  EXPECT_EQ(normalize(wanted(9, 2), behavior({}, down), history).desired, 2);
  history.recommendations = past({{kNow - 60s + 1ns, 9}});
  EXPECT_EQ(normalize(wanted(9, 2), behavior({}, down), history).desired, 9);
}

TEST(HpaNormalize, TheUpWindowHoldsTheLowest) {
  History history{past({{kNow - 30s, 4}}), {}, {}};
  GivenRules up;
  up.window_s = 60;
  const Normalized held = normalize(wanted(3, 6), behavior(up), history);
  EXPECT_EQ(held.desired, 4);
  EXPECT_EQ(held.able_to_scale, "ScaleUpStabilized");
}

TEST(HpaNormalize, WithoutAWindowTheControllersIsCutToSeconds) {
  History history{past({{kNow - 9500ms, 9}}), {}, {}};
  Wanted input = wanted(9, 2);
  input.downscale_stabilization = 9900ms;
  EXPECT_EQ(normalize(input, behavior(), history).desired, 2);
}

TEST(HpaNormalize, DefaultRulesAddFourOrDouble) {
  History history;
  EXPECT_EQ(normalize(wanted(1, 100), behavior(), history).desired, 5);
  EXPECT_EQ(normalize(wanted(10, 100), behavior(), history).desired, 20);
}

TEST(HpaNormalize, ChangesOfThePeriodAreTakenOffTheRate) {
  const Behavior four = behavior(rules({PolicyType::pods, 4, 60}));
  History history;
  history.ups = Slots<ScaleEvent>({{kNow - 59s, 3}});
  EXPECT_EQ(normalize(wanted(10, 100), four, history).desired, 11);  // 10 - 3 + 4
  history.ups = Slots<ScaleEvent>({{kNow - 60s, 3}});
  EXPECT_EQ(normalize(wanted(10, 100), four, history).desired, 14);
  history.downs = Slots<ScaleEvent>({{kNow - 1s, 2}});  // what went down may come back
  EXPECT_EQ(normalize(wanted(10, 100), four, history).desired, 16);
}

// 50 · (1 + 0.1) is 55.00000000000001, and 10 · (1 - 0.9) is 0.9999999999999998.
TEST(HpaNormalize, PerCentAreTheControllersFloats) {
  History history;
  EXPECT_EQ(
      normalize(wanted(50, 100), behavior(rules({PolicyType::percent, 10, 60})), history).desired,
      56);
  History fresh;
  EXPECT_EQ(normalize(wanted(10, 0, 0), behavior({}, rules({PolicyType::percent, 90, 60})), fresh)
                .desired,
            0);
}

TEST(HpaNormalize, SelectPolicyTakesTheLargestChangeTheSmallestOrNone) {
  GivenRules down;
  down.window_s = 0;
  down.policies = {{PolicyType::pods, 3, 60}, {PolicyType::percent, 50, 60}};
  const auto lowered = [&](SelectPolicy select) {
    History history;
    down.select = select;
    return normalize(wanted(20, 1), behavior({}, down), history).desired;
  };
  EXPECT_EQ(lowered(SelectPolicy::max), 10);
  EXPECT_EQ(lowered(SelectPolicy::min), 17);
  EXPECT_EQ(lowered(SelectPolicy::disabled), 20);
}

TEST(HpaNormalize, RemembersWhatTheMetricsAskedFor) {
  History history;
  normalize(wanted(10, 100), behavior(), history);
  EXPECT_EQ(history.recommendations.entries()[0].replicas, 100);
}

}  // namespace normalize_test
}  // namespace thaw::hpa
