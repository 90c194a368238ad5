// The rigs in small: seconds each, the gateway a process of its own. In full they are gateway_rig,
// with the label slow.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/gateway/crash.hpp"
#include "tests/gateway/fuzz.hpp"
#include "tests/gateway/grammar.hpp"
#include "tests/gateway/hold.hpp"
#include "tests/gateway/slowloris.hpp"

namespace thaw::rigs {
namespace {

using namespace std::chrono_literals;

template <class T>
std::string text(const T& result) {
  std::ostringstream out;
  out << result;
  return out.str();
}

TEST(Grammar, DrawsTheSameFromTheSameSeed) {
  Random one(7, "requests"), same(7, "requests"), other(8, "requests");
  const std::string drawn = drawn_requests(one, "b1c2");
  EXPECT_EQ(drawn, drawn_requests(same, "b1c2"));
  EXPECT_NE(drawn, drawn_requests(other, "b1c2"));
}

TEST(Grammar, KnowsATagWhereverItIs) {
  EXPECT_EQ(tag_in("/function/f/b12c3r4?b=c"), "b12c3r4");
  EXPECT_EQ(tag_in("bc1r2 b1c2r b3c4r5"), "b3c4r5");
  EXPECT_EQ(tag_in("/function/f/"), "");
}

TEST(Gateway, StandsBentRequestsAndAnswers) {
  const Fuzzed fuzzed = fuzz({.seed = 1, .batches = 3, .connections = 150});
  EXPECT_TRUE(fuzzed.holds()) << text(fuzzed);
  EXPECT_GT(fuzzed.reached, 100u) << "what is in order is passed on";
  EXPECT_GT(fuzzed.refused, 100u) << "what is not is answered with 400";
}

TEST(Gateway, HoldsCallsUntilThereIsAReplicaOrTheirTimeIsOver) {
  const Held held = hold({.calls = 500, .replica_after = 1500ms, .sending = 500ms});
  EXPECT_TRUE(held.holds()) << text(held);
  EXPECT_EQ(held.cut, 50u) << "one of ten: see hold.hpp";
}

TEST(Gateway, AnswersEachCallOfAReplicaThatDiesOnce) {
  const Crashed crashed = crash({.callers = 30, .kills = 2, .between = 600ms});
  EXPECT_TRUE(crashed.holds()) << text(crashed);
}

TEST(Gateway, ServesOthersBesideSlowCallers) {
  const Besieged besieged = besiege(
      {.connections = 300, .attack = 1500ms, .drip = 200ms, .head_within = 500ms, .stall = 1s});
  EXPECT_TRUE(besieged.holds()) << text(besieged);
}

}  // namespace
}  // namespace thaw::rigs
