// What is expected here follows from the formulas; the conformance cases hold the whole against the
// real controller's answers.
#include "policies/hpa/replica_calculator.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/policies/hpa/world.hpp"

namespace thaw::hpa {
namespace replica_calculator_test {

constexpr Milli kMost = std::numeric_limits<std::int64_t>::max();

struct Asked {
  std::vector<PodFacts> pods;
  std::int32_t spec = 0, status = 0;
  ReplicaCalculator calculator{300s, 30s};

  explicit Asked(std::vector<PodFacts> all)
      : pods(std::move(all)),
        spec(static_cast<std::int32_t>(pods.size())),
        status(static_cast<std::int32_t>(pods.size())) {}

  Proposal propose(const Metric& of, const Answer& answer) {
    return calculator.propose(of, answer.facts, {kNow, spec, status, pods}, {0.1, 0.1});
  }
};

const Metric kValue = metric(MetricSource::object, TargetType::value, 70'000);
const Metric kAverage = metric(MetricSource::object, TargetType::average_value, 70'000);
const Metric kPods = metric(MetricSource::pods, TargetType::average_value, 10'000);

TEST(HpaCalculator, AValueIsSharedByTheReadyPodsAndNotByTheSpec) {
  Asked asked(ready_pods(4));
  asked.pods[3].ready = Condition::no;
  EXPECT_EQ(asked.propose(kValue, Answer({140'000})).replicas, 6);  // 2 · 3
  asked.pods.clear();
  EXPECT_TRUE(asked.propose(kValue, Answer({140'000})).failed);
  const Proposal near = asked.propose(kValue, Answer({77'000}));
  EXPECT_EQ(near.replicas, 4);  // 1.1 is near enough: no pods are looked up
  EXPECT_TRUE(near.within_tolerance);
}

TEST(HpaCalculator, AValueAtZeroKnowsNeitherToleranceNorPods) {
  Asked asked({});
  EXPECT_EQ(asked.propose(kValue, Answer({71'000})).replicas, 2);
  EXPECT_EQ(asked.propose(kValue, Answer({0})).replicas, 0);
}

TEST(HpaCalculator, AnAverageIsOverTheStatusAndNotTheSpec) {
  Asked asked(ready_pods(2));
  asked.spec = 5;
  const Proposal near = asked.propose(kAverage, Answer({139'000}));
  EXPECT_EQ(near.replicas, 2);  // 69.5 each
  EXPECT_EQ(near.usage, 69'500);
  EXPECT_EQ(asked.propose(kAverage, Answer({155'000})).replicas, 3);  // 77.5 each: ⌈155 / 70⌉
  asked.status = 0;
  EXPECT_EQ(asked.propose(kAverage, Answer({141'000})).replicas, 3);
  EXPECT_EQ(asked.propose(kAverage, Answer({0})).replicas, 0);
}

TEST(HpaCalculator, SeriesOfAnExternalMetricAddUpToTheMostThereIs) {
  Asked asked(ready_pods(1));
  const Metric value = metric(MetricSource::external, TargetType::value, 1);
  const Proposal capped = asked.propose(value, Answer({kMost, kMost}));
  EXPECT_EQ(capped.usage, kMost);
  EXPECT_EQ(capped.replicas, std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(asked.propose(value, Answer({-5, 2})).usage, -3);
  // For an average a negative sum is taken for an overflow.
  const Metric average = metric(MetricSource::external, TargetType::average_value, 1);
  EXPECT_EQ(asked.propose(average, Answer({-5, 2})).usage, kMost);
}

TEST(HpaCalculator, AnEmptyAnswerOrNoneFails) {
  Asked asked(ready_pods(1));
  EXPECT_TRUE(asked.propose(kValue, Answer({})).failed);
  EXPECT_TRUE(
      asked.propose(metric(MetricSource::external, TargetType::value, 1), Answer({})).failed);
  EXPECT_TRUE(asked.propose(kPods, Answer::of_pods({})).failed);
  for (const Presence presence : {Presence::absent, Presence::error, Presence::nan}) {
    Answer answer({1});
    answer.facts.presence = presence;
    EXPECT_TRUE(asked.propose(kValue, answer).failed);
  }
}

TEST(HpaCalculator, AveragesOfPodsAreIntegerDivisions) {
  Asked asked(ready_pods(3));
  const Proposal proposal =
      asked.propose(kPods, Answer::of_pods({{0, 20'000}, {1, 20'000}, {2, 1}}));
  EXPECT_EQ(proposal.usage, 13'333);  // 40001 / 3
  EXPECT_EQ(proposal.replicas, 4);    // ⌈1.3333 · 3⌉
}

// On the way down a pod without a reading counts as at its target: (1 + 10) / 2 of 10 is 0.55.
TEST(HpaCalculator, AMissingReadingIsNoReasonToGoDownFarther) {
  Asked asked(ready_pods(2));
  EXPECT_EQ(asked.propose(kPods, Answer::of_pods({{0, 1'000}})).replicas, 2);
  asked.pods = ready_pods(4);
  asked.spec = 4;
  EXPECT_EQ(asked.propose(kPods, Answer::of_pods({{0, 0}, {1, 0}, {2, 0}})).replicas, 1);
}

// On the way up as idle: 30 / 2 of 10 is 1.5, and 1.5 · 2 is 3.
TEST(HpaCalculator, AMissingReadingIsNoReasonToGoUpFarther) {
  Asked asked(ready_pods(2));
  EXPECT_EQ(asked.propose(kPods, Answer::of_pods({{0, 30'000}})).replicas, 3);
  EXPECT_EQ(asked.propose(kPods, Answer::of_pods({{0, 15'000}})).replicas, 2);  // turns around
}

TEST(HpaCalculator, PendingPodsCountAsIdleOnTheWayUpOnly) {
  Asked asked(ready_pods(3));
  asked.pods[2].phase = PodPhase::pending;
  EXPECT_EQ(asked.propose(kPods, Answer::of_pods({{0, 30'000}, {1, 30'000}})).replicas,
            6);  // 2 · 3
  EXPECT_EQ(asked.propose(kPods, Answer::of_pods({{0, 5'000}, {1, 5'000}})).replicas,
            1);  // 0.5 · 2
}

TEST(HpaCalculator, PodsThatGoOrHaveFailedAreNotThere) {
  Asked asked(ready_pods(4));
  asked.pods[2].deleting = true;
  asked.pods[3].phase = PodPhase::failed;
  const Answer answer = Answer::of_pods({{0, 20'000}, {1, 20'000}, {2, 90'000}, {3, 90'000}});
  EXPECT_EQ(asked.propose(kPods, answer).replicas, 4);  // 2 · 2
}

TEST(HpaCalculator, ReadingsOfOtherPodsCountAmongTheSamples) {
  Asked asked(ready_pods(1));
  const Proposal proposal = asked.propose(kPods, Answer::of_pods({{0, 10'000}, {77, 50'000}}));
  EXPECT_EQ(proposal.usage, 30'000);
  EXPECT_EQ(proposal.replicas, 3);  // ⌈3 · 1⌉: one ready pod
}

// cpu alone doubts its readings; the instants below are at the edge of each rule.
TEST(HpaCalculator, CpuOfAStartingPodIsDoubted) {
  const Metric cpu = metric(MetricSource::resource, TargetType::average_value, 10'000, "cpu");
  const auto with = [&](Duration start_age, Duration ready_age, Condition ready, Duration taken_ago,
                        const Metric& of) {
    Asked asked(ready_pods(2));
    asked.pods[1].started = kNow - start_age;
    asked.pods[1].ready_changed = kNow - ready_age;
    asked.pods[1].ready = ready;
    const Answer answer =
        Answer::of_samples({{0, 5'000, kNow, 30s, {}}, {1, 5'000, kNow - taken_ago, 30s, {}}});
    return asked.propose(of, answer).replicas;  // 0.5 · pods that count
  };
  constexpr auto yes = Condition::yes, no = Condition::no;
  // Within 300 s of its start: not ready, or a reading from before a window's time of readiness.
  EXPECT_EQ(with(299s, 30s, yes, 0s, cpu), 1);
  EXPECT_EQ(with(299s, 30s, no, 0s, cpu), 1);
  Asked lone({pod(1)});
  lone.pods[0].started = kNow - 299s;
  lone.pods[0].ready_changed = kNow - 30s;
  const auto fails = [&](Duration taken_ago) {
    return lone.propose(cpu, Answer::of_samples({{1, 5'000, kNow - taken_ago, 30s, {}}})).failed;
  };
  EXPECT_FALSE(fails(0s));
  EXPECT_TRUE(fails(1ns));
  lone.pods[0].started = kNow - 300s;
  EXPECT_FALSE(fails(1ns));  // no longer young
  lone.pods[0].ready = no;
  lone.pods[0].ready_changed = *lone.pods[0].started + 30s;
  EXPECT_FALSE(fails(0s));  // it was ready for a while
  lone.pods[0].ready_changed = *lone.pods[0].started + 30s - 1ns;
  EXPECT_TRUE(fails(0s));  // it never was
  lone.pods[0].ready = Condition::unknown;
  EXPECT_FALSE(fails(0s));
  lone.pods[0].ready = Condition::none;
  EXPECT_TRUE(fails(0s));
  const Metric memory = metric(MetricSource::resource, TargetType::average_value, 10'000, "memory");
  EXPECT_EQ(with(1s, 0s, no, 60s, memory), 1);
}

struct Requests {
  std::vector<PodFacts> pods = ready_pods(2);
  std::vector<std::vector<ResourceRequest>> of{2};

  Asked asked() {
    for (std::size_t i = 0; i < pods.size(); ++i) pods[i].requests = of[i];
    return Asked(pods);
  }
};

const Metric kShare = metric(MetricSource::resource, TargetType::utilization, 50, "cpu");

TEST(HpaCalculator, UtilizationIsWholePerCentOfTheRequests) {
  Requests requests;
  requests.of = {{{"a", "cpu", 1'000}, {"b", "cpu", 500}}, {{"a", "cpu", 1'500}}};
  Asked asked = requests.asked();
  const Proposal proposal = asked.propose(kShare, Answer::of_pods({{0, 1'500}, {1, 1'499}}));
  EXPECT_EQ(proposal.utilization, 99);  // 299900 / 3000
  EXPECT_EQ(proposal.usage, 1'499);     // 2999 / 2
  EXPECT_EQ(proposal.replicas, 4);      // ⌈1.98 · 2⌉
}

TEST(HpaCalculator, AContainerWithoutARequestFailsTheMetric) {
  Requests requests;
  requests.of = {{{"a", "cpu", 1'000}, {"b", "memory", 500}}, {{"a", "cpu", 1'000}}};
  const Answer answer = Answer::of_pods({{0, 100}, {1, 100}});
  EXPECT_TRUE(requests.asked().propose(kShare, answer).failed);
  requests.of[0][1] = {"", "cpu", 500};  // the pod's own go before its containers'
  EXPECT_FALSE(requests.asked().propose(kShare, answer).failed);
  requests.of[0].clear();
  EXPECT_TRUE(requests.asked().propose(kShare, answer).failed);
  requests.of = {{{"a", "cpu", 0}}, {{"a", "cpu", 0}}};
  EXPECT_TRUE(requests.asked().propose(kShare, answer).failed);
}

// Where the target is above 100 %, a missing reading counts as that: (200 + 1500) / 2000 is 85 %.
TEST(HpaCalculator, MissingPodsAreFullOrAtAHigherTarget) {
  Requests requests;
  requests.of = {{{"a", "cpu", 1'000}}, {{"a", "cpu", 1'000}}};
  Metric metric_150 = kShare;
  metric_150.target = 150;
  EXPECT_EQ(requests.asked().propose(metric_150, Answer::of_pods({{0, 200}})).replicas, 2);
  // (0 + 1000) / 2000 is the target of 50 % itself.
  EXPECT_TRUE(requests.asked().propose(kShare, Answer::of_pods({{0, 0}})).within_tolerance);
}

TEST(HpaCalculator, ContainersOfAPodAddUp) {
  Asked asked({pod(0)});
  const std::vector<PodSample> samples = {{0, 10'000, kNow, 60s, "a"}, {0, 20'000, kNow, 60s, "b"}};
  const Metric memory = metric(MetricSource::resource, TargetType::average_value, 10'000, "memory");
  EXPECT_EQ(asked.propose(memory, Answer::of_samples(samples)).replicas, 3);
  Metric one =
      metric(MetricSource::container_resource, TargetType::average_value, 10'000, "memory");
  one.ref.container = "b";
  EXPECT_EQ(asked.propose(one, Answer::of_samples(samples)).replicas, 2);
  one.ref.container = "c";  // the API knows the pod, but no such container in it
  EXPECT_TRUE(asked.propose(one, Answer::of_samples(samples)).failed);
}

}  // namespace replica_calculator_test
}  // namespace thaw::hpa
