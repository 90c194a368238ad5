// The policy `hpa` held against the real HPA controller, sync by sync, under an hour of noisy load
// at the plane's periods: a sync each second for Kubernetes' 15 s, so 240 syncs.
//
// Autoscalers of every kind of metric but cpu and memory run side by side. What the controller asked
// and was answered, wrote, logged and reported becomes cases for `thaw decide`, which must decide
// the same at each sync. THAW_HPA_SYNCS is how many (60); THAW_HPA_RECORDING a file that keeps the
// cases.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <thread>

#include "tests/live/client_case.hpp"
#include "tests/live/eventually.hpp"
#include "tests/live/hpa_load.hpp"
#include "tests/live/hpa_syncs.hpp"
#include "tests/live/hpa_watch.hpp"
#include "tests/live/http.hpp"
#include "tests/live/manifests.hpp"

namespace thaw::live {
namespace hpa_hour_test {

using namespace std::chrono_literals;

// Half a sync off a whole number of them: whether the oldest of 20 recommendations still counts
// does not hang on how long a sync takes.
constexpr double kWindow_s = 19.5;

struct Subject {
  std::string name;
  int replicas;
  std::string delays;  // annotations of its pods
  std::string spec;    // of the autoscaler, without its target
  std::vector<NoisyMetric> metrics;
  std::vector<int> by_hand = {};  // numbers that somebody scales it to, now and then
};

const std::string kObject = "describedObject: {apiVersion: v1, kind: Service, name: front}";

std::string object_metric(const std::string& name, const std::string& target) {
  return "{type: Object, object: {" + kObject + ", metric: {name: " + name + "}, target: {" +
         target + "}}}";
}

std::string metric(const std::string& type, const std::string& name, const std::string& target) {
  std::string field = type;
  field[0] = static_cast<char>(field[0] - 'A' + 'a');
  return "{type: " + type + ", " + field + ": {metric: {name: " + name + "}, target: {" + target +
         "}}}";
}

// Delays end between two syncs, for those come a little later than each second.
const std::string kQuick = R"({fake/start: "100ms"})";
const std::string kSlow = R"({fake/start: "2500ms", fake/ready: "1s", fake/drain: "2500ms"})";

std::vector<Subject> subjects() {
  return {
      {"value", 2, R"({fake/start: "1300ms", fake/ready: "1200ms", fake/not-ready-after: "25s"})",
       "minReplicas: 1, maxReplicas: 8, metrics: [" +
           object_metric("value-queue", "type: Value, value: 50") + "]",
       {{"value-queue", 20, 110}},
       {10, 11}},
      {"average", 1, kQuick,
       "minReplicas: 1, maxReplicas: 6, metrics: [" +
           object_metric("average-gpu", "type: AverageValue, averageValue: 70") + "]",
       {{"average-gpu", 10, 420}}},
      {"pods", 2, kSlow,
       "minReplicas: 2, maxReplicas: 7, metrics: [" +
           metric("Pods", "pods-flight", "type: AverageValue, averageValue: 10") + "]",
       {{"pods-flight", 4, 20, "pods"}},
       {1}},
      {"external", 1, kQuick,
       "minReplicas: 1, maxReplicas: 9, metrics: [" +
           metric("External", "external-jobs", "type: AverageValue, averageValue: 30") + "]",
       {{"external-jobs", 5, 290}}},
      {"outside", 3, kSlow,
       "minReplicas: 1, maxReplicas: 6, metrics: [" +
           metric("External", "outside-lag", "type: Value, value: 200") + "]",
       {{"outside-lag", 90, 420}}},
      {"rules", 3, kQuick,
       "minReplicas: 1, maxReplicas: 12, metrics: [" +
           object_metric("rules-load", "type: AverageValue, averageValue: 500m") +
           "], behavior: {scaleUp: {stabilizationWindowSeconds: 2, selectPolicy: Min, policies: "
           "[{type: Pods, value: 2, periodSeconds: 3}, {type: Percent, value: 50, periodSeconds: "
           "5}], tolerance: 50m}, scaleDown: {stabilizationWindowSeconds: 6, selectPolicy: Min, "
           "policies: [{type: Percent, value: 40, periodSeconds: 4}, {type: Pods, value: 3, "
           "periodSeconds: 7}], tolerance: \"0.2\"}}",
       {{"rules-load", 0.5, 6}},
       {2, 6, 11}},
      {"defaults", 1, kQuick,
       "minReplicas: 1, maxReplicas: 8, metrics: [" +
           metric("External", "defaults-jobs", "type: AverageValue, averageValue: 1") +
           "], behavior: {scaleUp: {policies: [{type: Pods, value: 1, periodSeconds: 2}]}}",
       {{"defaults-jobs", 0.5, 8}}},
      {"two", 2, kSlow,
       "minReplicas: 1, maxReplicas: 6, metrics: [" +
           object_metric("two-queue", "type: Value, value: 100") + ", " +
           metric("Pods", "two-flight", "type: AverageValue, averageValue: 8") + "]",
       {{"two-queue", 40, 180}, {"two-flight", 3, 12, "two"}}},
  };
}

std::string autoscaler(const Subject& subject) {
  return "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: " +
         subject.name + ", labels: {app: " + subject.name +
         "}}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: " +
         subject.name + "}, " + subject.spec + "}}\n";
}

int syncs_wanted() {
  const char* text = std::getenv("THAW_HPA_SYNCS");
  return text == nullptr ? 60 : std::stoi(text);
}

class HpaHour : public testing::Test {
 protected:
  void apply(const std::string& manifest) {
    const Output applied = plane_.kubectl({"apply", "--filename=-"}, manifest);
    ASSERT_EQ(applied.exit_code, 0) << applied.text;
  }
  void start_targets() {
    ASSERT_EQ(http("PUT", plane_.cloud() + "/pools/steady",
                   R"({"min": 1, "provision": "0s", "boot": "0s"})")
                  .status,
              200);
    for (const Subject& subject : subjects_) {
      apply(deployment({.name = subject.name,
                        .image = "functions/web",
                        .port = 8080,
                        .replicas = subject.replicas,
                        .annotations = subject.delays,
                        .gpu = false}));
    }
    ASSERT_TRUE(eventually(60s, [&] {
      return std::ranges::all_of(subjects_, [&](const Subject& subject) {
        return plane_
                   .kubectl({"get", "deployment/" + subject.name,
                             "--output=jsonpath={.status.readyReplicas}"})
                   .text == std::to_string(subject.replicas);
      });
    })) << plane_.kubectl({"get", "pods"}).text;
  }
  void scale(const std::string& deployment, int replicas) {
    const Output scaled = plane_.kubectl(
        {"scale", "deployment/" + deployment, "--replicas=" + std::to_string(replicas)});
    ASSERT_EQ(scaled.exit_code, 0) << scaled.text;
  }
  void play(const HpaWatch& watch) {
    std::vector<NoisyMetric> metrics;
    for (const Subject& subject : subjects_) {
      metrics.insert(metrics.end(), subject.metrics.begin(), subject.metrics.end());
    }
    NoisyLoad load(plane_.metrics(), metrics, 20260105);
    std::mt19937 random(20260106);
    const auto start = std::chrono::steady_clock::now();
    for (int tick = 0; tick < 2 * (syncs_wanted() + 2) * 11 / 10; ++tick) {
      load.tick(watch);
      for (const Subject& subject : subjects_) {
        if (subject.by_hand.empty() || random() % 60 != 0) continue;
        scale(subject.name, subject.by_hand[random() % subject.by_hand.size()]);
      }
      std::this_thread::sleep_until(start + tick * 500ms);
    }
  }

