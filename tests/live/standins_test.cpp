// What runs in pods and what is measured of it: delays and failures by annotation, Ollama, a
// function, the metrics.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ranges>
#include <thread>

#include "tests/live/eventually.hpp"
#include "tests/live/http.hpp"
#include "tests/live/manifests.hpp"
#include "tests/live/plane_case.hpp"

namespace thaw::live {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

// Each case has one node that is there at once, for pods with and without a card.
class PodStandIn : public PlaneCase {
 protected:
  void SetUp() override {
    PlaneCase::SetUp();
    put_pool("warm-" + std::to_string(++cases_), R"({"min": 1, "provision": "0s", "boot": "0s",
      "capacity": {"cpu": "8", "memory": "32Gi", "nvidia.com/gpu": "4"}})");
  }
  static Manifest function(const std::string& name, const std::string& annotations) {
    return {.name = name,
            .image = "functions/" + name,
            .port = 8080,
            .annotations = annotations,
            .gpu = false};
  }
  // A field of the first pod's container.
  std::string container(const std::string& name, const std::string& path) const {
    return get({"pods", "--selector=app=" + name},
               "{.items[0].status.containerStatuses[0]." + path + "}");
  }

 private:
  static inline int cases_ = 0;
};

TEST_F(PodStandIn, FailsAsItsAnnotationsSay) {
  apply(deployment(function("never-starts", "{fake/start: never}")) + "---\n" +
        deployment(
            function("crashes", "{fake/start: 0s, fake/crash-after: 500ms, fake/restart: 100ms}")) +
        "---\n" + deployment(function("falters", "{fake/start: 0s, fake/not-ready-after: 1s}")) +
        "---\n" + deployment(function("misspelt", "{fake/start: '5'}")));
  EXPECT_TRUE(eventually(20s, [&] {
    const std::string restarts = container("crashes", "restartCount");
    return !restarts.empty() && std::stoi(restarts) >= 3;
  }));
  EXPECT_TRUE(eventually(20s, [&] {
    return container("falters", "state.running").empty() == false &&
           container("falters", "ready") == "false";
  }));
  EXPECT_EQ(container("misspelt", "state.waiting.reason"), "CreateContainerConfigError");
  EXPECT_EQ(container("never-starts", "state.waiting.reason"), "ContainerCreating");
}

TEST_F(PodStandIn, DrainsAndThenCutsItsConnections) {
  apply(deployment(function("drains", "{fake/drain: 2s, fake/service: 10ms}")));
  ASSERT_TRUE(becomes_ready("drains"));
  const std::string url = address_of("drains") + ":8080/";
  const auto asked = Clock::now();
  scale("drains", 0);
  Clock::time_point last;
  EXPECT_TRUE(eventually(20s, [&] {
    try {
      http("GET", url);
      last = Clock::now();
      return false;
    } catch (const std::runtime_error&) {
      return true;  // nothing listens any more
    }
  }));
  EXPECT_GE(seconds_between(asked, last), 1.8);
  EXPECT_TRUE(eventually(5s, [&] { return get({"pods"}, "{.items}") == "[]"; }));
}

