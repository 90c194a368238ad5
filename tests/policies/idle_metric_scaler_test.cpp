// SlimFaas's metric scaler by itself.
#include "policies/idle_metric_scaler.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/policies/asked.hpp"

namespace thaw {
namespace idle_metric_scaler_test {

const Settings kQueue{{"Scale.Triggers.0.Query", "queue"}, {"Scale.Triggers.0.Threshold", "10"}};

MetricSettings settings_of(Settings more, Diagnostics& diagnostics) {
  const Spec spec = spec_of(k081, more);
  ParamsReader reader(spec.params, diagnostics, "idle_timeout");
  return MetricSettings::read(spec, reader, diagnostics);
}

// A scaler and the answers to its queries, fresh at each pass unless said otherwise.
struct Scaler {
  explicit Scaler(Settings more, std::int32_t replicas_min = 0) {
    scaler.settings(settings_of(more, diagnostics), replicas_min);
  }
  // Values in thousandths; a negative one stands for no value.
  std::int32_t pass(std::int64_t at_s, std::int32_t current, std::vector<Milli> values,
                    Duration age = 0s) {
    const TimePoint now = kStart + std::chrono::seconds(at_s);
    std::vector<MetricFacts> answers;
    for (const Milli& value : values) {
      answers.push_back(
          {.presence = Presence::ok, .taken = now - age, .series = {&value, 1}, .pods = {}});
    }
    const auto wish = scaler.pass(now, current, answers);
    why = wish.why;
    return wish.replicas;
  }

