// The HorizontalPodAutoscaler on the seam: when it decides, what it hears of, what it keeps.
#include <gtest/gtest.h>

#include <vector>

#include "tests/policies/shown.hpp"

namespace thaw {
PolicyInfo hpa_policy();

namespace hpa_test {

constexpr Version k136{1, 36, 0}, k137{1, 37, 0};

// An Object metric with an AverageValue of 70, one to ten replicas, no hold on the way down.
Params settings(std::initializer_list<std::pair<const char*, const char*>> more) {
  Params params = params_of({{"maxReplicas", "10"},
                             {"metrics.0.type", "Object"},
                             {"metrics.0.object.describedObject.kind", "Service"},
                             {"metrics.0.object.describedObject.name", "svc"},
                             {"metrics.0.object.metric.name", "load"},
                             {"metrics.0.object.target.type", "AverageValue"},
                             {"metrics.0.object.target.averageValue", "70"},
                             {"behavior.scaleDown.stabilizationWindowSeconds", "0"}});
  for (const auto& [key, value] : more) params.set(key, value, {});
  return params;
}

struct Hpa : Shown {
  explicit Hpa(std::initializer_list<std::pair<const char*, const char*>> more = {},
               Version version = k137)
      : Shown(&hpa_policy) {
    diagnostics = {};
    spec.params = settings(more);
    spec.versions.kubernetes = version;
    policy = hpa_policy().make(spec, diagnostics);
    metrics.resize(1);
    metrics[0].presence = Presence::ok;
    replicas(1);
    value(70'000);
  }

  void value(Milli milli) {
    series = {milli};
    metrics[0].series = series;
  }
  // The world carries a decision out, and says so.
  void write(Duration after, const Decision& decision) {
    replicas(decision.desired->count);
    seen.last_write = {seen.last_write.ticket + 1, WriteState::done, *decision.desired};
    ask(after, Cause::pods);
  }

  std::vector<Milli> series;
};

TEST(Hpa, WantsItsMetricsAndPods) {
  const Hpa hpa;
  EXPECT_EQ(hpa.problem(), "");
  const Wants wants = hpa.policy->wants();
  EXPECT_TRUE(wants.pods);
  ASSERT_EQ(wants.metrics.size(), 1u);
  EXPECT_EQ(wants.metrics[0].name, "load");
  EXPECT_EQ(wants.metrics[0].object, "Service/svc");
  EXPECT_EQ(wants.metrics[0].source, MetricSource::object);
}

TEST(Hpa, Since137ItIsLookedAtAtOnce) {
  Hpa hpa;
  hpa.value(200'000);
  const Decision first = hpa.ask(0s, Cause::start);
  EXPECT_EQ(first.desired, Replicas(3));
  EXPECT_EQ(first.ask_again, kStart + 15s);
}

TEST(Hpa, BeforeThatOnePeriodLater) {
  Hpa hpa({}, k136);
  hpa.value(200'000);
  const Decision first = hpa.ask(0s, Cause::start);
  EXPECT_EQ(first.desired, std::nullopt);
  EXPECT_EQ(first.why.code, ReasonCode::waiting_for_tick);
  EXPECT_EQ(first.ask_again, kStart + 15s);
  EXPECT_EQ(hpa.ask(15s).desired, Replicas(3));
}

TEST(Hpa, TheOffsetShiftsItsGrid) {
  Hpa late({{"sync-offset", "4s"}, {"flags.sync-period", "10s"}});
  EXPECT_EQ(late.ask(0s, Cause::start).ask_again, kStart + 4s);
  EXPECT_EQ(late.ask(4s).ask_again, kStart + 14s);
  Hpa before({{"sync-offset", "4s"}, {"flags.sync-period", "10s"}}, k136);
  EXPECT_EQ(before.ask(0s, Cause::start).ask_again, kStart + 14s);
}

TEST(Hpa, PodsAreNoReasonToDecide) {
  Hpa hpa;
  hpa.ask(0s, Cause::start);
  hpa.value(700'000);
  const Decision poked = hpa.ask(3s, Cause::pods);
  EXPECT_EQ(poked.desired, std::nullopt);
  EXPECT_EQ(poked.ask_again, kStart + 15s);
  EXPECT_EQ(hpa.ask(15s).desired, Replicas(5));
}

TEST(Hpa, DecidesWheneverItsTimeIsSaidToHaveCome) {
  Hpa hpa;
  hpa.ask(0s, Cause::start);
  hpa.value(140'000);
  const Decision early = hpa.ask(7s);
  EXPECT_EQ(early.desired, Replicas(2));
  EXPECT_EQ(early.ask_again, kStart + 15s);
}

TEST(Hpa, SaysNothingWhereReplicasStay) {
  Hpa hpa;
  EXPECT_EQ(hpa.ask(0s, Cause::start).desired, std::nullopt);
}

TEST(Hpa, AMetricThatIsAbsentOrFailsOrIsNoNumberChangesNothing) {
  for (const Presence presence : {Presence::absent, Presence::error, Presence::nan}) {
    Hpa hpa;
    hpa.replicas(4);
    hpa.metrics[0].presence = presence;
    const Decision decision = hpa.ask(0s, Cause::start);
    EXPECT_EQ(decision.desired, std::nullopt);
    EXPECT_EQ(decision.why.code, ReasonCode::hpa_failed);
  }
  Hpa unread;
  unread.metrics.clear();
  EXPECT_EQ(unread.ask(0s, Cause::start).why.code, ReasonCode::hpa_failed);
}

TEST(Hpa, GoesOnWhenItsClockIsSetBackBeforeItsStart) {
  Hpa hpa;
  hpa.ask(0s, Cause::start);
  EXPECT_EQ(hpa.ask(-1h).ask_again, kStart - 1h + 15s);
}

// At most four more in 15 s, counted from the instant of the write.
TEST(Hpa, AWriteThatTookItsTimeCountsFromItsEnd) {
  Hpa hpa;
  hpa.value(7'000'000);
  const Decision first = hpa.ask(0s, Cause::start);
  EXPECT_EQ(first.desired, Replicas(5));
  hpa.write(2s, first);
  EXPECT_EQ(hpa.ask(16s).desired, std::nullopt);
  EXPECT_EQ(hpa.ask(17s).desired, Replicas(10));
}

TEST(Hpa, AWriteThatNobodyReportedCountsFromItsDecision) {
  Hpa hpa;
  hpa.value(7'000'000);
  EXPECT_EQ(hpa.ask(0s, Cause::start).desired, Replicas(5));
  hpa.replicas(5);
  hpa.seen.last_write = {1, WriteState::done, Replicas(5)};
  EXPECT_EQ(hpa.ask(15s).desired, Replicas(10));
}

TEST(Hpa, ARefusedWriteIsTriedAgainInFull) {
  Hpa hpa;
  hpa.value(7'000'000);
  EXPECT_EQ(hpa.ask(0s, Cause::start).desired, Replicas(5));
  hpa.seen.last_write = {1, WriteState::refused, Replicas(5)};
  EXPECT_EQ(hpa.ask(1s).desired, Replicas(5));
}

TEST(Hpa, KeepsWhoScaledToZeroAndForgetsTheRest) {
  Hpa hpa({{"minReplicas", "0"}});
  hpa.value(0);
  EXPECT_EQ(hpa.ask(0s, Cause::start).desired, Replicas(0));
  EXPECT_TRUE(hpa.restart());
  hpa.replicas(0);
  hpa.value(140'000);
  EXPECT_EQ(hpa.ask(15s, Cause::start).desired, Replicas(2));

  Hpa by_hand({{"minReplicas", "0"}});
  by_hand.replicas(0);
  by_hand.value(140'000);
  EXPECT_EQ(by_hand.ask(0s, Cause::start).why.code, ReasonCode::hpa_disabled);
  EXPECT_TRUE(by_hand.restart());
  EXPECT_EQ(by_hand.ask(15s, Cause::start).why.code, ReasonCode::hpa_disabled);
}

TEST(Hpa, ARestartForgetsRecommendationsAndChanges) {
  Hpa hpa({{"behavior.scaleDown.stabilizationWindowSeconds", "60"}});
  hpa.replicas(3);
  hpa.value(210'000);
  hpa.ask(0s, Cause::start);
  hpa.value(0);
  EXPECT_EQ(hpa.ask(15s).desired, std::nullopt);  // held at 3
  hpa.replicas(2);                                // by hand
  hpa.ask(20s, Cause::start);
  // Remembered since the restart: 2, and not 3; after a window nothing but zero is left.
  EXPECT_EQ(hpa.ask(79s).desired, std::nullopt);
  EXPECT_EQ(hpa.ask(80s).desired, Replicas(1));
}

TEST(Hpa, RefusesAStateOfAnotherVersion) {
  Hpa hpa;
  hpa.ask(0s, Cause::start);
  EXPECT_FALSE(hpa.restart(1));
}

TEST(Hpa, NewSettingsKeepWhatIsRemembered) {
  Hpa hpa({{"behavior.scaleDown.stabilizationWindowSeconds", "60"}});
  hpa.replicas(3);
  hpa.value(210'000);
  hpa.ask(0s, Cause::start);
  hpa.spec.params = settings({{"behavior.scaleDown.stabilizationWindowSeconds", "60"},
                              {"metrics.0.object.target.averageValue", "140"}});
  hpa.policy->reconfigure(hpa.spec, hpa.diagnostics);
  EXPECT_EQ(hpa.problem(), "");
  const Decision held = hpa.ask(15s);
  EXPECT_EQ(held.desired, std::nullopt);
  EXPECT_EQ(held.why.number[2], 140'000);
  EXPECT_EQ(held.why.number[5], static_cast<double>(Limit::stabilisation));
  EXPECT_EQ(hpa.ask(60s).desired, Replicas(2));
}

TEST(Hpa, ItsReasonsReadAsWordsAndNumbers) {
  Hpa hpa({{"maxReplicas", "2"}});
  hpa.value(139'000);
  hpa.replicas(1);
  EXPECT_EQ(to_words(hpa.ask(0s, Cause::start).why), "metric 0: 139 against 70 → 2");
  hpa.value(500'500);
  EXPECT_EQ(to_words(hpa.ask(15s).why), "metric 0: 500.5 against 70 → 8; limit max 2");
  hpa.value(75'000);
  EXPECT_EQ(to_words(hpa.ask(30s).why), "metric 0: 75 against 70 → 1; limit tolerance 0.1");
  hpa.replicas(9);
  EXPECT_EQ(to_words(hpa.ask(45s).why), "9 above maxReplicas → 2");
  hpa.replicas(1);
  hpa.metrics[0].presence = Presence::error;
  EXPECT_EQ(to_words(hpa.ask(60s).why), "metric 0 could not be read: left alone");
  hpa.replicas(0);
  EXPECT_EQ(to_words(hpa.ask(75s).why), "scaled to zero by hand: left there");
  EXPECT_EQ(to_words({ReasonCode::hpa_metric, {1, 85, 80, 3, 3, 0, 0, 1}}),
            "metric 1: 85 % against 80 % → 3");
  EXPECT_EQ(to_words({ReasonCode::hpa_outside_bounds, {1, 2, 5}}), "1 below minReplicas → 2");
}

}  // namespace hpa_test
}  // namespace thaw
