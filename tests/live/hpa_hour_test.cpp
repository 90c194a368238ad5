// The policy `hpa` held against the real HPA controller, sync by sync, under an hour of noisy load
// at the plane's periods: a sync each second for Kubernetes' 15 s, so 240 syncs.
//
// Autoscalers of every kind of metric but cpu and memory run side by side. What the controller
// asked and was answered, wrote, logged and reported becomes cases for `thaw decide`, which must
// decide the same at each sync. THAW_HPA_SYNCS is how many (60); THAW_HPA_RECORDING a file that
// keeps the cases.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

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

// Kubernetes' 5 min in its proportion. The twentieth sync before is always older than that, and the
// nineteenth is not as long as syncs come at least each 1.05 s.
constexpr double kWindow_s = 20;

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
      {"value",
       2,
       R"({fake/start: "1300ms", fake/ready: "1200ms", fake/not-ready-after: "25s"})",
       "minReplicas: 1, maxReplicas: 8, metrics: [" +
           object_metric("value-queue", "type: Value, value: 50") + "]",
       {{"value-queue", 15, 80}},
       {10, 11}},
      {"average",
       1,
       kQuick,
       "minReplicas: 1, maxReplicas: 6, metrics: [" +
           object_metric("average-gpu", "type: AverageValue, averageValue: 70") + "]",
       {{"average-gpu", 10, 420}}},
      {"pods",
       2,
       kSlow,
       "minReplicas: 2, maxReplicas: 7, metrics: [" +
           metric("Pods", "pods-flight", "type: AverageValue, averageValue: 10") + "]",
       {{"pods-flight", 4, 20, "pods"}},
       {1}},
      {"external",
       1,
       kQuick,
       "minReplicas: 1, maxReplicas: 9, metrics: [" +
           metric("External", "external-jobs", "type: AverageValue, averageValue: 30") + "]",
       {{"external-jobs", 5, 290}}},
      {"outside",
       3,
       kSlow,
       "minReplicas: 1, maxReplicas: 6, metrics: [" +
           metric("External", "outside-lag", "type: Value, value: 200") + "]",
       {{"outside-lag", 60, 320}}},
      {"rules",
       3,
       kQuick,
       "minReplicas: 1, maxReplicas: 12, metrics: [" +
           object_metric("rules-load", "type: AverageValue, averageValue: 500m") +
           "], behavior: {scaleUp: {stabilizationWindowSeconds: 2, selectPolicy: Min, policies: "
           "[{type: Pods, value: 2, periodSeconds: 3}, {type: Percent, value: 50, periodSeconds: "
           "5}], tolerance: 50m}, scaleDown: {stabilizationWindowSeconds: 3, selectPolicy: Min, "
           "policies: [{type: Percent, value: 40, periodSeconds: 4}, {type: Pods, value: 3, "
           "periodSeconds: 7}], tolerance: \"0.2\"}}",
       {{"rules-load", 0.5, 6}},
       {2, 6, 11}},
      {"defaults",
       1,
       kQuick,
       "minReplicas: 1, maxReplicas: 8, metrics: [" +
           metric("External", "defaults-jobs", "type: AverageValue, averageValue: 1") +
           "], behavior: {scaleUp: {policies: [{type: Pods, value: 1, periodSeconds: 2}]}}",
       {{"defaults-jobs", 0.5, 8}}},
      {"two",
       2,
       kSlow,
       "minReplicas: 1, maxReplicas: 6, metrics: [" +
           object_metric("two-queue", "type: Value, value: 100") + ", " +
           metric("Pods", "two-flight", "type: AverageValue, averageValue: 8") + "]",
       {{"two-queue", 20, 130}, {"two-flight", 2, 11, "two"}}},
  };
}

std::string autoscaler(const Subject& subject) {
  return "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: " +
         subject.name + ", labels: {app: " + subject.name +
         "}}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: " +
         subject.name + "}, " + subject.spec + "}}\n";
}

std::size_t syncs_wanted() {
  const char* text = std::getenv("THAW_HPA_SYNCS");
  return text == nullptr ? 60 : std::stoul(text);
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
    // Syncs come a little later than each second.
    const int ticks = static_cast<int>(2 * (syncs_wanted() + 2) * 11 / 10);
    for (int tick = 0; tick < ticks; ++tick) {
      load.tick(watch);
      for (const Subject& subject : subjects_) {
        if (subject.by_hand.empty() || random() % 60 != 0) continue;
        scale(subject.name, subject.by_hand[random() % subject.by_hand.size()]);
      }
      std::this_thread::sleep_until(start + tick * 500ms);
    }
  }

  const std::vector<Subject> subjects_ = subjects();
  Plane plane_{{"-hpa-downscale-window", "20s"}};
};