  Diagnostics diagnostics;
  IdleMetricScaler scaler;
  Reason why;
};

// No limits in either direction, so that the formula shows.
const Settings kFree{{"Scale.Triggers.0.Query", "queue"},
                     {"Scale.Triggers.0.Threshold", "10"},
                     {"Scale.Behavior.ScaleUp.Policies.0.Type", "Pods"},
                     {"Scale.Behavior.ScaleUp.Policies.0.Value", "1000"},
                     {"Scale.Behavior.ScaleUp.Policies.0.PeriodSeconds", "0"},
                     {"Scale.Behavior.ScaleDown.Policies.0.Type", "Pods"},
                     {"Scale.Behavior.ScaleDown.Policies.0.Value", "1000"},
                     {"Scale.Behavior.ScaleDown.Policies.0.PeriodSeconds", "0"}};

// As SlimFaas does: passed over on the way up, and nothing goes down.
TEST(IdleMetricScaler, WhatIsNoNumberIsNoValue) {
  Scaler s(kFree);
  const Milli high = 90'000;
  const MetricFacts nan{
      .presence = Presence::nan, .taken = kStart, .series = {&high, 1}, .pods = {}};
  EXPECT_EQ(s.scaler.pass(kStart, 3, {&nan, 1}).replicas, 3) << "neither up";
  const Milli low = 1'000;
  const MetricFacts little{
      .presence = Presence::nan, .taken = kStart, .series = {&low, 1}, .pods = {}};
  EXPECT_EQ(s.scaler.pass(kStart + 1s, 3, {&little, 1}).replicas, 3) << "nor down";
}

TEST(IdleMetricScaler, AnAverageValueDividesByTheThreshold) {
  Scaler s(kFree);
  EXPECT_EQ(s.pass(0, 2, {31'000}), 4);  // ceil(31 / 10)
  EXPECT_EQ(s.pass(1, 2, {30'000}), 3);
  EXPECT_EQ(s.pass(2, 3, {30'001}), 4);  // no tolerance
  EXPECT_EQ(s.pass(3, 3, {0}), 0);
  EXPECT_EQ(to_words(s.why), "trigger 0: 0 (threshold 10) → 0");
}

TEST(IdleMetricScaler, AValueMultipliesWhatIsThere) {
  Scaler s({{"Scale.Triggers.0.Query", "latency"},
            {"Scale.Triggers.0.Threshold", "0.5"},
            {"Scale.Triggers.0.MetricType", "Value"},
            {"Scale.Behavior.ScaleUp.Policies.0.Value", "10000"}});
  EXPECT_EQ(s.pass(0, 3, {700}), 5);  // ceil(3 × 0.7 / 0.5) = ceil(4.2)
}

TEST(IdleMetricScaler, TheHighestTriggerCountsWithinTheBounds) {
  const Settings two{{"Scale.ReplicaMax", "6"},
                     {"Scale.Triggers.0.Query", "a"},
                     {"Scale.Triggers.0.Threshold", "10"},
                     {"Scale.Triggers.1.Query", "b"},
                     {"Scale.Triggers.1.Threshold", "1"}};
  Scaler s(two, 2);
  EXPECT_EQ(s.pass(0, 3, {10'000, 5'000}), 5);
  EXPECT_EQ(to_words(s.why), "trigger 1: 5 (threshold 1) → 5");
  Scaler high(two, 2);
  EXPECT_EQ(high.pass(0, 3, {10'000, 500'000}), 6);
  EXPECT_EQ(to_words(high.why), "trigger 1: 500 (threshold 1) → 6; limit max 6");
  Scaler low(two, 2);
  EXPECT_EQ(low.pass(0, 2, {0, 0}), 2);
  EXPECT_EQ(low.why.number[4], static_cast<double>(Limit::min));
}

TEST(IdleMetricScaler, ATriggerWithoutAValueKeepsTheFunctionFromShrinking) {
  const Settings two{{"Scale.Triggers.0.Query", "a"},
                     {"Scale.Triggers.0.Threshold", "10"},
                     {"Scale.Triggers.1.Query", "b"},
                     {"Scale.Triggers.1.Threshold", "10"},
                     {"Scale.Behavior.ScaleDown.StabilizationWindowSeconds", "0"}};
  Scaler s(two);
  EXPECT_EQ(s.pass(0, 4, {10'000, -1}), 4);
  EXPECT_EQ(s.pass(1, 4, {60'000, -1}), 6);  // but not from growing
  EXPECT_EQ(Scaler(two).pass(0, 4, {-1, -1}), 4);
  EXPECT_EQ(Scaler(two).pass(0, 4, {}), 4);
  EXPECT_EQ(Scaler(two).pass(0, 4, {10'000, 10'000}), 1);
}

TEST(IdleMetricScaler, AnOldSampleIsNoValueUnlessTheQueryHasARange) {
  Settings range{{"Scale.Triggers.0.Query", "max_over_time(queue[30s])"},
                 {"Scale.Triggers.0.Threshold", "10"}};
  // Three intervals of 2 s, SlimFaas's default.
  EXPECT_EQ(Scaler(kQueue).pass(0, 1, {20'000}, 6s), 1);
  EXPECT_EQ(Scaler(kQueue).pass(0, 1, {20'000}, 6s - 1ns), 2);
  EXPECT_EQ(Scaler(range).pass(0, 1, {20'000}, 20s), 2);
  Scaler slow({{"Scale.Triggers.0.Query", "queue"},
               {"Scale.Triggers.0.Threshold", "10"},
               {"Scale.ScrapeIntervalMilliseconds", "5000"}});
  EXPECT_EQ(slow.pass(0, 1, {20'000}, 14s), 2);
}

// By default 100 per cent or 4 pods in 15 s, whichever is more; a policy's Value is a number of
// pods as well, so that 100 per cent never adds more than 100.
TEST(IdleMetricScaler, GrowsOnceInAPeriod) {
  Scaler s(kQueue);
  EXPECT_EQ(s.pass(0, 1, {1'000'000}), 5);
  EXPECT_EQ(to_words(s.why), "trigger 0: 1000 (threshold 10) → 5; limit scale-up rate 5");
  EXPECT_EQ(s.pass(1, 5, {1'000'000}), 5);
  EXPECT_EQ(s.pass(15, 5, {1'000'000}), 5);  // the change of 0 s is within [0, 15]
  EXPECT_EQ(s.pass(16, 5, {1'000'000}), 10);
  EXPECT_EQ(s.pass(32, 10, {1'000'000}), 20);
  Scaler big(kQueue);
  EXPECT_EQ(big.pass(0, 150, {9'000'000}), 250);
}

TEST(IdleMetricScaler, AnyChangeUsesUpTheGrowthOfAPeriod) {
  Scaler s({{"Scale.Triggers.0.Query", "queue"},
            {"Scale.Triggers.0.Threshold", "10"},
            {"Scale.Behavior.ScaleDown.StabilizationWindowSeconds", "0"}});
  EXPECT_EQ(s.pass(0, 4, {10'000}), 1);
  EXPECT_EQ(s.pass(5, 1, {30'000}), 1);
  EXPECT_EQ(s.pass(16, 1, {30'000}), 3);
  s.scaler.changed(kStart + 40s, 3);
  EXPECT_EQ(s.pass(50, 3, {60'000}), 3);
}

TEST(IdleMetricScaler, ShrinksByTheLeastThatAPolicyAllows) {
  Scaler s({{"Scale.Triggers.0.Query", "queue"},
            {"Scale.Triggers.0.Threshold", "10"},
            {"Scale.Behavior.ScaleDown.Policies.0.Value", "50"},
            {"Scale.Behavior.ScaleDown.Policies.0.PeriodSeconds", "30"},
            {"Scale.Behavior.ScaleDown.Policies.1.Type", "Pods"},
            {"Scale.Behavior.ScaleDown.Policies.1.Value", "3"},
            {"Scale.Behavior.ScaleDown.Policies.1.PeriodSeconds", "30"}});
  EXPECT_EQ(s.pass(0, 10, {10'000}), 7);  // min(5, 3)
  EXPECT_EQ(to_words(s.why), "trigger 0: 10 (threshold 10) → 7; limit scale-down rate 7");
  // The 10 from before the first change is in no history, and 7 is the highest decision: of the 7
  // that are there 3 more may go. Then 3 have gone since, and a policy that allows nothing is left
  // out: the other one allows min(floor(4 / 2), 50 - 3) = 2.
  EXPECT_EQ(s.pass(1, 7, {10'000}), 4);
  EXPECT_EQ(s.pass(2, 4, {10'000}), 2);
}

TEST(IdleMetricScaler, ShrinksNoFurtherThanWhatWasAskedForInTheWindow) {
  Scaler s(kQueue);
  EXPECT_EQ(s.pass(0, 4, {40'000}), 4);
  for (int t = 1; t <= 300; ++t) EXPECT_EQ(s.pass(t, 4, {10'000}), 4);
  EXPECT_EQ(to_words(s.why), "trigger 0: 10 (threshold 10) → 4; limit stabilisation 4");
  EXPECT_EQ(s.pass(301, 4, {10'000}), 1);
}

// What was asked for, and not what was allowed, is remembered: on its way down it may go up.
TEST(IdleMetricScaler, StabilisationGoesAsHighAsWhatWasAskedFor) {
  Scaler s(kQueue);
  EXPECT_EQ(s.pass(0, 2, {90'000}), 6);
  EXPECT_EQ(s.pass(1, 6, {10'000}), 9);
}

TEST(IdleMetricScaler, AWindowUpHoldsItToTheHighestRecentDecision) {
  Scaler s({{"Scale.Triggers.0.Query", "queue"},
            {"Scale.Triggers.0.Threshold", "10"},
            {"Scale.Behavior.ScaleUp.StabilizationWindowSeconds", "60"},
            {"Scale.Behavior.ScaleUp.Policies.0.Type", "Pods"},
            {"Scale.Behavior.ScaleUp.Policies.0.PeriodSeconds", "0"}});
  EXPECT_EQ(s.pass(0, 1, {20'000}), 2);  // nothing recent: free
  EXPECT_EQ(s.pass(10, 1, {50'000}), 2);
  EXPECT_EQ(s.pass(71, 1, {50'000}), 5);
}

TEST(IdleMetricSettings, ADirectionThatIsThereHasNoWindowUnlessItSaysSo) {
  Diagnostics d;
  EXPECT_EQ(settings_of(kQueue, d).down.window_s, 300);
  EXPECT_EQ(settings_of(kQueue, d).up.policies.size(), 2u);
  const MetricSettings s = settings_of({{"Scale.Behavior.ScaleDown.Policies.0.Value", "50"},
                                        {"Scale.Behavior.ScaleUp.StabilizationWindowSeconds", "5"}},
                                       d);
  EXPECT_EQ(s.down.window_s, 0);
  EXPECT_EQ(s.down.policies.size(), 1u);
  EXPECT_TRUE(s.down.policies[0].percent);
  EXPECT_EQ(s.down.policies[0].period_s, 15);
  EXPECT_EQ(s.up.policies.size(), 2u);
}

std::string errors_of(Settings settings) {
  Diagnostics diagnostics;
  find_policy("idle_timeout")->make(spec_of(k081, settings), diagnostics);
  try {
    diagnostics.throw_if_any();
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

TEST(IdleMetricSettings, RefusesNonsense) {
  EXPECT_NE(errors_of({{"Scale.ScrapeIntervalMilliseconds", "999"}}).find("1000"),
            std::string::npos);
  EXPECT_NE(errors_of({{"Scale.Triggers.0.MetricType", "Average"}}).find("AverageValue, Value"),
            std::string::npos);
  EXPECT_NE(errors_of({{"Scale.Triggers.0.Threshold", "much"}}).find("found \"much\""),
            std::string::npos);
  EXPECT_NE(errors_of({{"Scale.ReplicasMax", "4"}}).find("did you mean Scale.ReplicaMax?"),
            std::string::npos);
}

TEST(IdleMetricSettings, NotesATriggerThatNeverCounts) {
  Diagnostics d;
  settings_of({{"Scale.Triggers.0.Query", "q"}}, d);
  settings_of({{"Scale.Triggers.0.Threshold", "5"}}, d);
  ASSERT_EQ(d.notices().size(), 2u);
  EXPECT_NE(d.notices()[0].find("has no Threshold above 0"), std::string::npos);
  EXPECT_NE(d.notices()[1].find("has no Query"), std::string::npos);
}

}  // namespace idle_metric_scaler_test
}  // namespace thaw
