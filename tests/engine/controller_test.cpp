#include "engine/controller.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace thaw {
namespace controller_test {

TimePoint at(std::int64_t s) { return {std::chrono::seconds(s)}; }

class FakeClock : public Clock {
 public:
  TimePoint now() const override { return now_; }
  void set_alarm(FunctionId id, TimePoint t) override { alarms[id] = t; }
  void cancel_alarm(FunctionId id) override { alarms.erase(id); }

  std::map<FunctionId, TimePoint> alarms;
  TimePoint now_ = at(100);
};

class FakeCluster : public Cluster {
 public:
  explicit FakeCluster(const Clock& clock) : clock_(clock) {}
  const Observation& observe(FunctionId id, const Wants& wants, Cause cause) override {
    log.push_back("observe " + std::to_string(id) + (wants.pods ? " pods" : ""));
    seen_ = {};
    seen_.now = clock_.now();
    seen_.cause = cause;
    seen_.last_activity = last_activity;
    return seen_;
  }
  std::uint64_t submit(FunctionId id, const Decision& decision) override {
    log.push_back("submit " + std::to_string(id) +
                  (decision.desired ? " " + std::to_string(decision.desired->count) : "") +
                  (decision.path ? " path" : ""));
    if (on_submit) on_submit(id);
    return 1;
  }

  std::vector<std::string> log;
  std::function<void(FunctionId)> on_submit;
  std::optional<TimePoint> last_activity;

 private:
  const Clock& clock_;
  Observation seen_;
};

class FakeRecorder : public Recorder {
 public:
  struct Step {
    FunctionId id;
    Cause cause;
    Decision decided, capped;
  };
  void step(FunctionId id, const Observation& seen, const Decision& decided,
            const Decision& capped) override {
    steps.push_back({id, seen.cause, decided, capped});
  }
  std::vector<Step> steps;
};

// Answers what it is told to, and remembers how it was asked.
class Scripted : public ScalingPolicy {
 public:
  Wants wants() const override { return {.arrivals_at_zero = false, .pods = true, .peers = {}}; }
  Decision decide(const Observation& seen) override {
    causes.push_back(seen.cause);
    return answer;
  }
  void look(const Observation& seen) override { last_seen = seen.last_activity; }
  void reconfigure(const Spec&, Diagnostics&) override {}
  void save(StateWriter& out) const override {
    out.version(7);
    out.field("last", last_seen ? last_seen->ns() : -1);
  }
  bool restore(const StateReader& in) override {
    if (in.version() != 7) return false;
    restored = in.field("last");
    return true;
  }

  Decision answer;
  std::vector<Cause> causes;
  std::optional<TimePoint> last_seen;
  std::optional<std::int64_t> restored;
};

struct Controlled : testing::Test {
  Scripted& add(FunctionId id, Decision answer = {}) {
    auto policy = std::make_unique<Scripted>();
    Scripted& added = *policy;
    added.answer = answer;
    controller.add(id, std::move(policy));
    return added;
  }

