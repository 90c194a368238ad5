// One suite over every world: what a policy's decisions come to must not depend on who plays the
// cluster. SlimFaas decides each second and reads each third (its documentation,
// docs/functions.md).
#include <gtest/gtest.h>

#include "tests/worlds/world.hpp"

namespace thaw::worlds {
namespace {

class Worlds : public testing::TestWithParam<Offer> {
 protected:
  std::unique_ptr<World> world = GetParam().make();
};

TEST_P(Worlds, WithoutACallNothingComesUp) {
  world->begin({{.name = "f"}});
  world->pass(8s);
  EXPECT_EQ(world->desired("f"), 0);
}

TEST_P(Worlds, AWakeBringsItUpAndIdlenessTakesItDown) {
  world->begin({{.name = "f", .timeout_s = 8}});
  world->pass(3s);
  world->wake("f");
  world->pass(world->start_up());
  EXPECT_EQ(world->desired("f"), 1);
  world->pass(7s - world->start_up());
  EXPECT_EQ(world->desired("f"), 1) << "not before the timeout";
  world->pass(3s + world->start_up());
  EXPECT_EQ(world->desired("f"), 0);
}

// SlimFaas leaves a wake at that where a replica is ready.
TEST_P(Worlds, AWakeOfWhatIsReadyPutsNothingOff) {
  world->begin({{.name = "f", .timeout_s = 10}});
  world->pass(3s);
  world->wake("f");
  world->pass(7s);
  world->wake("f");
  world->pass(5s + world->start_up());
  EXPECT_EQ(world->desired("f"), 0);
}

// What was kept may be 5 s old, and so may end 5 s later.
TEST_P(Worlds, TheIdleClockGoesOnOverARestart) {
  world->begin({{.name = "f", .timeout_s = 12}});
  world->pass(3s);
  world->wake("f");
  world->pass(7s);
  world->restart();
  world->pass(4s);
  EXPECT_EQ(world->desired("f"), 1);
  world->pass(6s + world->start_up());
  EXPECT_EQ(world->desired("f"), 0) << "12 s after it began anew it would still be there";
}

TEST_P(Worlds, ARestartWakesNobodyWhoSleeps) {
  world->begin({{.name = "f", .timeout_s = 4}});
  world->pass(3s);
  world->wake("f");
  world->pass(6s + world->start_up());
  EXPECT_EQ(world->desired("f"), 0);
  world->restart();
  world->pass(4s);
  EXPECT_EQ(world->desired("f"), 0);
}

TEST_P(Worlds, ItComesBackWithAsManyAsItsAnnotationSays) {
  world->begin({{.name = "f", .timeout_s = 60, .at_start = 2}});
  world->pass(3s);
  world->wake("f");
  world->pass(world->start_up());
  EXPECT_EQ(world->desired("f"), 2);
}

// A call of what depends on another counts as a call of the other, which is up first.
TEST_P(Worlds, WhatItDependsOnComesWithIt) {
  world->begin({{.name = "f", .timeout_s = 60, .depends_on = "g"}, {.name = "g", .timeout_s = 60}});
  world->pass(3s);
  world->wake("f");
  world->pass(world->start_up() * 2 + 4s);
  EXPECT_EQ(world->desired("g"), 1);
  EXPECT_EQ(world->desired("f"), 1);
}

INSTANTIATE_TEST_SUITE_P(, Worlds, testing::ValuesIn(worlds_here()),
                         [](const auto& offer) { return std::string(offer.param.name); });

}  // namespace
}  // namespace thaw::worlds
