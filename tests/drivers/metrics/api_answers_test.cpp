// What the metrics APIs of Kubernetes answer, read: where they are asked, the shapes that
// metrics-server, prometheus-adapter and KEDA document, and what is not of any.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "drivers/metrics/kubernetes_paths.hpp"
#include "drivers/metrics/kubernetes_values.hpp"
#include "drivers/metrics/prometheus_reply.hpp"
#include "drivers/metrics/selectors.hpp"
#include "engine/random.hpp"
#include "tests/drivers/metrics/bodies.hpp"

namespace thaw::metrics {
namespace {

MetricRef metric_of(MetricSource source, std::string name, std::string object = {},
                    std::string container = {}, std::string selector = {}) {
  return {source, std::move(name), std::move(object), std::move(container), std::move(selector)};
}

TEST(MetricPath, IsWhereTheApisAnswer) {
  const PodsOf pods{"demo", "app=ollama,tier in (a)"};
  EXPECT_EQ(metric_path(metric_of(MetricSource::resource, "cpu"), pods, "v1beta1"),
            "/apis/metrics.k8s.io/v1beta1/namespaces/demo/pods"
            "?labelSelector=app%3Dollama%2Ctier%20in%20%28a%29");
  EXPECT_EQ(metric_path(metric_of(MetricSource::pods, "queue", {}, {}, "gpu=a"), {"demo", "app=x"},
                        "v1beta2"),
            "/apis/custom.metrics.k8s.io/v1beta2/namespaces/demo/pods/*/queue"
            "?labelSelector=app%3Dx&metricLabelSelector=gpu%3Da");
  EXPECT_EQ(metric_path(metric_of(MetricSource::object, "gpu_utilization", "Namespace/suse"), pods,
                        "v1beta1"),
            "/apis/custom.metrics.k8s.io/v1beta1/namespaces/suse/metrics/gpu_utilization");
  EXPECT_EQ(
      metric_path(metric_of(MetricSource::object, "hits", "Ingress/main"), pods, "v1beta1"),
      "/apis/custom.metrics.k8s.io/v1beta1/namespaces/demo/ingresses.networking.k8s.io/main/hits");
  EXPECT_EQ(metric_path(metric_of(MetricSource::object, "hits", "Service/main"), pods, "v1beta1"),
            "/apis/custom.metrics.k8s.io/v1beta1/namespaces/demo/services/main/hits");
  EXPECT_EQ(
      metric_path(metric_of(MetricSource::object, "n", "Policy.example.com/p"), pods, "v1beta1"),
      "/apis/custom.metrics.k8s.io/v1beta1/namespaces/demo/policies.example.com/p/n");
  EXPECT_EQ(
      metric_path(metric_of(MetricSource::external, "pubsub|n", {}, {}, "a=b"), pods, "v1beta1"),
      "/apis/external.metrics.k8s.io/v1beta1/namespaces/demo/pubsub%7Cn?labelSelector=a%3Db");
}

TEST(ReadValues, GivesEachContainerAndLeavesOutPodsOfWhichOneSaysNothing) {
  const Answer cpu = read_values(metric_of(MetricSource::resource, "cpu"), 200, kPods, kNow);
  ASSERT_EQ(cpu.presence, Presence::ok);
  ASSERT_EQ(cpu.pods.size(), 2u);
  EXPECT_EQ(cpu.pods[0].pod, "ollama-a");
  EXPECT_EQ(cpu.pods[0].container, "ollama");
  EXPECT_EQ(cpu.pods[0].value, 1);  // 429,151 n is 0.43 m
  EXPECT_EQ(cpu.pods[1].value, 7);
  EXPECT_EQ(cpu.pods[1].window, 34'475ms);
  EXPECT_EQ(cpu.taken, at("2026-01-05T00:00:49Z"));

  const Answer memory = read_values(metric_of(MetricSource::resource, "memory"), 200, kPods, kNow);
  EXPECT_EQ(memory.pods.size(), 4u);
  EXPECT_EQ(memory.taken, at("2026-01-05T00:00:40Z"));
}

TEST(ReadValues, OfOneContainerMindsThatOneAlone) {
  const auto read = [](const char* container) {
    return read_values(metric_of(MetricSource::container_resource, "cpu", {}, container), 200,
                       kPods, kNow);
  };
  const Answer ollama = read("ollama");
  ASSERT_EQ(ollama.pods.size(), 3u);
  EXPECT_EQ(ollama.pods[2].pod, "ollama-b");
  EXPECT_EQ(ollama.pods[2].value, 2'000);
  EXPECT_EQ(read("proxy").pods.size(), 2u);  // of ollama-b it is not known
}

TEST(ReadValues, ReadsBothVersionsOfCustomMetrics) {
  // prometheus-adapter's v1beta1 and KEDA's v1beta2 name the metric and the window differently.
  const Answer old =
      read_values(metric_of(MetricSource::pods, "http_requests"), 200,
                  R"({"kind":"MetricValueList","apiVersion":"custom.metrics.k8s.io/v1beta1",
    "metadata":{"selfLink":"/apis/custom.metrics.k8s.io/v1beta1/namespaces/default/pods/%2A/http_requests"},
    "items":[{"describedObject":{"kind":"Pod","namespace":"default","name":"a","apiVersion":"/v1"},
     "metricName":"http_requests","timestamp":"2026-01-05T00:00:30Z","window":60,"value":"901m","selector":null},
     {"describedObject":{"kind":"Pod","namespace":"default","name":"b","apiVersion":"/v1"},
     "metricName":"http_requests","timestamp":"2026-01-05T00:00:31Z","value":"898m","selector":null}]})",
                  kNow);
  ASSERT_EQ(old.pods.size(), 2u);
  EXPECT_EQ(old.pods[0].pod, "a");
  EXPECT_EQ(old.pods[0].value, 901);
  EXPECT_EQ(old.pods[0].window, 60s);
  EXPECT_EQ(old.pods[1].window, 0s);
  EXPECT_EQ(old.taken, at("2026-01-05T00:00:30Z"));

  const Answer object =
      read_values(metric_of(MetricSource::object, "gpu_utilization", "Namespace/suse"), 200,
                  R"({"kind":"MetricValueList","apiVersion":"custom.metrics.k8s.io/v1beta2",
    "metadata":{},"items":[{"describedObject":{"kind":"Namespace","name":"suse","apiVersion":"/v1"},
     "metric":{"name":"gpu_utilization","selector":null},"timestamp":"2026-01-05T00:00:58Z",
     "windowSeconds":30,"value":"70500m"}]})",
                  kNow);
  EXPECT_EQ(object.series, std::vector<Milli>{70'500});
  EXPECT_EQ(object.taken, at("2026-01-05T00:00:58Z"));
}

TEST(ReadValues, GivesExternalMetricsASeriesEach) {
  const Answer answer = read_values(
      metric_of(MetricSource::external, "queue"), 200,
      R"({"kind":"ExternalMetricValueList","apiVersion":"external.metrics.k8s.io/v1beta1",
    "metadata":{},"items":[
     {"metricName":"queue","metricLabels":{"name":"a"},"timestamp":"2026-01-05T00:00:58Z","value":"10"},
     {"metricName":"queue","metricLabels":null,"timestamp":"2026-01-05T00:00:12Z","value":"2500m"}]})",
      kNow);
  EXPECT_EQ(answer.series, (std::vector<Milli>{10'000, 2'500}));
  EXPECT_EQ(answer.taken, at("2026-01-05T00:00:12Z"));
}

