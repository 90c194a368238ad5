// `thaw drive` on a real API server, scheduler and controllers.
//
// A change comes within one pass of SlimFaas's loop (1 s) and the time that the machine takes; the
// upper limits leave room for one that has other things to do.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <random>
#include <regex>
#include <thread>

#include "tests/live/driver.hpp"
#include "tests/live/eventually.hpp"
#include "tests/live/manifests.hpp"
#include "tests/live/plane_case.hpp"

namespace thaw::live {
namespace {

using namespace std::chrono_literals;

std::string slimfaas(int timeout_s) {
  return R"({SlimFaas/Function: "true", SlimFaas/ReplicasMin: "0", SlimFaas/ReplicasAtStart: "1",
        SlimFaas/TimeoutSecondBeforeSetReplicasMin: ")" +
         std::to_string(timeout_s) + "\"}";
}

class Drive : public PlaneCase {
 protected:
  DriverSettings settings(const std::string& identity = "a") const {
    return {plane().folder() + "/drive-" + space() + "-" + identity, plane().kubeconfig(), space(),
            identity};
  }
  std::string replicas(const std::string& name) const {
    return get({"deployment", name}, "{.spec.replicas}");
  }
  bool becomes(const std::string& name, const std::string& count, std::chrono::seconds limit) {
    return eventually(limit, [&] { return replicas(name) == count; });
  }
  // What a driver saw on the cluster, its policies decide again without one.
  static void expect_decided_again(const std::string& recording) {
    const Output again = run({std::getenv("THAW_BINARY"), "replay", recording});
    EXPECT_EQ(again.exit_code, 0) << again.text;
    std::smatch counts;
    const std::regex all("(\\d+) of \\1 decisions are the same");
    ASSERT_TRUE(std::regex_search(again.text, counts, all)) << again.text;
    EXPECT_GE(std::stoi(counts[1]), 6) << "a pass each second, and the idle clock is six";
    const std::string text = run({"cat", recording}).text;
    for (const char* what : {"created", "scheduled", "started", "ready", "terminating", "gone"})
      EXPECT_NE(text.find("\"what\":\"" + std::string(what) + "\""), std::string::npos) << what;
  }
  // The audit log's lines of writes to the scale subresources of this namespace.
  std::vector<std::string> written() const {
    std::vector<std::string> all;
    for (const std::string& line : plane().lines("audit.jsonl")) {
      if (line.find("\"subresource\":\"scale\"") == std::string::npos) continue;
      if (line.find("\"namespace\":\"" + space() + "\"") == std::string::npos) continue;
      if (line.find("\"verb\":\"patch\"") == std::string::npos) continue;
      all.push_back(line);
    }
    return all;
  }
};

// Document 1: from no pod and no node to one of each, and back.
TEST_F(Drive, ThePodLoopBringsANodeAndTakesItAway) {
  put_pool("gpu-" + space(), gpu_pool(R"(, "provision": "2s", "boot": "1s", "gpu": "1s",
                                         "unneeded": "5s", "labels": {"karpenter.sh/nodepool": "gpu"})"));
  apply(deployment({.name = "ollama", .replicas = 0, .annotations = slimfaas(6)}));
  DriverSettings recorded = settings();
  recorded.more += "spending: {most: 20 EUR, per: 24h}\n";  // hence it watches nodes
  recorded.record = recorded.folder + "/recorded";
  Driver driver(recorded);
  driver.start();
  ASSERT_TRUE(eventually(5s, [&] { return driver.wake("ollama") == 204; })) << driver.log();
  EXPECT_TRUE(becomes("ollama", "1", 5s)) << driver.log();
  EXPECT_TRUE(becomes_ready("ollama"));
  const auto ready = std::chrono::steady_clock::now();
  EXPECT_TRUE(becomes("ollama", "0", 30s)) << driver.log();
  const auto idle = std::chrono::steady_clock::now() - ready;
  // The idle clock starts when a pod is ready, which the driver's second may see a second late.
  EXPECT_GE(idle, 5s);
  EXPECT_LE(idle, 12s);
  EXPECT_TRUE(eventually(40s, [&] { return !journal("gpu-" + space(), "removed").empty(); }));
  EXPECT_EQ(written().size(), 2u);
  EXPECT_EQ(driver.stop(), 0);
  EXPECT_NE(get({"events.events.k8s.io"}, "{.items[*].note}").find("from 0 to 1"),
            std::string::npos);
  const std::string file = recorded.record + "/recording-000001.jsonl";
  expect_decided_again(file);
  const std::string fitted = run({std::getenv("THAW_BINARY"), "calibrate", file}).text;
  EXPECT_NE(fitted.find("provisioning(gpu)"), std::string::npos)
      << fitted << run({"grep", "node", file}).text;
}

TEST_F(Drive, TheIdleClockGoesOnOverAKillAndAStop) {
  apply(deployment({.name = "echo",
                    .image = "echo:1",
                    .port = 8080,
                    .replicas = 1,
                    .annotations = slimfaas(20),
                    .gpu = false}));
  Driver driver(settings());
  driver.start();
  ASSERT_TRUE(eventually(5s, [&] { return driver.wake("echo") == 204; }));
  const auto called = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(8s);  // a state is kept each 5 s
  driver.kill_nine();
  driver.start();
  std::this_thread::sleep_for(2s);
  EXPECT_EQ(driver.stop(), 0);
  driver.start();
  EXPECT_TRUE(becomes("echo", "0", 60s)) << driver.log();
  const auto idle = std::chrono::steady_clock::now() - called;
  EXPECT_GE(idle, 20s) << "not before its time";
  EXPECT_LE(idle, 40s)
      << "each restart may add the 5 s between two saves, not the 20 s of a timeout";
}

TEST_F(Drive, AFunctionThatAppearsAndASettingThatChangesAreTakenUp) {
  Driver driver(settings());
  driver.start();
  apply(deployment({.name = "late",
                    .image = "echo:1",
                    .port = 8080,
                    .replicas = 1,
                    .annotations = slimfaas(600),
                    .gpu = false}));
  ASSERT_TRUE(eventually(5s, [&] { return driver.get("/status-function/late").status == 200; }));
  std::this_thread::sleep_for(3s);
  EXPECT_EQ(replicas("late"), "1");
  apply(deployment({.name = "late",
                    .image = "echo:1",
                    .port = 8080,
                    .replicas = 1,
                    .annotations = slimfaas(2),
                    .gpu = false}));
  EXPECT_TRUE(becomes("late", "0", 10s)) << driver.log();
  driver.configure("functions:\n  - {name: late, namespace: " + space() +
                   ", policy: \"fixed:replicas=2\"}\n");
  EXPECT_TRUE(becomes("late", "2", 10s)) << driver.log();
  driver.configure("functions: {}\n");
  EXPECT_TRUE(
      eventually(5s, [&] { return driver.log().find("expected a list") != std::string::npos; }));
  EXPECT_EQ(replicas("late"), "2");
  EXPECT_EQ(driver.stop(), 0);
}

// A change a moment: none of them may put off what the policies decide.
TEST_F(Drive, WhileSettingsGoOnChangingAWakeIsDecided) {
  for (const char* name : {"echo", "other"})
    apply(deployment({.name = name,
                      .image = "echo:1",
                      .port = 8080,
                      .replicas = 0,
                      .annotations = slimfaas(600),
                      .gpu = false}));
  Driver driver(settings());
  driver.start();
  std::atomic<int> changes = 0;
  std::jthread changing([&](const std::stop_token& enough) {
    while (!enough.stop_requested())
      kubectl(
          {"annotate", "--overwrite", "deployment/other", "change=" + std::to_string(++changes)});
  });
  ASSERT_TRUE(eventually(20s, [&] { return changes > 3; }));
  ASSERT_EQ(driver.wake("echo"), 204);
  EXPECT_TRUE(becomes("echo", "1", 8s)) << driver.log();
}

TEST_F(Drive, WhatAnHpaScalesIsLeftAlone) {
  apply(deployment({.name = "echo",
                    .image = "echo:1",
                    .port = 8080,
                    .replicas = 2,
                    .annotations = slimfaas(1),
                    .gpu = false}));
  apply(R"(apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: by-cpu}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: echo}
  minReplicas: 2
  maxReplicas: 3
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
)");
  Driver driver(settings());
  driver.start();
  EXPECT_TRUE(eventually(5s, [&] {
    return driver.log().find("HorizontalPodAutoscaler by-cpu scales it") != std::string::npos;
  }));
  std::this_thread::sleep_for(5s);
  EXPECT_EQ(replicas("echo"), "2");
  EXPECT_TRUE(written().empty());
}

// The HPA's arithmetic: ceil(queued / 10). What is absent is not zero.
TEST_F(Drive, AMetricMovesReplicasAndItsAbsenceHoldsThem) {
  apply(deployment({.name = "echo", .image = "echo:1", .port = 8080, .gpu = false}));
  const std::string queued = plane().metrics() + "/values/queued";
  put(queued, "25");
  DriverSettings own = settings();
  own.more = "metrics: {poll: 1s}\nfunctions:\n  - {name: echo, namespace: " + space() +
             ", policy: \"hpa:maxReplicas=4,metrics.0.type=External,"
             "metrics.0.external.metric.name=queued,"
             "metrics.0.external.target.type=AverageValue,"
             "metrics.0.external.target.averageValue=10,flags.sync-period=1s,"
             "flags.downscale-stabilization=2s\"}\n";
  Driver driver(own);
  driver.start();
  EXPECT_TRUE(becomes("echo", "3", 15s)) << driver.log();
  put(queued, "12");
  EXPECT_TRUE(becomes("echo", "2", 15s)) << driver.log();
  ASSERT_EQ(http("DELETE", queued).status, 200);
  std::this_thread::sleep_for(6s);
  EXPECT_EQ(replicas("echo"), "2");
  put(queued, "35");
  EXPECT_TRUE(becomes("echo", "4", 15s)) << driver.log();
  EXPECT_EQ(driver.stop(), 0);
}

// Fifty kills over four functions that are woken and let go: what is written is what a driver that
// lives would have written.
TEST_F(Drive, FiftyKillsChangeNoDecision) {
  for (const char* name : {"f1", "f2", "f3", "f4"})
    apply(deployment({.name = name,
                      .image = "echo:1",
                      .port = 8080,
                      .replicas = 0,
                      .annotations = slimfaas(15),
                      .gpu = false}));
  Driver driver(settings());
  driver.start();
  std::mt19937 random(7);
  int kills = 0;
  std::chrono::nanoseconds longest{0};
  for (int flow = 0; flow < 4; ++flow) {
    for (const char* name : {"f1", "f2", "f3", "f4"})
      ASSERT_TRUE(eventually(5s, [&] { return driver.wake(name) == 204; }));
    const auto woken = std::chrono::steady_clock::now();
    const int until = kills + (flow < 2 ? 13 : 12);
    while (kills < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 1500));
      driver.kill_nine();
      ++kills;
      const auto dead = std::chrono::steady_clock::now();
      driver.launch();
      ASSERT_TRUE(eventually(20s, [&] { return driver.leads() && driver.ready(); }));
      longest = std::max(longest, std::chrono::steady_clock::now() - dead);
    }
    for (const char* name : {"f1", "f2", "f3", "f4"}) {
      EXPECT_TRUE(becomes(name, "0", 60s)) << name;
      EXPECT_GE(std::chrono::steady_clock::now() - woken, 15s);
    }
  }
  EXPECT_EQ(kills, 50);
  EXPECT_LE(longest, 5s);
  RecordProperty("longest_ms", static_cast<int>(longest / 1ms));
  std::printf("longest from a kill to leading again: %d ms\n", static_cast<int>(longest / 1ms));
  // Each function goes up and down once a flow. A write whose maker died before it saw that it was
  // done may come again, the same.
  for (const char* name : {"f1", "f2", "f3", "f4"}) {
    std::string counts, lines;
    for (const std::string& line : written()) {
      if (line.find("\"name\":\"" + std::string(name) + "\"") == std::string::npos) continue;
      lines += line + "\n";
      const char count = line.at(line.find("\"replicas\":") + 11);
      if (counts.empty() || counts.back() != count) counts += count;
    }
    EXPECT_EQ(counts, "10101010") << name << "\n" << lines;
  }
}

// Two of them, and the leader is killed, over and over, while functions come and go. Each write
// carries who made it: between two takeovers there is one writer, never two.
TEST_F(Drive, NeverTwoWrite) {
  const std::vector<std::string> names{"f1", "f2", "f3"};
  for (const std::string& name : names)
    apply(deployment({.name = name,
                      .image = "echo:1",
                      .port = 8080,
                      .replicas = 0,
                      .annotations = slimfaas(3),
                      .gpu = false}));
  Driver one(settings("one")), two(settings("two"));
  one.start();
  ASSERT_TRUE(eventually(10s, [&] { return one.leads(); }));
  two.start();
  Driver* leader = &one;
  Driver* standby = &two;
  const int kTakeovers = 3;
  for (int round = 0; round < kTakeovers; ++round) {
    for (const std::string& name : names) {
      // At whichever of the two; the standby hands it on.
      ASSERT_TRUE(
          eventually(15s, [&] { return (round % 2 ? leader : standby)->wake(name) == 204; }))
          << leader->log() << standby->log();
    }
    leader->kill_nine();
    leader->launch();  // comes back as the same identity, and may be faster than the other
    ASSERT_TRUE(eventually(30s, [&] { return leader->leads() || standby->leads(); }));
    for (const std::string& name : names) EXPECT_TRUE(becomes(name, "0", 60s));
    leader->kill_nine();
    ASSERT_TRUE(eventually(30s, [&] { return standby->leads(); }));
    leader->start();
    std::swap(leader, standby);
  }
  std::vector<std::string> writers;
  for (const std::string& line : plane().lines("audit.jsonl")) {
    if (line.find("\"namespace\":\"" + space() + "\"") == std::string::npos) continue;
    const std::string verb = field(line, "verb"), agent = field(line, "userAgent");
    const bool state = line.find("\"resource\":\"configmaps\"") != std::string::npos;
    const bool scale = line.find("\"subresource\":\"scale\"") != std::string::npos;
    if (!agent.starts_with("thaw/") || !(scale ? verb == "patch" : state && verb == "update"))
      continue;
    if (writers.empty() || writers.back() != agent) writers.push_back(agent);
  }
  std::string turns;
  for (const std::string& writer : writers) turns += writer + " ";
  EXPECT_EQ(turns, "thaw/one thaw/two thaw/one thaw/two ");
}

TEST_F(Drive, OfTwoReplicasTheOtherTakesOverWhenOneIsKilled) {
  apply(deployment({.name = "echo",
                    .image = "echo:1",
                    .port = 8080,
                    .replicas = 0,
                    .annotations = slimfaas(600),
                    .gpu = false}));
  Driver one(settings("one")), two(settings("two"));
  one.start();
  ASSERT_TRUE(eventually(10s, [&] { return one.leads(); }));
  two.start();
  EXPECT_FALSE(two.leads());
  one.kill_nine();
  const auto dead = std::chrono::steady_clock::now();
  EXPECT_TRUE(eventually(30s, [&] { return two.leads(); }));
  const auto taken = std::chrono::steady_clock::now() - dead;
  std::printf("taken over after %d ms\n", static_cast<int>(taken / 1ms));
  EXPECT_LE(taken, 17s);
  ASSERT_TRUE(eventually(5s, [&] { return two.wake("echo") == 204; }));
  EXPECT_TRUE(becomes("echo", "1", 5s));
  one.start();
  EXPECT_FALSE(one.leads()) << "the lease is another's";
  // A wake at the standby is handed on to who leads.
  EXPECT_EQ(one.wake("echo"), 204) << one.log();
  // A gentle end hands over at once.
  EXPECT_EQ(two.stop(), 0);
  EXPECT_TRUE(eventually(6s, [&] { return one.leads(); }));
}

}  // namespace
}  // namespace thaw::live
