#include "policies/hpa/behavior.hpp"

#include <gtest/gtest.h>

namespace thaw::hpa {
namespace behavior_test {

// The defaults of the API, autoscaling/v2.
TEST(HpaBehavior, DefaultsAreTheApis) {
  const Behavior behavior = with_defaults({}, {});
  EXPECT_EQ(behavior.up.window_s, 0);
  ASSERT_EQ(behavior.up.policies.size(), 2u);
  EXPECT_EQ(behavior.up.policies[0].value, 4);
  EXPECT_EQ(behavior.up.policies[0].type, PolicyType::pods);
  EXPECT_EQ(behavior.up.policies[1].value, 100);
  EXPECT_EQ(behavior.up.policies[1].type, PolicyType::percent);
  EXPECT_EQ(behavior.down.window_s, std::nullopt);
  ASSERT_EQ(behavior.down.policies.size(), 1u);
  EXPECT_EQ(behavior.down.policies[0].period_s, 15);
}

TEST(HpaBehavior, WhatIsWrittenReplacesItsFieldAlone) {
  GivenRules down;
  down.select = SelectPolicy::min;
  down.tolerance = 0.2;
  const Behavior behavior = with_defaults({}, down);
  EXPECT_EQ(behavior.down.select, SelectPolicy::min);
  EXPECT_EQ(behavior.down.tolerance, 0.2);
  EXPECT_EQ(behavior.down.policies.size(), 1u);
  EXPECT_EQ(behavior.up.select, SelectPolicy::max);
  EXPECT_EQ(behavior.up.tolerance, std::nullopt);
}

TEST(HpaBehavior, AListOfPoliciesReplacesTheWholeDefault) {
  GivenRules up;
  up.policies = {{PolicyType::pods, 1, 60}, {PolicyType::pods, 9, 600}};
  const Behavior behavior = with_defaults(up, {});
  EXPECT_EQ(behavior.up.policies.size(), 2u);
  EXPECT_EQ(longest_period_s(behavior.up), 600);
}

}  // namespace behavior_test
}  // namespace thaw::hpa