TEST(ReadValues, TellsAbsentDownAndForbiddenApart) {
  const MetricRef metric = metric_of(MetricSource::pods, "queue");
  const auto read = [&](unsigned status, const std::string& message) {
    return read_values(
        metric, status,
        R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":")" + message + "\"}",
        kNow);
  };
  EXPECT_EQ(read(404, "the server could not find the metric queue for pods").presence,
            Presence::absent);
  EXPECT_EQ(read_values(metric, 404, "404 page not found", kNow).trouble,
            "custom.metrics.k8s.io knows no queue");
  const Answer down = read(503, "service unavailable");
  EXPECT_EQ(down.presence, Presence::error);
  EXPECT_EQ(down.trouble, "custom.metrics.k8s.io is down: service unavailable");
  const Answer forbidden = read(403, "pods.custom.metrics.k8s.io is forbidden");
  EXPECT_EQ(forbidden.presence, Presence::error);
  EXPECT_EQ(forbidden.trouble,
            "forbidden: get custom.metrics.k8s.io: pods.custom.metrics.k8s.io is forbidden");
  const Answer none = read_values(metric, 200, R"({"items":[]})", kNow);
  EXPECT_EQ(none.presence, Presence::ok);  // an empty answer is an answer
  EXPECT_EQ(none.taken, kNow);
  EXPECT_EQ(
      read_values(metric_of(MetricSource::object, "x", "Service/a"), 200, R"({"items":[]})", kNow)
          .presence,
      Presence::error);
}

TEST(ReadValues, RefusesWhatIsNotOfTheForm) {
  const MetricRef pods = metric_of(MetricSource::pods, "q"),
                  cpu = metric_of(MetricSource::resource, "cpu");
  for (const std::string_view body :
       {"", "[]", "{}", R"({"items":{}})", R"({"items":[1]})", R"({"items":[{"value":"1"}]})",
        R"({"items":[{"timestamp":"2026-01-05T00:00:00Z","value":1}]})",
        R"({"items":[{"timestamp":"yesterday","value":"1"}]})",
        R"({"items":[{"timestamp":"2026-01-05T00:00:00Z","value":"10E"}]})"}) {
    EXPECT_EQ(read_values(pods, 200, body, kNow).presence, Presence::error) << body;
  }
  EXPECT_EQ(read_values(cpu, 200, R"({"items":[{"timestamp":"2026-01-05T00:00:00Z",
                "containers":[{"name":"a","usage":{"cpu":"much"}}]}]})",
                        kNow)
                .trouble,
            "the answer has a usage that is no quantity");
}

