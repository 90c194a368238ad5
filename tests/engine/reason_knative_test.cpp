// Knative's reasons in words.
#include <gtest/gtest.h>

#include "engine/reason.hpp"

namespace thaw {
namespace reason_knative_test {

TEST(KnativeReason, SaysTheFormulaWithItsNumbers) {
  EXPECT_EQ(to_words({ReasonCode::knative_stable, {3, 60, 2, 0.7, 3, 3, 0, 0}}),
            "3 in flight over 60 s / (target 2 × 0.7) = 2.143 → 3");
  EXPECT_EQ(to_words({ReasonCode::knative_panic, {21, 6, 10, 0.7, 3, 3, 0, 0}}),
            "panic: 21 in flight over 6 s / (target 10 × 0.7) = 3 → 3");
}

TEST(KnativeReason, NamesTheLimitAsItsAnnotation) {
  const auto limited = [](Limit limit, double value) {
    const std::string words = to_words(
        {ReasonCode::knative_stable, {9, 60, 1, 1, 9, value, static_cast<double>(limit), value}});
    return words.substr(words.find("; "));
  };
  EXPECT_EQ(limited(Limit::max, 5), "; limit max-scale 5");
  EXPECT_EQ(limited(Limit::min, 12), "; limit min-scale 12");
  EXPECT_EQ(limited(Limit::initial, 12), "; limit initial-scale 12");
  EXPECT_EQ(limited(Limit::up_rate, 2), "; limit scale-up rate 2");
}

// 927.979 / 7 = 132.57: 133 would do, but a panic gives nothing back.
TEST(KnativeReason, SaysWhatKeepsItFromShrinking) {
  const auto kept = static_cast<double>(Limit::stabilisation);
  EXPECT_EQ(to_words({ReasonCode::knative_panic, {927.979, 60, 10, 0.7, 133, 172, kept, 172, 0}}),
            "panic: 927.979 in flight over 60 s / (target 10 × 0.7) = 132.568 → 172; limit highest "
            "so far 172");
  EXPECT_EQ(to_words({ReasonCode::knative_stable, {3, 60, 1, 1, 3, 5, kept, 5, 0}}),
            "3 in flight over 60 s / (target 1 × 1) = 3 → 5; limit scale-down-delay 5");
}

TEST(KnativeReason, SaysWhatTheFirstAndTheLastReplicaWaitFor) {
  EXPECT_EQ(to_words({ReasonCode::knative_no_data, {}}), "no report in the window: left alone");
  EXPECT_EQ(to_words({ReasonCode::knative_first_replica, {-1, 600}}),
            "nothing measured yet; 600 s left to get ready");
  EXPECT_EQ(to_words({ReasonCode::knative_first_replica, {3, 600}}),
            "nothing measured yet → 3; 600 s left to get ready");
  EXPECT_EQ(to_words({ReasonCode::knative_last_replica, {58}}),
            "no load; the last replica stays for 58 s");
  EXPECT_EQ(to_words({ReasonCode::knative_last_replica, {0}}),
            "no load; the last replica stays until calls take the gateway");
  EXPECT_EQ(to_words({ReasonCode::knative_to_zero, {62.5}}), "no load for 62.5 s → 0");
}

}  // namespace reason_knative_test
}  // namespace thaw
