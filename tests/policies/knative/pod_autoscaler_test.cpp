// The reconciler: from what the decider wants to replicas, path and condition.
#include "policies/knative/pod_autoscaler.hpp"

#include <gtest/gtest.h>

namespace thaw::knative {
namespace pod_autoscaler_test {

Settings settings() { return {}; }

// One ready replica that has served for long, and the decider's word.
PodAutoscalerFacts active(std::int32_t desired) {
  return {.desired = desired,
          .ready = 1,
          .activity = Activity::active,
          .activity_age = 1h,
          .initialised = true,
          .mode = PathMode::serve};
}

PodAutoscalerFacts inactive_for(Duration age) {
  PodAutoscalerFacts facts = active(0);
  facts.activity = Activity::inactive;
  facts.activity_age = age;
  facts.mode = PathMode::proxy;
  return facts;
}

TEST(PodAutoscaler, LeavesReplicasAloneUntilSomethingIsMeasured) {
  const auto step = reconcile(settings(), active(kUnknown));
  EXPECT_EQ(step.want, kUnknown);
  EXPECT_FALSE(step.apply);
  EXPECT_EQ(step.activity, Activity::active);
}

TEST(PodAutoscaler, KeepsWithinMinAndMaxScale) {
  Settings s = settings();
  s.min_scale = 2;
  s.max_scale = 5;
  EXPECT_EQ(reconcile(s, active(1)).want, 2);
  EXPECT_EQ(reconcile(s, active(1)).limit, Limit::min);
  EXPECT_EQ(reconcile(s, active(9)).want, 5);
  EXPECT_EQ(reconcile(s, active(9)).limit, Limit::max);
  EXPECT_EQ(reconcile(s, active(3)).limit, Limit::none);
}

TEST(PodAutoscaler, AnInitialScaleIsAMinimumUntilItWasReachedOnce) {
  Settings s = settings();
  s.initial_scale = 4;
  PodAutoscalerFacts facts = active(1);
  facts.initialised = false;
  auto step = reconcile(s, facts);
  EXPECT_EQ(step.want, 4);
  EXPECT_EQ(step.limit, Limit::initial);
  EXPECT_EQ(step.activity, Activity::activating);
  EXPECT_FALSE(step.initialised);
  facts.ready = 4;
  EXPECT_TRUE(reconcile(s, facts).initialised);
  facts.initialised = true;
  EXPECT_EQ(reconcile(s, facts).want, 1);
}

TEST(PodAutoscaler, AnActiveRevisionKeepsOneForAStableWindow) {
  PodAutoscalerFacts facts = active(0);
  facts.activity_age = 59s;
  auto step = reconcile(settings(), facts);
  EXPECT_EQ(step.want, 1);
  EXPECT_TRUE(step.apply);
  EXPECT_EQ(step.look_again, 1s);
  EXPECT_EQ(step.activity, Activity::active);
  facts.activity_age = 60s;
  step = reconcile(settings(), facts);
  EXPECT_EQ(step.want, 0);
  EXPECT_FALSE(step.apply);
  EXPECT_EQ(step.activity, Activity::inactive);
  EXPECT_EQ(step.mode, PathMode::proxy);
}

TEST(PodAutoscaler, TheLastReplicaGoesAfterAGracePeriod) {
  PodAutoscalerFacts facts = inactive_for(10s);
  facts.proxy_for = 8s;
  auto step = reconcile(settings(), facts);
  EXPECT_FALSE(step.apply);
  EXPECT_EQ(step.look_again, 22s);  // 30 - 8
  EXPECT_TRUE(reconcile(settings(), inactive_for(30s)).apply);
  facts.proxy_for = 30s;  // the activator was there before
  EXPECT_TRUE(reconcile(settings(), facts).apply);
}

TEST(PodAutoscaler, ARetentionPeriodIsWaitedFor) {
  Settings s = settings();
  s.pod_retention_period = 45s;
  PodAutoscalerFacts facts = inactive_for(30s);
  facts.proxy_for = 1h;
  EXPECT_EQ(reconcile(s, facts).look_again, 15s);
  facts.activity_age = 45s;
  EXPECT_TRUE(reconcile(s, facts).apply);
}

TEST(PodAutoscaler, LooksForTheActivatorBeforeTheLastReplicaGoes) {
  PodAutoscalerFacts facts = inactive_for(1h);
  facts.activator_answers = false;
  EXPECT_TRUE(reconcile(settings(), facts).probe);
  EXPECT_FALSE(reconcile(settings(), facts).apply);
  Settings s = settings();
  s.decider.target_burst_capacity = -1;  // it is always there
  EXPECT_TRUE(reconcile(s, facts).apply);
}

TEST(PodAutoscaler, GivesUpMoreThanHalfAMinuteAfterTheDeadline) {
  PodAutoscalerFacts facts = active(0);
  facts.ready = 0;
  facts.activity = Activity::activating;
  facts.activity_age = 630s;
  auto step = reconcile(settings(), facts);
  EXPECT_EQ(step.want, kUnknown);
  EXPECT_EQ(step.look_again, 630s);
  facts.activity_age = 630s + 1ns;
  step = reconcile(settings(), facts);
  EXPECT_TRUE(step.apply);
  EXPECT_EQ(step.want, 0);
  EXPECT_EQ(step.activity_reason, "TimedOut");
}

TEST(PodAutoscaler, KeepsOneWhereScaleToZeroIsOff) {
  Settings s = settings();
  s.scale_to_zero = false;
  const auto step = reconcile(s, inactive_for(1h));
  EXPECT_EQ(step.want, 1);
  EXPECT_TRUE(step.apply);
}

TEST(PodAutoscaler, ServesDirectlyOnlyWithCapacityToSpare) {
  PodAutoscalerFacts facts = active(1);
  EXPECT_EQ(reconcile(settings(), facts).mode, PathMode::serve);
  facts.excess_burst_capacity = -1;
  EXPECT_EQ(reconcile(settings(), facts).mode, PathMode::proxy);
}

TEST(PodAutoscaler, SharesThePathAmongAsManyActivatorsAsTheLoadNeeds) {
  Settings s = settings();
  PodAutoscalerFacts facts = active(3);
  facts.ready = 3;
  EXPECT_EQ(reconcile(s, facts).activators, 6);  // (3 · 100 + 211) / 100
  s.decider.target_burst_capacity = -1;
  EXPECT_EQ(reconcile(s, facts).activators, 3);
  s.decider.target_burst_capacity = 0;
  EXPECT_EQ(reconcile(s, facts).activators, 2);
}

}  // namespace pod_autoscaler_test
}  // namespace thaw::knative