TEST(DropStale, TakesOldPodsOutAndOldNumbersAway) {
  Answer pods = read_values(metric_of(MetricSource::resource, "memory"), 200, kPods, kNow);
  drop_stale(pods, kNow, 20s);  // limit 00:00:40: ollama-b is just in
  EXPECT_EQ(pods.pods.size(), 4u);
  drop_stale(pods, kNow, 19s);
  ASSERT_EQ(pods.pods.size(), 2u);
  EXPECT_EQ(pods.pods[0].pod, "ollama-a");
  EXPECT_EQ(pods.taken, at("2026-01-05T00:00:49Z"));
  drop_stale(pods, kNow, 10s);
  EXPECT_EQ(pods.presence, Presence::absent);
  EXPECT_EQ(pods.trouble, "stale: taken 11s ago, more than 10s");
  EXPECT_EQ(pods.taken, at("2026-01-05T00:00:49Z"));

  Answer number = to_answer(read_reply(200, kVector), {}, kNow);
  drop_stale(number, kNow + 90s, 90s);
  EXPECT_EQ(number.presence, Presence::ok);
  drop_stale(number, kNow + 90s + 1ns, 90s);
  EXPECT_EQ(number.presence, Presence::absent);
  EXPECT_TRUE(number.series.empty());
}

TEST(ReadGroup, TakesTheBestVersionThatIsServed) {
  const auto read = [](unsigned status, std::string_view body) {
    return read_group(kCustomGroup, status, body, versions_of(kCustomGroup));
  };
  const std::string_view both =
      R"({"kind":"APIGroup","apiVersion":"v1","name":"custom.metrics.k8s.io",
    "versions":[{"groupVersion":"custom.metrics.k8s.io/v1beta1","version":"v1beta1"},
                {"groupVersion":"custom.metrics.k8s.io/v1beta2","version":"v1beta2"}],
    "preferredVersion":{"version":"v1beta1"}})";
  EXPECT_EQ(read(200, both).version, "v1beta2");
  EXPECT_EQ(read(200, R"({"versions":[{"version":"v1beta1"}]})").version, "v1beta1");
  EXPECT_EQ(read(200, R"({"versions":[{"version":"v9"}]})").presence, Presence::absent);
  EXPECT_EQ(read(404, "404 page not found").trouble, "the cluster serves no custom.metrics.k8s.io");
  EXPECT_EQ(read(503, R"({"message":"error trying to reach service"})").trouble,
            "custom.metrics.k8s.io answers HTTP 503: error trying to reach service");
  EXPECT_EQ(read(200, "nonsense").presence, Presence::error);
  EXPECT_EQ(versions_of(kResourceGroup).front(), "v1beta1");
}

// Whatever a network makes of an answer: never a crash, and never a number out of nothing.
TEST(Answers, SurviveMutilation) {
  Random random(20260105, "mutilation");
  const std::array<std::string_view, 3> originals{
      kVector, kPods,
      R"({"items":[{"describedObject":{"name":"a"},"timestamp":"2026-01-05T00:00:58Z","window":3,"value":"1k"}]})"};
  const std::string_view pieces = "{}[]\",:0-9eE.NaNnull\\u00\xff";
  for (int round = 0; round < 3'000; ++round) {
    std::string text(originals[random.below(originals.size())]);
    for (std::uint64_t cuts = 1 + random.below(4); cuts > 0 && !text.empty(); --cuts) {
      const std::size_t place = random.below(text.size());
      const char piece = pieces[random.below(pieces.size())];
      switch (random.below(4)) {
        case 0:
          text.erase(place, random.below(text.size()));
          break;
        case 1:
          text.insert(place, 1 + random.below(3), piece);
          break;
        case 2:
          text[place] = piece;
          break;
        default:
          text.resize(place);
      }
    }
    for (const MetricSource source :
         {MetricSource::resource, MetricSource::container_resource, MetricSource::pods,
          MetricSource::object, MetricSource::external}) {
      Answer answer = read_values(metric_of(source, "cpu", {}, "ollama"), 200, text, kNow);
      EXPECT_EQ(answer.presence != Presence::ok, !answer.trouble.empty());
      drop_stale(answer, kNow, 30s);
    }
    const Answer answer = to_answer(read_reply(200, text), {}, kNow);
    EXPECT_EQ(answer.presence == Presence::ok, answer.series.size() == 1) << text;
    selectors_of(text);
    read_group(kCustomGroup, 200, text, versions_of(kCustomGroup));
  }
}

}  // namespace
}  // namespace thaw::metrics
