// SlimFaas's metric scaler within idle_timeout: who decides when, and that sleeping is not seen.
#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

#include "tests/policies/asked.hpp"

namespace thaw {
namespace idle_timeout_metrics_test {

// Within idle_timeout: called at 0 s, an idle time of 20 s, passes each second.
struct InLoop : Asked {
  explicit InLoop(Version version, Settings settings) : Asked(version, settings) {
    called(0s);
    replicas(1);
    ask(0s, Cause::start);
  }
  Decision pass(Duration after, Milli value) {
    value_ = value;
    answer_ = {
        .presence = Presence::ok, .taken = kStart + after, .series = {&value_, 1}, .pods = {}};
    seen.metrics = {&answer_, 1};
    return ask(after);
  }
  Milli value_ = 0;
  MetricFacts answer_;
};

const Settings kLoop{{"TimeoutSecondBeforeSetReplicasMin", "20"},
                     {"Scale.Triggers.0.Query", "queue"},
                     {"Scale.Triggers.0.Threshold", "10"},
                     {"Scale.Behavior.ScaleDown.StabilizationWindowSeconds", "0"}};

TEST(IdleTimeoutMetrics, AsksForWhatItsTriggersName) {
  const Asked with(k081, kLoop), without(k081), before(k024, {{"Scale.Triggers.0.Query", "q"}});
  ASSERT_EQ(with.policy->wants().metrics.size(), 1u);
  EXPECT_EQ(with.policy->wants().metrics[0].source, MetricSource::query);
  EXPECT_EQ(with.policy->wants().metrics[0].name, "queue");
  EXPECT_TRUE(without.policy->wants().metrics.empty());
  EXPECT_TRUE(before.policy->wants().metrics.empty());
}

TEST(IdleTimeoutMetrics, GrowAnActiveFunction) {
  InLoop f(k081, kLoop);
  const Decision decision = f.pass(1s, 30'000);
  EXPECT_EQ(decision.desired, Replicas(3));
  EXPECT_EQ(to_words(decision.why), "trigger 0: 30 (threshold 10) → 3");
  EXPECT_EQ(decision.ask_again, kStart + 2s);  // it asks at each pass
}

TEST(IdleTimeoutMetrics, ShrinkAnActiveFunctionNoFurtherThanReplicasAtStart) {
  InLoop f(k081, {{"ReplicasAtStart", "2"},
                  {"Scale.Triggers.0.Query", "queue"},
                  {"Scale.Triggers.0.Threshold", "10"},
                  {"Scale.Behavior.ScaleDown.StabilizationWindowSeconds", "0"}});
  f.replicas(5);
  f.ask(500ms);
  f.pass(3s, 50'000);  // the poll
  const Decision decision = f.pass(4s, 0);
  EXPECT_EQ(decision.desired, Replicas(2));
  EXPECT_EQ(to_words(decision.why), "trigger 0: 0 (threshold 10) → 2; limit min 2");
}

TEST(IdleTimeoutMetrics, KeepAnIdleFunctionThatIsNeeded) {
  InLoop f(k081, kLoop);
  EXPECT_EQ(f.pass(20s, 15'000).desired, Replicas(2));
  f.replicas(2);
  const Decision needed = f.pass(21s, 15'000);  // idle from here on
  EXPECT_EQ(needed.desired, std::nullopt);
  EXPECT_EQ(needed.why.code, ReasonCode::metric_trigger);
  const Decision idle = f.pass(40s, 0);
  EXPECT_EQ(idle.desired, Replicas(0));
  EXPECT_EQ(to_words(idle.why), "no call for 40 s (idle timeout 20 s) → ReplicasMin 0");
}

TEST(IdleTimeoutMetrics, WithoutAValueAnIdleFunctionStays) {
  InLoop f(k081, kLoop);
  f.seen.metrics = {};
  EXPECT_EQ(f.ask(21s).desired, std::nullopt);
  EXPECT_EQ(f.pass(22s, 0).desired, Replicas(0));
}

TEST(IdleTimeoutMetrics, AreNotReadAtZero) {
  Asked f(k081, kLoop);
  const Milli value = 90'000;
  const MetricFacts answer{
      .presence = Presence::ok, .taken = kStart, .series = {&value, 1}, .pods = {}};
  f.seen.metrics = {&answer, 1};
  f.ask(0s, Cause::start);
  const Decision decision = f.ask(1s);
  EXPECT_EQ(decision.desired, std::nullopt);
  EXPECT_EQ(decision.ask_again, TimePoint::never());  // and it sleeps, as without triggers
}

TEST(IdleTimeoutMetrics, DoNotGrowPastAnUnschedulablePod) {
  InLoop f(k081, kLoop);
  f.pods.push_back({.id = 1,
                    .phase = PodPhase::pending,
                    .ready = Condition::no,
                    .deleting = false,
                    .unschedulable = true,
                    .created = kStart});
  f.pass(3s, 10'000);
  EXPECT_EQ(f.pass(4s, 30'000).why.code, ReasonCode::pod_unschedulable);
  EXPECT_EQ(f.pass(4s, 30'000).why.code, ReasonCode::pod_unschedulable);  // one pass, asked twice
  // SlimFaas remembers a change that did not come about, and does not grow for 15 s.
  f.pods.clear();
  EXPECT_EQ(f.pass(6s, 30'000).desired, std::nullopt);
  EXPECT_EQ(f.pass(20s, 30'000).desired, Replicas(3));
}

// From 0.84 on waking uses up the growth of the next 15 s.
TEST(IdleTimeoutMetrics, WakingIsAChangeFromEightyFourOn) {
  const auto grows_at_once = [](Version version) {
    Asked f(version, kLoop);
    f.called(0s);
    f.ask(0s, Cause::start);
    EXPECT_EQ(f.ask(1s).desired, Replicas(1));
    f.replicas(1);
    const Milli value = 30'000;
    const MetricFacts answer{
        .presence = Presence::ok, .taken = kStart + 2s, .series = {&value, 1}, .pods = {}};
    f.seen.metrics = {&answer, 1};
    return f.ask(2s).desired == Replicas(3);
  };
  EXPECT_TRUE(grows_at_once(k081));
  EXPECT_FALSE(grows_at_once({0, 84, 0}));
}

// A write holds at once, the metric wanders, calls come and go; asked more often than it wants to
// be, it writes the same.
TEST(IdleTimeoutMetrics, SleepingIsNotObservable) {
  using Writes = std::vector<std::pair<Duration, std::int32_t>>;
  const auto writes_of = [](std::uint64_t seed, Duration often) {
    std::mt19937_64 dice(seed);
    Asked f(k081, kLoop);
    f.replicas(1);
    Writes writes;
    Milli value = 0;
    MetricFacts answer;
    TimePoint due = kStart;
    for (Duration t = 0s; t < 300s; t += 100ms) {
      const bool call = dice() % 200 == 0;
      if (dice() % 20 == 0) value = static_cast<Milli>(dice() % 60'000);
      if (dice() % 300 == 0) value = 0;
      if (call) f.called(t);
      answer = {.presence = Presence::ok, .taken = kStart + t, .series = {&value, 1}, .pods = {}};
      f.seen.metrics = {&answer, 1};
      const bool poke = call && f.seen.ready.count == 0;
      if (kStart + t < due && !poke && t % often != 0s) continue;
      const Cause cause = t == 0s ? Cause::start : poke ? Cause::arrival_at_zero : Cause::timer;
      Decision decision = f.ask(t, cause);
      if (decision.desired) {
        writes.emplace_back(t, decision.desired->count);
        f.replicas(decision.desired->count);
        decision = f.ask(t, Cause::pods);
        EXPECT_EQ(decision.desired, std::nullopt);
      }
      due = decision.ask_again;
    }
    return writes;
  };
  std::size_t all = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Writes asleep = writes_of(seed, 24h);
    EXPECT_EQ(asleep, writes_of(seed, 100ms)) << "seed " << seed;
    EXPECT_EQ(asleep, writes_of(seed, 700ms)) << "seed " << seed;
    all += asleep.size();
  }
  EXPECT_GT(all, 100u);
}

// The calls are kept, as before; what the scaler asked for and decided is not.
TEST(IdleTimeoutMetrics, ForgetTheirHistoryOverARestart) {
  InLoop before(k081, kLoop);
  EXPECT_EQ(before.pass(1s, 30'000).desired, Replicas(3));
  SavedState kept;
  StateWriter writer(kept);
  before.policy->save(writer);
  EXPECT_EQ(kept.fields.size(), 1u);  // the last call

  InLoop after(k081, kLoop);
  ASSERT_TRUE(after.policy->restore(StateReader(kept)));
  after.replicas(3);
  after.ask(4s, Cause::start);
  EXPECT_EQ(after.pass(5s, 60'000).desired, Replicas(6));  // and not held back until 17 s
}

}  // namespace idle_timeout_metrics_test
}  // namespace thaw