TEST_F(PodStandIn, OllamaStreamsAtItsSpeed) {
  apply(deployment(
      {.name = "ollama",
       .annotations = R"({fake/token-rate: "20", fake/load: "500ms", fake/slots: "1"})"}));
  ASSERT_TRUE(becomes_ready("ollama"));
  const std::string url = address_of("ollama") + ":11434";

  EXPECT_NE(http("GET", url + "/api/tags").body.find(R"("name":"tinyllama:latest")"),
            std::string::npos);
  const auto asked = Clock::now();
  const Reply reply = http("POST", url + "/api/generate",
                           R"({"model":"tinyllama","prompt":"why","options":{"num_predict":10}})");
  ASSERT_EQ(reply.status, 200);
  ASSERT_EQ(reply.pieces.size(), 11U);  // a line for each token, and the last
  for (const Piece& piece : reply.pieces | std::views::take(10))
    EXPECT_EQ(field(piece.text, "done"), "false");
  EXPECT_EQ(field(reply.pieces[10].text, "done"), "true");
  EXPECT_EQ(field(reply.pieces[10].text, "eval_count"), "10");
  // The first token comes after the model and 1/20 s, the tenth 9/20 s after it.
  EXPECT_GE(seconds_between(asked, reply.pieces[0].at), 0.55);
  EXPECT_NEAR(seconds_between(reply.pieces[0].at, reply.pieces[9].at), 0.45, 0.2);

  const Reply chat = http(
      "POST", url + "/api/chat",
      R"({"model":"tinyllama","stream":false,"messages":[{"role":"user","content":"a b"}],"options":{"num_predict":2}})");
  EXPECT_NE(chat.body.find(R"("message":{"content":" word0 word1","role":"assistant"})"),
            std::string::npos)
      << chat.body;
  EXPECT_EQ(field(chat.body, "prompt_eval_count"), "2");
  EXPECT_EQ(http("POST", url + "/api/generate", R"({"model":"other"})").status, 404);
  const std::string metrics = http("GET", url + "/metrics").body;
  EXPECT_NE(metrics.find(R"(code="200"} 2)"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find("ollama_tokens_total"), std::string::npos) << metrics;
}

TEST_F(PodStandIn, ServesInSlotsAndRefusesWhatMayNotWait) {
  apply(deployment(
      function("slots", R"({fake/service: 500ms, fake/slots: "1", fake/queue-limit: "1"})")));
  ASSERT_TRUE(becomes_ready("slots"));
  const std::string url = address_of("slots") + ":8080/";
  const auto asked = Clock::now();
  std::vector<std::thread> clients;
  std::vector<int> statuses(3);
  std::vector<double> took(3);
  for (std::size_t i = 0; i < 3; ++i) {
    clients.emplace_back([&, i] {
      statuses[i] = http("POST", url, "hello").status;
      took[i] = seconds_between(asked, Clock::now());
    });
    std::this_thread::sleep_for(100ms);
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(statuses, (std::vector<int>{200, 200, 503}));
  EXPECT_GE(took[0], 0.5);
  EXPECT_GE(took[1], 1.0);  // after the first
  EXPECT_LT(took[2], 0.5);
}

// How long each of several calls at once takes; all must be answered.
std::vector<double> at_once(const std::vector<std::string>& urls, const std::string& service) {
  std::vector<std::thread> clients;
  std::vector<double> took(urls.size());
  for (std::size_t i = 0; i < urls.size(); ++i) {
    clients.emplace_back([&, i] {
      const auto asked = Clock::now();
      EXPECT_EQ(http("POST", urls[i], "x", {"Fake-Service: " + service}).status, 200);
      took[i] = seconds_between(asked, Clock::now());
    });
  }
  for (std::thread& client : clients) client.join();
  return took;
}

// Threads of a busy machine start a little apart, and what is alone meanwhile is the faster for it.
constexpr double kApart_s = 0.15;

TEST_F(PodStandIn, ACallSaysItsWork) {
  apply(deployment(function("works", "{fake/start: 0s}")) + "---\n" +
        deployment({.name = "ollama", .annotations = "{fake/start: 0s}", .gpu = false}));
  ASSERT_TRUE(becomes_ready("works"));
  ASSERT_TRUE(becomes_ready("ollama"));
  const std::string ollama = address_of("ollama") + ":11434";
  const std::string works = address_of("works") + ":8080/";
  const std::vector<std::string> work{"Fake-Service: 0.4s"};
  const auto takes = [](const auto& call) {
    const auto asked = Clock::now();
    EXPECT_EQ(call().status, 200);
    return seconds_between(asked, Clock::now());
  };
  EXPECT_NEAR(takes([&] { return http("POST", works, "x", work); }), 0.55, 0.15);
  EXPECT_NEAR(takes([&] { return http("GET", ollama + "/api/tags", "", work); }), 0.55, 0.15);
  Reply reply;
  EXPECT_NEAR(takes([&] {
                reply = http("POST", ollama + "/api/generate",
                             R"({"model":"tinyllama","options":{"num_predict":4}})", work);
                return reply;
              }),
              0.55, 0.15);
  ASSERT_EQ(reply.pieces.size(), 5U);
  EXPECT_NEAR(seconds_between(reply.pieces[0].at, reply.pieces[3].at), 0.3, 0.1);
  EXPECT_EQ(http("GET", ollama + "/api/tags", "", {"Fake-Service: soon"}).status, 400);
}

TEST_F(PodStandIn, ThoseInServiceShareAReplicaWhereItsDisciplineSaysSo) {
  apply(
      deployment(function("shares", R"({fake/start: 0s, fake/slots: "2", fake/discipline: ps})")));
  ASSERT_TRUE(becomes_ready("shares"));
  const std::string url = address_of("shares") + ":8080/";
  // Two at half the speed, then the third alone.
  std::vector<double> took = at_once({url, url, url}, "0.4s");
  std::ranges::sort(took);
  EXPECT_GE(took[0], 0.8 - kApart_s);
  EXPECT_GE(took[2], 1.2 - kApart_s);
  EXPECT_LT(took[2], 1.6);
}

// One card that two pods share by time slices; no other node is there.
class CardStandIn : public PlaneCase {
 protected:
  void SetUp() override {
    PlaneCase::SetUp();
    put_pool("sliced", R"({"min": 1, "provision": "0s", "boot": "0s",
      "annotations": {"fake/sharing": "time-slicing", "fake/cards": "1", "fake/per-card": "2",
                      "fake/collection": "500ms"},
      "capacity": {"cpu": "8", "memory": "32Gi", "nvidia.com/gpu": "2"}})");
  }
};

TEST_F(CardStandIn, PodsShareItAndItsExporterTellsEachOfAll) {
  apply(deployment({.name = "sliced",
                    .image = "functions/sliced",
                    .port = 8080,
                    .replicas = 2,
                    .annotations = R"({fake/start: 0s, fake/on-card: "true"})"}));
  ASSERT_TRUE(becomes_ready("sliced", 2));
  std::vector<std::string> urls;
  for (const char* item : {"0", "1"})
    urls.push_back(
        "http://" +
        get({"pods", "--selector=app=sliced"}, std::string("{.items[") + item + "].status.podIP}") +
        ":8080/");
  EXPECT_NEAR(at_once({urls[0]}, "0.4s")[0], 0.55, 0.15);
  for (const double took : at_once(urls, "0.4s")) EXPECT_GE(took, 0.8 - kApart_s);

  // One is at work, and so is the card of both.
  put(plane().metrics() + "/queries/engine/pods",
      R"(DCGM_FI_PROF_GR_ENGINE_ACTIVE{namespace="$namespace"})");
  put(plane().metrics() + "/queries/engine/namespaces",
      R"(sum(DCGM_FI_PROF_GR_ENGINE_ACTIVE{namespace="$namespace"} offset 200ms))");
  std::thread busy([&] { at_once({urls[0]}, "6s"); });
  const std::string path = "/apis/custom.metrics.k8s.io/v1beta2/namespaces/" + space();
  const auto of_pods = [&] { return kubectl({"get", "--raw", path + "/pods/*/engine"}).text; };
  EXPECT_TRUE(eventually(5s, [&] {
    const std::string answer = of_pods(), one = R"("value":"1")";
    const std::size_t first = answer.find(one);
    return first != std::string::npos && answer.find(one, first + 1) != std::string::npos;
  })) << of_pods();
  EXPECT_TRUE(eventually(5s, [&] {
    return field(kubectl({"get", "--raw", path + "/metrics/engine"}).text, "value") == "2";
  })) << kubectl({"get", "--raw", path + "/metrics/engine"}).text;
  busy.join();
  // The exporter of the node tells it, and no pod does.
  EXPECT_EQ(http("GET", urls[0] + "metrics").body.find("DCGM"), std::string::npos);
}

// A HorizontalPodAutoscaler of the Deployment with the same name; metric is a flow map.
std::string autoscaler(const std::string& name, const std::string& metric) {
  return "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: " +
         name + "}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: " + name +
         "}, minReplicas: 1, maxReplicas: 4, metrics: [" + metric + "]}\n";
}

TEST_F(PodStandIn, MetricsOfEachKindMoveRealAutoscalers) {
  const std::string target = "target: {type: AverageValue, averageValue: \"10\"}";
  std::string all;
  for (const char* name : {"object", "external", "each"}) {
    all += "---\n" + deployment(function(name, "{fake/start: 0s}"));
  }
  all +=
      autoscaler("object",
                 "{type: Object, object: {metric: {name: in_flight}, describedObject: {apiVersion: "
                 "apps/v1, kind: Deployment, name: object}, " +
                     target + "}}");
  all += autoscaler("external",
                    "{type: External, external: {metric: {name: queued}, " + target + "}}");
  all += autoscaler("each", "{type: Pods, pods: {metric: {name: load}, " + target + "}}");
  put(plane().metrics() + "/values/in_flight/object", "35");
  put(plane().metrics() + "/values/queued", "25");
  put(plane().metrics() + "/values/load", "15");
  apply(all);
  const auto becomes = [&](const std::string& name, const std::string& replicas) {
    return eventually(30s,
                      [&] { return get({"deployment/" + name}, "{.spec.replicas}") == replicas; });
  };
  EXPECT_TRUE(becomes("object", "4"));    // ceil(35 / 10)
  EXPECT_TRUE(becomes("external", "3"));  // ceil(25 / 10)
  EXPECT_TRUE(becomes("each", "4"));      // half more as long as it stays, up to the maximum
  const std::string answer = plane().lines("metric-answers.jsonl").back();
  EXPECT_EQ(field(answer, "user"), "kube-controller-manager");
  EXPECT_EQ(field(answer, "from"), "set");
  // A metric that is absent is an error, not zero: the autoscaler holds.
  ASSERT_EQ(http("DELETE", plane().metrics() + "/values/queued").status, 200);
  EXPECT_TRUE(eventually(20s, [&] {
    return get({"hpa/external"}, "{.status.conditions[?(@.type=='ScalingActive')].status}") ==
           "False";
  }));
  EXPECT_EQ(get({"deployment/external"}, "{.spec.replicas}"), "3");
}

TEST_F(PodStandIn, UtilisationGoesThroughPrometheusToTheMetricApi) {
  apply(deployment({.name = "busy",
                    .image = "functions/busy",
                    .port = 8080,
                    .annotations = "{fake/service: 500ms}"}));
  ASSERT_TRUE(becomes_ready("busy"));
  const std::string url = address_of("busy") + ":8080/";
  // Half of the last second.
  http("GET", url);
  const std::string metrics = http("GET", url + "metrics").body;
  const std::size_t line = metrics.find("\nDCGM_FI_DEV_GPU_UTIL{");
  ASSERT_NE(line, std::string::npos) << metrics;
  EXPECT_NEAR(std::stod(metrics.substr(metrics.find("} ", line) + 2)), 50, 5) << metrics;
  // Always busy, by two clients in turn, over two scrapes and more.
  put(plane().metrics() + "/queries/gpu", R"(avg(DCGM_FI_DEV_GPU_UTIL{namespace="$namespace"}))");
  const std::string path =
      "/apis/custom.metrics.k8s.io/v1beta2/namespaces/" + space() + "/deployments.apps/busy/gpu";
  std::atomic<bool> busy = true;
  const auto ask = [&] {
    while (busy) http("GET", url);
  };
  std::thread one(ask);
  std::this_thread::sleep_for(250ms);
  std::thread other(ask);
  EXPECT_TRUE(eventually(20s, [&] {
    return field(kubectl({"get", "--raw", path}).text, "value") == "100";
  })) << kubectl({"get", "--raw", path}).text;
  busy = false;
  one.join();
  other.join();
}

}  // namespace
}  // namespace thaw::live
