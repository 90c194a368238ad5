// What OpenFaaS's autoscalers say of their decisions.
#include <gtest/gtest.h>

#include "engine/reason.hpp"
#include "engine/reason_words.hpp"

namespace thaw {
namespace reason_openfaas_test {

TEST(ReasonOpenFaas, SaysWhatAFiringAlertAdds) {
  EXPECT_EQ(words::openfaas({ReasonCode::alert_firing, {7.25, 5, 12, 40, 52}}),
            "7.25 completions/s > 5: 12 + 40 → 52");
}

TEST(ReasonOpenFaas, SaysWhereTheStepWouldPassTheMaximum) {
  EXPECT_EQ(words::openfaas({ReasonCode::alert_firing, {7, 5, 92, 40, 100}}),
            "7 completions/s > 5: 92 + 40 = 132, limited to 100");
}

TEST(ReasonOpenFaas, SaysThatAnAlertIsOver) {
  EXPECT_EQ(words::openfaas({ReasonCode::alert_resolved, {12}}), "the alert is resolved → min 12");
}

// 2 replicas with 68 a replica at 50 × 0.9: ceil(2 × 68 / 45) = ceil(3.02) = 4.
TEST(ReasonOpenFaas, ShowsTheFormulaOfPro) {
  EXPECT_EQ(words::openfaas({ReasonCode::capacity, {68, 50, 0.9, 2, 4}}),
            "2 × 68 a replica / (target 50 × 0.9) → 4");
  const auto max = static_cast<double>(Limit::max);
  EXPECT_EQ(words::openfaas({ReasonCode::capacity, {680, 50, 0.9, 2, 20, max, 20}}),
            "2 × 680 a replica / (target 50 × 0.9) → 20; limit max 20");
}

TEST(ReasonOpenFaas, SaysHowLongAFunctionWasIdle) {
  EXPECT_EQ(words::openfaas({ReasonCode::capacity_idle, {901.5, 900}}),
            "no call for 901.5 s (zero-duration 900 s) → 0");
}

}  // namespace reason_openfaas_test
}  // namespace thaw
