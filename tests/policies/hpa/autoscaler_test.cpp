#include "policies/hpa/autoscaler.hpp"

#include <gtest/gtest.h>

#include "tests/policies/hpa/world.hpp"

namespace thaw::hpa {
namespace autoscaler_test {

const Metric kLoad = metric(MetricSource::object, TargetType::average_value, 70'000);

HpaSpec spec_of(std::int32_t min, std::int32_t max, std::vector<Metric> metrics = {kLoad}) {
  HpaSpec spec;
  spec.min = min;
  spec.max = max;
  spec.metrics = std::move(metrics);
  return spec;
}

HpaSpec with_rules(HpaSpec spec) {
  GivenRules down;
  down.window_s = 0;
  spec.behavior = with_defaults({}, down);
  return spec;
}

// An autoscaler and the readings it is shown, a value a metric; -1 is one that cannot be read.
struct Asked {
  Autoscaler autoscaler;
  std::int32_t spec = 1;

  explicit Asked(HpaSpec of, const Controller& controller = {})
      : autoscaler(std::move(of), controller) {}

  Outcome pass(Duration after, std::vector<Milli> values) {
    std::vector<Answer> answers;
    for (const Milli value : values) {
      answers.emplace_back(std::vector<Milli>{value});
      if (value < 0) answers.back().facts.presence = Presence::error;
    }
    std::vector<MetricFacts> facts;
    for (Answer& answer : answers) {
      answer.facts.series = answer.series;
      facts.push_back(answer.facts);
    }
    const auto pods = ready_pods(static_cast<std::uint64_t>(spec));
    const Outcome outcome = autoscaler.reconcile({kNow + after, spec, spec, pods}, facts);
    spec = outcome.desired;
    return outcome;
  }
  const Conditions& conditions() const { return autoscaler.conditions(); }
};

TEST(HpaAutoscaler, TheFirstNumberItSeesIsAFloorForOneWindow) {
  Asked asked(spec_of(1, 10));
  asked.spec = 5;
  EXPECT_EQ(asked.pass(0s, {70'000}).desired, 5);
  EXPECT_EQ(asked.conditions().able_to_scale->reason, "ScaleDownStabilized");
  EXPECT_EQ(asked.pass(300s, {70'000}).desired, 5);  // as old as the window: it still counts
  EXPECT_EQ(asked.pass(301s, {70'000}).desired, 1);
}

TEST(HpaAutoscaler, OutsideItsBoundsItAsksNoMetric) {
  Asked asked(spec_of(2, 4));
  asked.spec = 9;
  const Outcome down = asked.pass(0s, {-1});
  EXPECT_EQ(down.desired, 4);
  EXPECT_EQ(down.cause, ScaleCause::current_above_max);
  EXPECT_TRUE(down.proposals.empty());
  EXPECT_FALSE(down.error);
  asked.spec = 1;
  const Outcome up = asked.pass(15s, {-1});
  EXPECT_EQ(up.desired, 2);
  EXPECT_EQ(up.cause, ScaleCause::current_below_min);
  EXPECT_FALSE(asked.conditions().scaling_active.has_value());
}

TEST(HpaAutoscaler, TheLargestOfSeveralMetricsWins) {
  Asked asked(spec_of(1, 10, {kLoad, kLoad}));
  const Outcome outcome = asked.pass(0s, {140'000, 210'000});
  EXPECT_EQ(outcome.desired, 3);
  EXPECT_EQ(outcome.cause, ScaleCause::metric_above_target);
  EXPECT_EQ(outcome.why.number[0], 1);
  EXPECT_EQ(asked.pass(15s, {210'000, 210'000}).why.number[0], 0);  // the first of equals
}

TEST(HpaAutoscaler, AFailedMetricKeepsReplicasFromGoingDown) {
  Asked asked(with_rules(spec_of(1, 10, {kLoad, kLoad})));
  asked.spec = 3;
  const Outcome held = asked.pass(0s, {70'000, -1});
  EXPECT_EQ(held.desired, 3);
  EXPECT_TRUE(held.error);
  EXPECT_EQ(asked.conditions().scaling_active->reason, "FailedGetObjectMetric");
  EXPECT_EQ(held.why.code, ReasonCode::hpa_failed);
  EXPECT_EQ(held.why.number[0], 1);
  const Outcome up = asked.pass(15s, {280'000, -1});
  EXPECT_EQ(up.desired, 4);
  EXPECT_TRUE(up.error);
  EXPECT_EQ(asked.conditions().scaling_active->reason, "ValidMetricFound");
}

TEST(HpaAutoscaler, AnEqualProposalOfTheRestGoesOnToTheLimits) {
  Asked asked(spec_of(1, 10, {kLoad, kLoad}));
  asked.spec = 3;
  asked.pass(0s, {210'000, -1});
  EXPECT_EQ(asked.conditions().able_to_scale->reason, "ReadyForNewScale");
}

TEST(HpaAutoscaler, TheFailureOfTheFirstMetricIsReported) {
  const Metric external = metric(MetricSource::external, TargetType::value, 1);
  Asked asked(spec_of(1, 10, {external, kLoad}));
  asked.pass(0s, {-1, -1});
  EXPECT_EQ(asked.conditions().scaling_active->reason, "FailedGetExternalMetric");
  EXPECT_FALSE(asked.conditions().scaling_active->status);
  EXPECT_EQ(asked.autoscaler.history().recommendations.entries().size(), 1u);
}

TEST(HpaAutoscaler, AChangeIsRememberedWhereThereAreRules) {
  Asked asked(with_rules(spec_of(1, 100)));
  EXPECT_EQ(asked.pass(0s, {7'000'000}).desired, 5);               // 4 more
  EXPECT_EQ(asked.pass(5s, {7'000'000}).desired, 5);               // the period's start was 1
  EXPECT_EQ(asked.pass(15s, {7'000'000}).desired, 10);             // doubled
  EXPECT_EQ(asked.autoscaler.history().ups.entries().size(), 2u);  // 15 s old is not yet expired
  Asked without(spec_of(1, 100));
  without.pass(0s, {7'000'000});
  EXPECT_TRUE(without.autoscaler.history().ups.empty());
}

TEST(HpaAutoscaler, AWriteThatFailedIsNoChange) {
  Asked asked(with_rules(spec_of(1, 100)));
  EXPECT_EQ(asked.pass(0s, {7'000'000}).desired, 5);
  EXPECT_EQ(asked.conditions().able_to_scale->reason, "SucceededRescale");
  EXPECT_TRUE(asked.conditions().scaled_to_zero.has_value());
  asked.autoscaler.write_failed();
  asked.spec = 1;
  EXPECT_EQ(asked.conditions().able_to_scale->reason, "FailedUpdateScale");
  EXPECT_FALSE(asked.conditions().scaled_to_zero.has_value());
  EXPECT_TRUE(asked.autoscaler.history().ups.empty());
  EXPECT_EQ(asked.pass(5s, {7'000'000}).desired, 5);
}

TEST(HpaAutoscaler, AChangeCountsFromTheInstantOfItsWrite) {
  Asked asked(with_rules(spec_of(1, 100)));
  EXPECT_EQ(asked.pass(0s, {7'000'000}).desired, 5);
  asked.autoscaler.write_done(kNow + 1s);
  EXPECT_EQ(asked.pass(15s, {7'000'000}).desired, 5);
  EXPECT_EQ(asked.pass(16s, {7'000'000}).desired, 10);
}

TEST(HpaAutoscaler, ScalesFromZeroOnlyWhereItScaledToZeroItself) {
  Asked asked(with_rules(spec_of(0, 10)));
  EXPECT_EQ(asked.pass(0s, {0}).desired, 0);
  EXPECT_EQ(asked.conditions().scaled_to_zero->reason, "ScaledToZero");
  EXPECT_EQ(asked.pass(15s, {100'000}).desired, 2);
  EXPECT_EQ(asked.conditions().scaled_to_zero->reason, "NotScaledToZero");
  asked.spec = 0;  // by hand
  const Outcome left = asked.pass(30s, {700'000});
  EXPECT_EQ(left.desired, 0);
  EXPECT_EQ(left.why.code, ReasonCode::hpa_disabled);
  EXPECT_EQ(asked.conditions().scaling_active->reason, "ScalingDisabled");
}

TEST(HpaAutoscaler, AMinimumRaisedAfterwardsLiftsItFromZero) {
  Asked asked(with_rules(spec_of(0, 10)));
  asked.pass(0s, {0});
  HpaSpec raised = with_rules(spec_of(3, 10));
  raised.behavior->up.policies = {{PolicyType::percent, 100, 15}};  // of zero is zero
  asked.autoscaler.reconfigure(raised, {});
  const Outcome lifted = asked.pass(15s, {70'000});
  EXPECT_EQ(lifted.desired, 3);
  EXPECT_EQ(lifted.why.number[5], static_cast<double>(Limit::min));
}

TEST(HpaAutoscaler, WithoutTheGateZeroIsLeftAlone) {
  Controller controller;
  controller.scale_to_zero = false;
  Asked asked(spec_of(1, 10), controller);
  asked.autoscaler.set_scaled_to_zero(true);
  asked.spec = 0;
  EXPECT_EQ(asked.pass(0s, {700'000}).desired, 0);
  EXPECT_FALSE(asked.conditions().scaled_to_zero.has_value());
}

TEST(HpaAutoscaler, UpTo135TheMinimumDecidesWhatZeroMeans) {
  Controller controller;
  controller.zero_rule = ZeroRule::by_min;
  Asked evaluated(spec_of(0, 10), controller);
  evaluated.spec = 0;
  EXPECT_EQ(evaluated.pass(0s, {140'000}).desired, 2);
  EXPECT_FALSE(evaluated.conditions().scaled_to_zero.has_value());
  Asked left(spec_of(1, 10), controller);
  left.spec = 0;
  EXPECT_EQ(left.pass(0s, {140'000}).desired, 0);
}

TEST(HpaAutoscaler, TheReasonHasTheNumbersAndTheLastLimit) {
  Asked asked(spec_of(1, 3));
  const auto limit = [](Limit which) { return static_cast<double>(which); };
  const auto capped = asked.pass(0s, {500'000}).why;
  EXPECT_EQ(capped.number, (std::array<double, 9>{0, 500'000, 70'000, 8, 3, limit(Limit::max), 3}));
  // The 8 of before still holds, and is cut off again.
  const auto held = asked.pass(15s, {70'000}).why;
  EXPECT_EQ(held.number, (std::array<double, 9>{0, 23'334, 70'000, 1, 3, limit(Limit::max), 3}));
  Asked free(spec_of(1, 9));
  free.spec = 3;
  const auto near = free.pass(0s, {210'000}).why;
  EXPECT_EQ(near.number,
            (std::array<double, 9>{0, 70'000, 70'000, 3, 3, limit(Limit::tolerance), 0.1}));
  const auto floor = free.pass(15s, {70'000}).why;
  EXPECT_EQ(floor.number,
            (std::array<double, 9>{0, 23'334, 70'000, 1, 3, limit(Limit::stabilisation), 3}));
}

TEST(HpaAutoscaler, ToleranceOfTheRulesGoesBeforeTheFlag) {
  HpaSpec spec = with_rules(spec_of(1, 10));
  spec.behavior->up.tolerance = 0.5;
  Asked asked(spec);
  EXPECT_EQ(asked.pass(0s, {105'000}).desired, 1);
  EXPECT_EQ(asked.pass(15s, {105'001}).desired, 2);
}

}  // namespace autoscaler_test
}  // namespace thaw::hpa
