// What a test expects of the answer to a call of its bed.
#pragma once

#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {

inline constexpr Answer kOk{};

inline void expect_reply(const TestBed& bed, RequestId id, Duration at, const Answer& expected) {
  const auto reply = bed.reply(id);
  ASSERT_TRUE(reply) << "no answer by " << to_text(bed.now());
  EXPECT_EQ(reply->at, at);
  EXPECT_EQ(reply->answer.status, expected.status);
  EXPECT_EQ(name_of(reply->answer.outcome), name_of(expected.outcome));
  EXPECT_EQ(name_of(reply->answer.cut_by), name_of(expected.cut_by));
}

}  // namespace thaw::sim
