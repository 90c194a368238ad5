// BucketWindow: averages of what was written into it, and what it makes of gaps.
#include "policies/knative/bucket_window.hpp"

#include <gtest/gtest.h>

namespace thaw::knative {
namespace bucket_window_test {

constexpr TimePoint at(Duration t) { return TimePoint{1'000'000s + t}; }

BucketWindow linear(Duration length) { return BucketWindow(Aggregation::linear, length); }

TEST(BucketWindow, AveragesOverTheTimeSinceTheFirstValue) {
  BucketWindow window = linear(60s);
  window.record(at(0s), 4);
  window.record(at(2s), 5);
  EXPECT_DOUBLE_EQ(window.average(at(2500ms)), 3);  // 4 + 0 + 5, over three buckets
}

TEST(BucketWindow, SumsValuesOfOneBucket) {
  BucketWindow window = linear(60s);
  window.record(at(100ms), 4);
  window.record(at(900ms), 5);
  EXPECT_DOUBLE_EQ(window.average(at(900ms)), 9);
}

TEST(BucketWindow, MissingBucketsAtItsEndShrinkTheDivisor) {
  BucketWindow window = linear(4s);
  for (int i = 0; i < 4; ++i) window.record(at(std::chrono::seconds(i)), 10);
  EXPECT_DOUBLE_EQ(window.average(at(3s)), 10);
  EXPECT_DOUBLE_EQ(window.average(at(5s)), 10);  // 20 over the two that are left
  EXPECT_DOUBLE_EQ(window.average(at(7s)), 0);
}

TEST(BucketWindow, IsEmptyOnceMoreThanItsLengthHasPassed) {
  BucketWindow window = linear(6s);
  EXPECT_TRUE(window.empty(at(0s)));
  window.record(at(500ms), 0);
  EXPECT_FALSE(window.empty(at(6900ms)));  // its buckets are 6 s apart
  EXPECT_TRUE(window.empty(at(7s)));
}

TEST(BucketWindow, ALateValueFindsItsBucketUnlessThatHasLeft) {
  BucketWindow window = linear(4s);
  window.record(at(10s), 8);
  window.record(at(7s), 4);
  EXPECT_DOUBLE_EQ(window.average(at(10s)), 3);  // 12 over 7 … 10
  window.record(at(6s), 100);
  EXPECT_DOUBLE_EQ(window.average(at(10s)), 3);
}

TEST(BucketWindow, ALongSilenceStartsItAnew) {
  BucketWindow window = linear(4s);
  window.record(at(0s), 100);
  window.record(at(4s), 7);
  EXPECT_DOUBLE_EQ(window.average(at(4s)), 7);
}

TEST(BucketWindow, RoundsToSixDecimals) {
  BucketWindow window = linear(3s);
  window.record(at(0s), 1);
  window.record(at(2s), 0);
  EXPECT_EQ(window.average(at(2s)), 0.333333);
}

TEST(BucketWindow, GrowingKeepsWhatItHasAndCountsTheWholeOldWindowAsWritten) {
  BucketWindow window = linear(2s);
  window.record(at(0s), 4);
  window.record(at(1s), 6);
  window.resize(4s, at(1s));
  EXPECT_DOUBLE_EQ(window.average(at(1s)), 5);
  window.record(at(2s), 2);
  EXPECT_DOUBLE_EQ(window.average(at(2s)), 4);  // 12 over three
}

TEST(BucketWindow, ShrinkingKeepsTheNewest) {
  BucketWindow window = linear(4s);
  for (int i = 0; i < 4; ++i) window.record(at(std::chrono::seconds(i)), i);
  window.resize(2s, at(3s));
  EXPECT_DOUBLE_EQ(window.average(at(3s)), 2.5);  // 2 and 3
}

TEST(BucketWindow, ResizingForgetsWhatIsTooOld) {
  BucketWindow window = linear(2s);
  window.record(at(0s), 4);
  window.resize(60s, at(10s));
  EXPECT_DOUBLE_EQ(window.average(at(10s)), 0);
}

TEST(BucketWindow, WeighsNewerBucketsMoreWithoutNormalising) {
  // Weights of a long window: 0.2, then 0.8 of the one before.
  BucketWindow window(Aggregation::weighted_exponential, 60s);
  window.record(at(0s), 100);
  EXPECT_DOUBLE_EQ(window.average(at(0s)), 20);
  EXPECT_NEAR(window.average(at(1s)), 16, 1e-9);
  window.record(at(1s), 50);
  EXPECT_NEAR(window.average(at(1s)), 26, 1e-9);  // 50 · 0.2 + 100 · 0.16
  EXPECT_EQ(window.average(at(62s)), 0);
}

TEST(BucketWindow, AShortWeightedWindowLeansOnItsNewestBucket) {
  BucketWindow window(Aggregation::weighted_exponential, 6s);
  window.record(at(0s), 1000);
  EXPECT_NEAR(window.average(at(0s)), 784.56, 0.01);  // 1 - 0.0001^(1/6)
}

}  // namespace bucket_window_test
}  // namespace thaw::knative
