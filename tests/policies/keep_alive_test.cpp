// keep_alive: one decision, the same whatever happens.
#include <gtest/gtest.h>

#include "policies/all.hpp"
#include "tests/policies/asked.hpp"

namespace thaw {
namespace keep_alive_test {

struct Kept {
  explicit Kept(Settings settings = {}) {
    Spec spec;
    spec.name = "f";
    spec.params = params_of(settings);
    policy = find_policy("keep_alive")->make(spec, diagnostics);
  }
  Decision ask(Cause cause = Cause::start, Duration after = 0s) {
    Observation seen{};
    seen.now = kStart + after;
    seen.cause = cause;
    return policy->decide(seen);
  }
  std::string problem() const { return problem_of(diagnostics); }

  Diagnostics diagnostics;
  std::unique_ptr<ScalingPolicy> policy;
};

TEST(KeepAlivePolicy, KeepsAnIdleInstanceForTenMinutesUnlessToldOtherwise) {
  EXPECT_EQ(Kept().ask().instances->idle, 600s);
  EXPECT_EQ(Kept({{"idle", "90s"}}).ask().instances->idle, 90s);
  EXPECT_EQ(Kept({{"idle", "0s"}}).ask().instances->idle, 0s);
  EXPECT_EQ(Kept({{"idle", "1h30min"}}).ask().instances->idle, 90min);
}

TEST(KeepAlivePolicy, GovernsInstancesAndLeavesReplicasAlone) {
  EXPECT_EQ(find_policy("keep_alive")->governs, Governs::instances);
  const Decision decision = Kept().ask();
  EXPECT_EQ(decision.desired, std::nullopt);
  EXPECT_EQ(decision.ask_again, TimePoint::never());
  EXPECT_EQ(decision.why.code, ReasonCode::keep_alive);
  EXPECT_DOUBLE_EQ(decision.why.number[0], 600);
}

TEST(KeepAlivePolicy, AnswersTheSameWheneverItIsAsked) {
  Kept kept({{"idle", "7s"}});
  for (const Cause cause : {Cause::start, Cause::timer, Cause::arrival_at_zero, Cause::pods})
    EXPECT_EQ(kept.ask(cause, 1h).instances->idle, 7s);
}

TEST(KeepAlivePolicy, RefusesWhatIsNoDurationAndKeysItDoesNotKnow) {
  for (const char* text : {"600", "-1s", "ten minutes", ""}) {
    const Kept kept({{"idle", text}});
    EXPECT_NE(kept.problem().find("expected a duration such as 600s, found \"" + std::string(text) +
                                  "\""),
              std::string::npos)
        << text << ": " << kept.problem();
  }
  EXPECT_NE(Kept({{"idel", "600s"}}).problem().find("idel"), std::string::npos);
  EXPECT_EQ(Kept({{"idle", "600s"}}).problem(), "");
}

TEST(KeepAlivePolicy, TakesNewSettings) {
  Kept kept({{"idle", "7s"}});
  Spec spec;
  spec.params = params_of({{"idle", "8s"}});
  kept.policy->reconfigure(spec, kept.diagnostics);
  EXPECT_EQ(kept.ask().instances->idle, 8s);
}

TEST(KeepAlivePolicy, HasNothingToRememberButItsVersion) {
  Kept kept;
  SavedState state;
  StateWriter writer(state);
  kept.policy->save(writer);
  EXPECT_TRUE(state.fields.empty());
  EXPECT_TRUE(kept.policy->restore(StateReader(state)));
  ++state.version;
  EXPECT_FALSE(kept.policy->restore(StateReader(state)));
}

}  // namespace keep_alive_test
}  // namespace thaw