  FakeClock clock;
  FakeCluster cluster{clock};
  FakeRecorder recorder;
  Controller controller{clock, cluster, recorder};
};

using ControllerTest = Controlled;

TEST_F(ControllerTest, AsksEachPolicyOnceAtTheStartInTheOrderOfTheIds) {
  add(9);
  add(2);
  controller.start();
  EXPECT_EQ(cluster.log, (std::vector<std::string>{"observe 2 pods", "observe 9 pods"}));
  ASSERT_EQ(recorder.steps.size(), 2u);
  EXPECT_EQ(recorder.steps[0].cause, Cause::start);
}

TEST_F(ControllerTest, SubmitsOnlyWhatIsDesired) {
  Scripted& policy = add(1);
  controller.start();
  EXPECT_EQ(cluster.log, std::vector<std::string>{"observe 1 pods"});

  policy.answer.desired = Replicas(3);
  controller.poke(1, Cause::arrival_at_zero);
  EXPECT_EQ(cluster.log.back(), "submit 1 3");
  EXPECT_EQ(policy.causes.back(), Cause::arrival_at_zero);
}

TEST_F(ControllerTest, SubmitsAPathWithoutReplicas) {
  Scripted& policy = add(1);
  controller.cap(1, Replicas(5));
  controller.start();
  policy.answer.path = PathMode::serve;
  controller.alarm(1);
  EXPECT_EQ(cluster.log.back(), "submit 1 path");
  policy.answer.desired = Replicas(8);
  controller.alarm(1);
  EXPECT_EQ(cluster.log.back(), "submit 1 5 path") << "the cap leaves the path as it is";
}

TEST_F(ControllerTest, SetsTheAlarmAndTakesItBackWhenThereIsNothingToWaitFor) {
  Scripted& policy = add(1, {.desired = {}, .ask_again = at(160), .why = {}});
  controller.start();
  EXPECT_EQ(clock.alarms.at(1), at(160));

  policy.answer.ask_again = TimePoint::never();
  controller.alarm(1);
  EXPECT_EQ(policy.causes.back(), Cause::timer);
  EXPECT_TRUE(clock.alarms.empty());
}

TEST_F(ControllerTest, TheCapLowersAndNeverRaises) {
  Scripted& policy =
      add(1, {.desired = Replicas(8), .ask_again = at(160), .why = {ReasonCode::wake, {}}});
  controller.cap(1, Replicas(5));
  controller.start();
  EXPECT_EQ(cluster.log.back(), "submit 1 5");
  EXPECT_EQ(recorder.steps.back().decided.desired, Replicas(8));
  EXPECT_EQ(recorder.steps.back().decided.why.code, ReasonCode::wake);
  EXPECT_EQ(recorder.steps.back().capped.why.code, ReasonCode::operator_cap);
  EXPECT_EQ(recorder.steps.back().capped.why.number[0], 8);
  EXPECT_EQ(recorder.steps.back().capped.why.number[1], 5);

  policy.answer.desired = Replicas(2);
  controller.alarm(1);
  EXPECT_EQ(cluster.log.back(), "submit 1 2");
  EXPECT_EQ(recorder.steps.back().capped.why.code, ReasonCode::wake);

  policy.answer.desired.reset();
  controller.alarm(1);
  EXPECT_EQ(cluster.log.back(), "observe 1 pods");
}

TEST_F(ControllerTest, DecidesNothingBetweenStopAndStart) {
  Scripted& policy = add(1, {.desired = {}, .ask_again = at(160), .why = {}});
  controller.poke(1, Cause::pods);
  EXPECT_TRUE(policy.causes.empty());  // not started yet

  controller.start();
  controller.stop();
  EXPECT_TRUE(clock.alarms.empty());
  controller.poke(1, Cause::pods);
  controller.alarm(1);
  EXPECT_EQ(policy.causes.size(), 1u);

  controller.start();
  EXPECT_EQ(policy.causes, (std::vector<Cause>{Cause::start, Cause::start}));
}

TEST_F(ControllerTest, AnswersAPokeFromInsideAWriteAfterTheStep) {
  Scripted& policy = add(1, {.desired = Replicas(1), .ask_again = at(160), .why = {}});
  cluster.on_submit = [&](FunctionId id) {
    policy.answer = {.desired = {}, .ask_again = at(170), .why = {}};
    controller.poke(id, Cause::pods);
  };
  controller.start();
  // The first step is recorded before the second is taken, and the second has the last word.
  ASSERT_EQ(recorder.steps.size(), 2u);
  EXPECT_EQ(recorder.steps[0].cause, Cause::start);
  EXPECT_EQ(recorder.steps[1].cause, Cause::pods);
  EXPECT_EQ(clock.alarms.at(1), at(170));
}

TEST_F(ControllerTest, StoppedFromInsideAWriteItAsksNobodyAndLeavesNoAlarm) {
  add(1, {.desired = Replicas(1), .ask_again = at(160), .why = {}});
  Scripted& next = add(2, {.desired = {}, .ask_again = at(160), .why = {}});
  cluster.on_submit = [&](FunctionId) { controller.stop(); };
  controller.start();
  EXPECT_TRUE(clock.alarms.empty());
  EXPECT_TRUE(next.causes.empty());
}

TEST_F(ControllerTest, AFunctionAddedWhileRunningIsAskedAtOnce) {
  controller.start();
  EXPECT_EQ(add(1).causes, std::vector<Cause>{Cause::start});
}

TEST_F(ControllerTest, IgnoresPokesForFunctionsOfOthers) {
  controller.start();
  controller.poke(5, Cause::pods);
  EXPECT_TRUE(cluster.log.empty());
}

TEST_F(ControllerTest, SavesWhatHoldsNowAndRestoresIt) {
  Scripted& policy = add(1);
  add(2);
  controller.start();
  cluster.last_activity = at(150);
  const Controller::State state = controller.save();
  EXPECT_EQ(policy.causes.size(), 1u);  // saving asks nothing
  ASSERT_EQ(state.size(), 2u);
  EXPECT_EQ(state.at(1).fields.at("last"), at(150).ns());

  FakeClock other_clock;
  Controller other(other_clock, cluster, recorder);
  auto fresh = std::make_unique<Scripted>();
  Scripted& restored = *fresh;
  other.add(1, std::move(fresh));
  EXPECT_TRUE(other.restore(state).empty());  // function 2 is gone: nobody starts fresh
  EXPECT_EQ(restored.restored, at(150).ns());
}

TEST_F(ControllerTest, NamesTheFunctionsWhoseStateIsNotUnderstood) {
  add(1);
  add(2);
  Controller::State state = controller.save();
  state.at(2).version = 99;
  EXPECT_EQ(controller.restore(state), std::vector<FunctionId>{2});
}

TEST_F(ControllerTest, HandsOutTheWantsOfAPolicy) {
  add(1);
  EXPECT_TRUE(controller.wants(1).pods);
  EXPECT_FALSE(controller.wants(1).arrivals_at_zero);
}

using ControllerDeathTest = Controlled;

TEST_F(ControllerDeathTest, APolicyThatAsksAgainAtOnceIsABug) {
  add(1, {.desired = {}, .ask_again = at(100), .why = {}});
  EXPECT_DEATH(controller.start(), "would never let go");
}

TEST_F(ControllerDeathTest, TwoPoliciesForOneFunctionAreABug) {
  add(1);
  EXPECT_DEATH(add(1), "two policies");
}

}  // namespace controller_test
}  // namespace thaw