  const std::vector<Subject> subjects_ = subjects();
  Plane plane_{{"-hpa-downscale-window", "19500ms"}};
};

TEST_F(HpaHour, IsDecidedSyncBySyncAsTheControllerDid) {
  start_targets();
  HpaWatch watch(access_of(plane_.kubeconfig()));
  ASSERT_TRUE(eventually(20s, [&] { return watch.synced(); }));
  std::string autoscalers;
  for (const Subject& subject : subjects_) autoscalers += "---\n" + autoscaler(subject);
  apply(autoscalers);
  play(watch);
  watch.stop();

  const SyncReader reader(plane_, watch, {.downscale_stabilization_s = kWindow_s});
  Json cases = Json::array();
  for (const Subject& subject : subjects_) {
    const RecordedSyncs recorded = reader.of(subject.name);
    EXPECT_GE(recorded.syncs, syncs_wanted()) << subject.name;
    EXPECT_GE(recorded.writes, 1) << subject.name;
    std::cout << subject.name << ": " << recorded.syncs << " syncs, " << recorded.writes
              << " changes, " << recorded.failures << " with a metric that failed, "
              << recorded.held_back << " held back, " << recorded.unsettled
              << " unsettled; longest pause " << recorded.longest_pause_ns / 1'000'000 << " ms\n";
    cases.push_back(recorded.test_case);
  }
  const char* keep = std::getenv("THAW_HPA_RECORDING");
  const std::string file = keep != nullptr ? keep : plane_.folder() + "/cases.json";
  std::ofstream(file) << Json{{"schema", 1}, {"cases", cases}}.dump() << "\n";

  const char* thaw = std::getenv("THAW_BINARY");
  ASSERT_NE(thaw, nullptr);
  const Output decided = run({thaw, "decide", file});
  EXPECT_EQ(decided.exit_code, 0);
  int steps = 0, differ = 0;
  std::istringstream lines(decided.text);
  for (std::string line; std::getline(lines, line);) {
    const bool held = line.find("\"held\":true") != std::string::npos;
    if (line.find("\"case\":") == std::string::npos) continue;
    ++steps;
    if (held) continue;
    ++differ;
    ADD_FAILURE() << line;
  }
  std::cout << steps << " syncs decided again, " << differ << " otherwise\n";
}

}  // namespace hpa_hour_test
}  // namespace thaw::live
