#include "engine/reason.hpp"

#include <gtest/gtest.h>

#include <set>

namespace thaw {
namespace reason_test {

constexpr int kCodes = static_cast<int>(ReasonCode::operator_cap) + 1;

TEST(Reason, SaysWhyAnIdleFunctionGoes) {
  EXPECT_EQ(to_words({ReasonCode::idle_timeout, {1201, 1200, 0}}),
            "no call for 1201 s (idle timeout 1200 s) → ReplicasMin 0");
  EXPECT_EQ(to_words({ReasonCode::idle_timeout, {-1, 1200, 2}}),
            "never called (idle timeout 1200 s) → ReplicasMin 2");
}

TEST(Reason, SaysWhyAFunctionStays) {
  EXPECT_EQ(to_words({ReasonCode::active, {3.5, 300}}), "called 3.5 s ago (idle timeout 300 s)");
  EXPECT_EQ(to_words({ReasonCode::active, {-1, 300}}), "never called, kept up by default");
  EXPECT_EQ(to_words({ReasonCode::below_min, {1, 2, 1}}),
            "1 replicas, below ReplicasMin 2: left there");
}

TEST(Reason, SaysWhatGrows) {
  EXPECT_EQ(to_words({ReasonCode::wake, {0.25, 3}}), "called 0.25 s ago → ReplicasAtStart 3");
  EXPECT_EQ(to_words({ReasonCode::below_min, {1, 2, 4}}), "1 replicas, below ReplicasMin 2 → 4");
  EXPECT_EQ(to_words({ReasonCode::operator_cap, {8, 5}}), "8 wanted, the operator allows 5");
}

TEST(Reason, RoundsSecondsToMilliseconds) {
  EXPECT_EQ(to_words({ReasonCode::wake, {0.1234567, 10}}),
            "called 0.123 s ago → ReplicasAtStart 10");
}

TEST(Reason, HasANameAndWordsForEachCode) {
  std::set<std::string_view> names;
  std::set<std::string> words;
  for (int code = 0; code < kCodes; ++code) {
    names.insert(name_of(static_cast<ReasonCode>(code)));
    words.insert(to_words({static_cast<ReasonCode>(code), {}}));
  }
  EXPECT_EQ(names.size(), kCodes);
  EXPECT_EQ(words.size(), kCodes);
  EXPECT_EQ(name_of(ReasonCode::idle_timeout), "idle_timeout");
}

}  // namespace reason_test
}  // namespace thaw