// What `thaw decide` says of each case: a line a step.
using Verdicts = std::map<std::string, std::vector<Json>>;

Verdicts decide(const std::string& file, const std::vector<RecordedSyncs>& all) {
  std::ofstream out(file);
  out << R"({"schema":1,"source":"kube-controller-manager 1.36.3, recorded by test_live_hpa","cases":[)";
  for (const char* comma = "\n"; const RecordedSyncs& one : all) {
    out << std::exchange(comma, ",\n") << one.test_case.dump();
  }
  out << "\n]}\n";
  out.close();
  const char* thaw = std::getenv("THAW_BINARY");
  if (thaw == nullptr) throw std::runtime_error("THAW_BINARY names no command");
  const Output decided = run({thaw, "decide", file});
  Verdicts verdicts;
  std::istringstream lines(decided.text);
  for (std::string line; std::getline(lines, line);) {
    Json verdict = Json::parse(line);
    if (verdict.contains("case")) verdicts[verdict["case"]].push_back(std::move(verdict));
  }
  return verdicts;
}

bool differs(const Json& verdict) { return verdict.at("held") == false; }

// The first step of a case that differs is given what the controller may have seen as well, or the
// instant that it may have had. False: nothing is left to try.
bool try_another(RecordedSyncs& one, const std::vector<Json>& verdicts) {
  const auto first = std::ranges::find_if(verdicts, differs);
  if (first == verdicts.end()) return false;
  const auto step = static_cast<std::size_t>(first - verdicts.begin());
  const auto states = one.others.find(step);
  if (states == one.others.end() || states->second.empty()) return false;
  Json& facts = one.test_case["steps"][step];
  for (const char* key : {"pods", "readyPods"}) facts.erase(key);
  facts.update(states->second.back());
  states->second.pop_back();
  one.tried.insert(step);
  return true;
}

void print(const RecordedSyncs& one, const std::vector<Json>& verdicts) {
  std::cout << "| " << one.test_case.at("name").get<std::string>() << " | " << one.syncs() << " | "
            << one.writes << " | " << one.failures << " | " << one.held_back << " | " << one.refused
            << " | " << one.unsettled << " | " << one.tried.size() << " | "
            << one.longest_pause_ns / 1'000'000 << " ms | "
            << std::ranges::count_if(verdicts, differs) << " |\n";
}

TEST_F(HpaHour, IsDecidedSyncBySyncAsTheControllerDid) {
  start_targets();
  HpaWatch watch(access_of(plane_.kubeconfig()));
  ASSERT_TRUE(eventually(20s, [&] { return watch.synced(); }));
  std::string autoscalers;
  for (const Subject& subject : subjects_) autoscalers += "---\n" + autoscaler(subject);
  apply(autoscalers);
  play(watch);
  watch.stop();

  const Journals journals(plane_);
  std::vector<RecordedSyncs> all;
  for (const Subject& subject : subjects_) {
    all.push_back(recorded_syncs(subject.name, journals, watch.changes(), {kWindow_s}));
  }
  const char* keep = std::getenv("THAW_HPA_RECORDING");
  const std::string file = keep != nullptr ? keep : plane_.folder() + "/cases.json";
  Verdicts verdicts = decide(file, all);
  const auto try_others = [&] {
    bool tried = false;
    for (RecordedSyncs& one : all) tried |= try_another(one, verdicts[one.test_case.at("name")]);
    return tried;
  };
  while (try_others()) verdicts = decide(file, all);

  std::cout << "| autoscaler | syncs | changes | a metric failed | held back | report refused | "
               "unsettled | by "
               "another guess | longest "
               "pause | decided otherwise |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";
  int changes = 0;
  for (const RecordedSyncs& one : all) {
    const std::string name = one.test_case.at("name");
    print(one, verdicts[name]);
    EXPECT_GE(one.syncs(), syncs_wanted()) << name;
    changes += one.writes;
    EXPECT_EQ(verdicts[name].size(), one.syncs()) << name;
    const auto first = std::ranges::find_if(verdicts[name], differs);
    if (first != verdicts[name].end())
      ADD_FAILURE() << *first;  // those after it may follow from it
  }
  EXPECT_GE(changes, static_cast<int>(all.size())) << "nothing happened";
}

}  // namespace hpa_hour_test
}  // namespace thaw::live
