// Decider: how many replicas two averages ask for.
#include "policies/knative/decider.hpp"

#include <gtest/gtest.h>

namespace thaw::knative {
namespace decider_test {

constexpr TimePoint at(Duration t) { return TimePoint{1'000'000s + t}; }

// A replica takes 10, of which 7 are aimed at.
DeciderSpec spec() { return {.target_value = 7, .total_value = 10}; }

Decider calm(DeciderSpec with = spec()) { return Decider(with, {}); }

TEST(Decider, AsksForTheAverageOverTheTargetRoundedUp) {
  Decider decider = calm();
  const Evaluation found = decider.evaluate(at(0s), 10, Averages{71, 71});
  EXPECT_TRUE(found.valid);
  EXPECT_EQ(found.desired, 11);  // 71 / 7 = 10.1
}

TEST(Decider, GrowsAndShrinksAtMostByItsRatesOfTheReadyReplicas) {
  DeciderSpec slow = spec();
  slow.max_scale_up_rate = 1.5;
  slow.panic_threshold = 1000;
  Decider decider = calm(slow);
  const Evaluation up = decider.evaluate(at(0s), 3, Averages{700, 700});
  EXPECT_EQ(up.desired, 5);  // 1.5 · 3 = 4.5
  EXPECT_EQ(up.limit, Limit::up_rate);
  const Evaluation down = decider.evaluate(at(2s), 9, Averages{1, 1});
  EXPECT_EQ(down.desired, 4);  // 9 / 2
  EXPECT_EQ(down.limit, Limit::down_rate);
}

TEST(Decider, OnlyTheLastReplicaMayGoToZero) {
  Decider decider = calm();
  EXPECT_EQ(decider.evaluate(at(0s), 2, Averages{0, 0}).desired, 1);
  EXPECT_EQ(decider.evaluate(at(2s), 1, Averages{0, 0}).desired, 0);
}

TEST(Decider, PanicsFromTwiceTheReadyReplicasOn) {
  Decider decider = calm();
  decider.evaluate(at(0s), 2, Averages{7, 21});  // 3 of 2
  EXPECT_FALSE(decider.panic().since);
  decider.evaluate(at(2s), 2, Averages{7, 22});  // 4 of 2
  EXPECT_EQ(decider.panic().since, at(2s));
  EXPECT_EQ(decider.panic().most_pods, 4);
}

TEST(Decider, APanicHoldsItsPeakForAStableWindowAfterTheLastAlarm) {
  Decider decider = calm();
  EXPECT_EQ(decider.evaluate(at(0s), 1, Averages{7, 70}).desired, 10);
  EXPECT_EQ(decider.evaluate(at(2s), 1, Averages{7, 14}).desired, 10);  // alarm again
  const Evaluation held = decider.evaluate(at(62s), 10, Averages{7, 7});
  EXPECT_EQ(held.desired, 10);  // a stable window has passed, not more
  EXPECT_TRUE(held.panicking);
  EXPECT_EQ(held.limit, Limit::stabilisation);
  EXPECT_EQ(decider.evaluate(at(62s + 1ns), 10, Averages{7, 7}).desired, 5);  // 10 / 2
  EXPECT_FALSE(decider.panic().since);
}

TEST(Decider, StartsInPanicWithMoreThanOneReadyReplica) {
  EXPECT_EQ(Decider::created(spec(), at(0s), 3).panic().since, at(0s));
  EXPECT_FALSE(Decider::created(spec(), at(0s), 1).panic().since);
  Decider decider = Decider::created(spec(), at(0s), 3);
  EXPECT_EQ(decider.evaluate(at(2s), 3, Averages{0, 0}).desired, 3);
}

TEST(Decider, AnActivationScaleAppliesToAnyLoadAndPassesTheRates) {
  DeciderSpec with = spec();
  with.activation_scale = 5;
  with.max_scale_up_rate = 2;
  Decider decider = calm(with);
  EXPECT_EQ(decider.evaluate(at(0s), 0, Averages{0, 0}).desired, 0);
  const Evaluation found = decider.evaluate(at(2s), 0, Averages{0.1, 0.1});
  EXPECT_EQ(found.desired, 5);
  EXPECT_EQ(found.limit, Limit::activation);
  EXPECT_FALSE(decider.panic().since);  // what the scale adds is no alarm
}

TEST(Decider, AScaleDownDelayKeepsTheHighestCountOfLate) {
  DeciderSpec with = spec();
  with.scale_down_delay = 10s;
  with.panic_threshold = 1000;
  Decider decider = calm(with);
  EXPECT_EQ(decider.evaluate(at(0s), 4, Averages{28, 28}).desired, 4);
  EXPECT_EQ(decider.evaluate(at(8s), 4, Averages{14, 14}).desired, 4);
  EXPECT_EQ(decider.evaluate(at(10s), 4, Averages{14, 14}).desired, 2);  // five ticks later
  with.reachable = false;
  decider.update(with);
  EXPECT_EQ(decider.evaluate(at(12s), 4, Averages{0, 0}).desired, 0);  // nobody to delay for
}

TEST(Decider, ExcessCapacityIsWhatReadyReplicasTakeBeyondBurstAndLoad) {
  Decider decider = calm();  // 211 to spare
  EXPECT_EQ(decider.evaluate(at(0s), 30, Averages{7, 9.5}).excess_burst_capacity, 79);
  EXPECT_EQ(decider.evaluate(at(2s), 0, Averages{7, 9.5}).excess_burst_capacity, -221);
  DeciderSpec with = spec();
  with.target_burst_capacity = 0;
  EXPECT_EQ(calm(with).evaluate(at(0s), 0, Averages{7, 7}).excess_burst_capacity, 0);
  with.target_burst_capacity = -1;
  EXPECT_EQ(calm(with).evaluate(at(0s), 99, Averages{7, 7}).excess_burst_capacity, -1);
}

TEST(Decider, WithoutAveragesNothingChanges) {
  Decider decider(spec(), {at(0s), 7});
  EXPECT_FALSE(decider.evaluate(at(1h), 3, std::nullopt).valid);
  EXPECT_EQ(decider.panic().since, at(0s));
  EXPECT_EQ(decider.panic().most_pods, 7);
}

TEST(Decider, CountsBeyondThirtyTwoBitsStayAtTheirEnd) {
  DeciderSpec with = spec();
  with.max_scale_up_rate = 1e30;
  EXPECT_EQ(calm(with).evaluate(at(0s), 1, Averages{1e20, 1e20}).desired, 2'147'483'647);
  with.target_value = 0;
  EXPECT_EQ(calm(with).evaluate(at(0s), 1, Averages{0, 0}).desired, 0);  // 0 / 0
}

TEST(Decider, TellsWhatTheInitialScaleCanTakeBeforeTheFirstLook) {
  DeciderSpec with = spec();
  EXPECT_EQ(initial_excess_burst_capacity(with, 3), -181);  // 3 · 10 - 211
  with.target_burst_capacity = -1;
  EXPECT_EQ(initial_excess_burst_capacity(with, 3), -1);
  with.target_burst_capacity = 0;
  EXPECT_EQ(initial_excess_burst_capacity(with, 3), 0);
}

TEST(DelayWindow, ForgetsAPeakWhenAsManyTicksHavePassedAsTheDelayHas) {
  DelayWindow window(300s);
  EXPECT_EQ(window.record(at(0s), 9), 9);
  EXPECT_EQ(window.record(at(1s), 3), 9);    // the same slot keeps the higher
  EXPECT_EQ(window.record(at(299s), 2), 9);  // slot 149
  EXPECT_EQ(window.record(at(300s), 1), 2);  // slot 150
}

TEST(DelayWindow, KeepsLowerPeaksThatCameLater) {
  DelayWindow window(6s);
  window.record(at(0s), 9);
  window.record(at(2s), 5);
  EXPECT_EQ(window.record(at(4s), 7), 9);
  EXPECT_EQ(window.record(at(6s), 1), 7);
  EXPECT_EQ(window.record(at(8s), 1), 7);
  EXPECT_EQ(window.record(at(10s), 1), 1);
}

TEST(DelayWindow, AClockThatIsSetBackOverrunsNothing) {
  DelayWindow window(6s);
  for (int i = 100; i > 0; --i) window.record(at(std::chrono::seconds(2 * i)), i);
  EXPECT_EQ(window.record(at(300s), 4), 4);
}

}  // namespace decider_test
}  // namespace thaw::knative
