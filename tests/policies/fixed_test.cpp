// fixed: one number, put back when something else changes it.
#include <gtest/gtest.h>

#include "tests/policies/shown.hpp"

namespace thaw {

PolicyInfo fixed_policy();

namespace fixed_test {

TEST(Fixed, SetsItsNumberOnce) {
  Shown fixed(fixed_policy, {{"replicas", "3"}});
  fixed.replicas(1);
  const Decision decision = fixed.ask(0s, Cause::start);
  EXPECT_EQ(decision.desired, Replicas(3));
  EXPECT_EQ(to_words(decision.why), "fixed at 3");
  fixed.replicas(3);
  const Decision held = fixed.ask(1s, Cause::pods);
  EXPECT_EQ(held.desired, std::nullopt);
  EXPECT_EQ(held.ask_again, TimePoint::never());
}

TEST(Fixed, PutsItsNumberBack) {
  Shown fixed(fixed_policy, {{"replicas", "3"}});
  EXPECT_TRUE(fixed.policy->wants().pods);  // or nobody would tell it
  fixed.replicas(3);
  fixed.ask(0s, Cause::start);
  fixed.replicas(7);
  EXPECT_EQ(fixed.ask(5s, Cause::pods).desired, Replicas(3));
}

TEST(Fixed, RepeatsAWriteThatDidNotTakeAfterTenSeconds) {
  Shown fixed(fixed_policy);
  fixed.replicas(0);
  const Decision first = fixed.ask(0s, Cause::start);
  EXPECT_EQ(first.desired, Replicas(1));  // the default
  EXPECT_EQ(first.ask_again, kStart + 10s);
  EXPECT_EQ(fixed.ask(4s, Cause::pods).desired, std::nullopt);
  EXPECT_EQ(fixed.ask(4s, Cause::pods).ask_again, kStart + 10s);
  EXPECT_EQ(fixed.ask(10s).desired, Replicas(1));
}

TEST(Fixed, TakesAnotherNumberAtOnce) {
  Shown fixed(fixed_policy, {{"replicas", "3"}});
  fixed.replicas(1);
  fixed.ask(0s, Cause::start);
  Spec other;
  other.params = params_of({{"replicas", "5"}});
  fixed.policy->reconfigure(other, fixed.diagnostics);
  EXPECT_EQ(fixed.ask(1s, Cause::pods).desired, Replicas(5));
}

TEST(Fixed, RefusesWhatIsNoNumberOfReplicas) {
  EXPECT_TRUE(Shown(fixed_policy, {{"replicas", "-1"}}).complains("found \"-1\""));
  EXPECT_TRUE(Shown(fixed_policy, {{"replica", "1"}}).complains("did you mean replicas?"));
}

TEST(Fixed, ForgetsWhatItWroteOverARestart) {
  Shown fixed(fixed_policy, {{"replicas", "3"}});
  fixed.replicas(1);
  fixed.ask(0s, Cause::start);
  EXPECT_TRUE(fixed.restart());
  EXPECT_EQ(fixed.ask(1s, Cause::start).desired, Replicas(3));  // not held back until 10 s
  EXPECT_FALSE(fixed.restart(1));
}

}  // namespace fixed_test
}  // namespace thaw
