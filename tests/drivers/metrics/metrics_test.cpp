// The questions asked of a server on loopback: once a period, shared, with their own age, and what
// comes of servers that are down, slow or gone.
#include "drivers/metrics/metrics.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fstream>
#include <optional>
#include <string>

#include "drivers/metrics/prometheus.hpp"
#include "tests/drivers/metrics/stand_in.hpp"
#include "tests/drivers/run_here.hpp"

namespace thaw::metrics {
namespace {

class FakeClock final : public Clock {
 public:
  TimePoint now() const override { return time; }
  void set_alarm(FunctionId, TimePoint) override {}
  void cancel_alarm(FunctionId) override {}
  TimePoint time{std::chrono::seconds(1'767'571'260)};  // 2026-01-05T00:01:00Z
};

// "pod-7" is 7; others are not known.
class PodNumbers final : public PodIds {
 public:
  std::optional<std::uint64_t> id_of(std::string_view ns, std::string_view pod) const override {
    if (ns != "demo" || !pod.starts_with("pod-")) return {};
    return std::stoull(std::string(pod.substr(4)));
  }
};

struct MetricsTest : ::testing::Test {
  MetricsTest() : server(io) {
    access.endpoint = endpoint();
    transport.emplace(io.get_executor(), access);
    store.emplace(io.get_executor(), StoreSettings{.endpoint = endpoint()}, clock);
    metrics.emplace(io.get_executor(), Metrics::Apis{&*transport, &*store}, clock, pods,
                    Freshness{15s, 30s});
    say_number("timestamp", "1000.5");  // samples are as of now, unless a test says otherwise
  }
  ~MetricsTest() override {
    metrics->stop();
    store->close();
    transport->close();
    io.run_for(std::chrono::milliseconds(20));
  }

  http::Endpoint endpoint(std::string base = "") const {
    return {.tls = {},
            .host = "127.0.0.1",
            .address = {},
            .port = server.port(),
            .base_path = std::move(base),
            .proxy = {}};
  }

  template <class Condition>
  bool until(const Condition& holds) {
    return loopback::run_until(io, holds);
  }
  bool answered(FunctionId function, std::size_t index = 0) {
    return until([&] { return metrics->trouble(function, index) != "not asked yet"; });
  }
  Answer ask_store(std::string query) {
    return loopback::run_here(io, store->query(std::move(query)));
  }
  void say_number(const std::string& part, const std::string& value) {
    server.say(part, {200, R"({"status":"success","data":{"resultType":"vector","result":[
        {"metric":{},"value":[1000.5,")" +
                               value + "\"]}]}}"});
  }

  boost::asio::io_context io;
  StandIn server;
  FakeClock clock;
  PodNumbers pods;
  kubernetes::Access access;
  std::optional<kubernetes::Transport> transport;
  std::optional<Prometheus> store;
  std::optional<Metrics> metrics;
};

const MetricRef kQuery{MetricSource::query, "sum(queue)", {}, {}, {}};
const MetricRef kCpu{MetricSource::resource, "cpu", {}, {}, {}};

constexpr std::string_view kGroup = R"({"kind":"APIGroup","versions":[{"version":"v1beta1"}]})";
constexpr std::string_view kUsage = R"({"kind":"PodMetricsList","items":[
  {"metadata":{"name":"pod-7"},"timestamp":"2026-01-05T00:00:50Z","window":"15s",
   "containers":[{"name":"main","usage":{"cpu":"250m"}}]},
  {"metadata":{"name":"stranger"},"timestamp":"2026-01-05T00:00:50Z","window":"15s",
   "containers":[{"name":"main","usage":{"cpu":"900m"}}]}]})";

TEST_F(MetricsTest, NothingIsKnownBeforeItWasAsked) {
  metrics->ask({{.function = 3, .pods = {}, .metrics = {kQuery}}});
  EXPECT_EQ(metrics->read(3, 0).presence, Presence::absent);
  EXPECT_EQ(metrics->trouble(3, 0), "not asked yet");
  EXPECT_EQ(metrics->read(3, 1).presence, Presence::absent);
  EXPECT_TRUE(metrics->read(9).empty());
}

TEST_F(MetricsTest, EqualQuestionsAreAskedOnceAPeriodForAllFunctions) {
  say_number("sum%28queue%29", "70.5");
  say_number("timestamp", "970");
  std::vector<Metrics::Asked> all;
  for (FunctionId id = 0; id < 50; ++id) {
    all.push_back({.function = id, .pods = {}, .metrics = {kQuery}, .period = 1h});
  }
  metrics->ask(all);
  ASSERT_TRUE(answered(49));
  const MetricFacts& facts = metrics->read(49, 0);
  EXPECT_EQ(facts.presence, Presence::ok);
  ASSERT_EQ(facts.series.size(), 1u);
  EXPECT_EQ(facts.series[0], 70'500);
  EXPECT_EQ(facts.taken, clock.time - 30'500ms);  // the store's 1000.5 less 970
  EXPECT_EQ(server.asked().size(), 2u);           // the number and its age
  for (int decision = 0; decision < 100; ++decision) metrics->read(0);
  io.run_for(std::chrono::milliseconds(20));
  EXPECT_EQ(server.asked().size(), 2u);
}

TEST_F(MetricsTest, IsAskedAgainEachPeriodAndTheLastAnswerStays) {
  say_number("sum%28queue%29", "1");
  metrics->ask({{.function = 0, .pods = {}, .metrics = {kQuery}, .period = 10ms}});
  ASSERT_TRUE(until([&] { return server.asked_for("query=sum") >= 3; }));
  say_number("sum%28queue%29", "2");
  EXPECT_TRUE(until([&] {
    const MetricFacts& facts = metrics->read(0, 0);
    return facts.presence == Presence::ok && facts.series[0] == 2'000;
  }));
}

TEST_F(MetricsTest, WhatIsAskedAgainAfterAReloadKeepsItsFacts) {
  say_number("sum%28queue%29", "3");
  metrics->ask({{.function = 0, .pods = {}, .metrics = {kQuery}, .period = 1h}});
  ASSERT_TRUE(answered(0));
  metrics->ask({{.function = 5, .pods = {}, .metrics = {kQuery}, .period = 1h}});
  EXPECT_EQ(metrics->read(5, 0).presence, Presence::ok);
  EXPECT_TRUE(metrics->read(0).empty());
  EXPECT_EQ(server.asked_for("query=sum"), 1u);
}

TEST_F(MetricsTest, ANumberThatIsTooOldIsAbsent) {
  say_number("sum%28queue%29", "1");
  say_number("timestamp", "910.5");  // 90 s old: twice scrape and collection
  metrics->ask({{.function = 0, .pods = {}, .metrics = {kQuery}, .period = 1h}});
  ASSERT_TRUE(answered(0));
  EXPECT_EQ(metrics->read(0, 0).presence, Presence::ok);

  say_number("timestamp", "909.5");
  metrics->ask({{.function = 0, .pods = {}, .metrics = {kQuery}, .period = 2h}});
  ASSERT_TRUE(answered(0));
  EXPECT_EQ(metrics->read(0, 0).presence, Presence::absent);
  EXPECT_EQ(metrics->trouble(0, 0), "stale: taken 1min31s ago, more than 1min30s");
}

TEST_F(MetricsTest, AnAnswerThatIsNotRenewedGetsTooOld) {
  say_number("sum%28queue%29", "1");
  metrics->ask({{.function = 0, .pods = {}, .metrics = {kQuery}, .period = 1min}});
  ASSERT_TRUE(answered(0));
  const TimePoint taken = clock.time;
  clock.time = taken + 90s + 1min;
  EXPECT_EQ(metrics->read(0, 0).presence, Presence::ok);
  clock.time = clock.time + 1ns;
  EXPECT_EQ(metrics->read(0, 0).presence, Presence::absent);
  EXPECT_EQ(metrics->read(0, 0).taken, taken);
}

TEST_F(MetricsTest, PodsAreThoseThatTheWorldKnows) {
  server.say("/apis/metrics.k8s.io", {200, std::string(kGroup)});
  server.say("/apis/metrics.k8s.io/v1beta1/namespaces/demo/pods", {200, std::string(kUsage)});
  metrics->ask({{.function = 0, .pods = {"demo", "app=x"}, .metrics = {kCpu}, .period = 1h}});
  ASSERT_TRUE(answered(0));
  const MetricFacts& facts = metrics->read(0, 0);
  ASSERT_EQ(facts.presence, Presence::ok);
  ASSERT_EQ(facts.pods.size(), 1u);
  EXPECT_EQ(facts.pods[0].pod, 7u);
  EXPECT_EQ(facts.pods[0].value, 250);
  EXPECT_EQ(facts.pods[0].container, "main");
  EXPECT_EQ(facts.pods[0].window, 15s);
  EXPECT_EQ(facts.taken, clock.time - 10s);
  EXPECT_EQ(server.asked_for("/pods?labelSelector=app%3Dx"), 1u);
}

TEST_F(MetricsTest, AnApiThatIsDownDoesNotStopTheOthers) {
  server.say("/apis/custom.metrics.k8s.io", {503, R"({"message":"service unavailable"})"});
  server.say("/apis/metrics.k8s.io", {200, std::string(kGroup)});
  server.say("/apis/metrics.k8s.io/v1beta1/namespaces/demo/pods", {200, std::string(kUsage)});
  const MetricRef custom{MetricSource::pods, "queue", {}, {}, {}};
  const MetricRef external{MetricSource::external, "length", {}, {}, {}};
  metrics->ask(
      {{.function = 0, .pods = {"demo", ""}, .metrics = {custom, kCpu, external}, .period = 1h}});
  ASSERT_TRUE(answered(0, 0) && answered(0, 1) && answered(0, 2));
  const auto facts = metrics->read(0);
  ASSERT_EQ(facts.size(), 3u);
  EXPECT_EQ(facts[0].presence, Presence::error);
  EXPECT_EQ(metrics->trouble(0, 0), "custom.metrics.k8s.io answers HTTP 503: service unavailable");
  EXPECT_EQ(facts[1].presence, Presence::ok);
  EXPECT_EQ(facts[2].presence, Presence::absent);
  EXPECT_EQ(metrics->trouble(0, 2), "the cluster serves no external.metrics.k8s.io");
}

TEST_F(MetricsTest, AGroupIsLookedUpOnceForAllWhoAsk) {
  // Longer than it takes until all have asked.
  server.say("/apis/metrics.k8s.io", {200, std::string(kGroup), 300ms});
  server.say("/apis/metrics.k8s.io/v1beta1/namespaces/demo/pods", {200, std::string(kUsage)});
  std::vector<Metrics::Asked> all;
  for (FunctionId id = 0; id < 20; ++id) {
    all.push_back({id, {"demo", "app=" + std::to_string(id)}, {kCpu}, 1h});
  }
  metrics->ask(all);
  ASSERT_TRUE(until([&] { return server.asked().size() >= 21; }));
  EXPECT_EQ(server.asked_for("labelSelector"), 20u);
  EXPECT_EQ(server.asked().size(), 21u);
}

TEST_F(MetricsTest, AGroupThatWasMissingIsLookedForAgain) {
  metrics->ask({{.function = 0, .pods = {"demo", ""}, .metrics = {kCpu}, .period = 10ms}});
  ASSERT_TRUE(answered(0));
  EXPECT_EQ(metrics->read(0, 0).presence, Presence::absent);
  server.say("/apis/metrics.k8s.io", {200, std::string(kGroup)});
  server.say("/apis/metrics.k8s.io/v1beta1/namespaces/demo/pods", {200, std::string(kUsage)});
  io.run_for(std::chrono::milliseconds(50));
  EXPECT_EQ(server.asked().size(), 1u);  // not at once
  clock.time = clock.time + 30s;
  EXPECT_TRUE(until([&] { return metrics->read(0, 0).presence == Presence::ok; }));
}

TEST_F(MetricsTest, AServerThatIsGoneIsAnErrorAndNotZero) {
  say_number("sum%28queue%29", "1");
  metrics->ask({{.function = 0, .pods = {}, .metrics = {kQuery}, .period = 10ms}});
  ASSERT_TRUE(until([&] { return metrics->read(0, 0).presence == Presence::ok; }));
  server.say("sum%28queue%29",
             {503, R"({"status":"error","errorType":"timeout","error":"query timed out"})"});
  ASSERT_TRUE(until([&] { return metrics->read(0, 0).presence == Presence::error; }));
  EXPECT_EQ(metrics->trouble(0, 0), "HTTP 503: timeout: query timed out");
  EXPECT_TRUE(metrics->read(0, 0).series.empty());
}

// Five milliseconds apart, 50 of them would all be waiting: a connection each.
TEST_F(MetricsTest, AServerThatIsSilentIsAskedAFewThingsAtOnce) {
  std::vector<Metrics::Asked> all;
  for (FunctionId id = 0; id < 50; ++id) {
    MetricRef query = kQuery;
    query.name += std::to_string(id);
    all.push_back({.function = id, .pods = {}, .metrics = {query}, .period = 1h});
  }
  say_number("sum%28queue%29", "1");
  server.keep_silent(true);
  metrics->ask(all);
  io.run_for(std::chrono::milliseconds(400));
  EXPECT_EQ(server.asked().size(), 8u);
  server.keep_silent(false);
  EXPECT_TRUE(answered(49));
  EXPECT_TRUE(answered(0));
}

TEST_F(MetricsTest, WithoutAStoreOrAClusterIsAbsent) {
  Metrics none(io.get_executor(), {}, clock, pods);
  none.ask({{.function = 0, .pods = {}, .metrics = {kQuery, kCpu}}});
  ASSERT_TRUE(until([&] { return none.trouble(0, 1) != "not asked yet"; }));
  EXPECT_EQ(none.read(0, 0).presence, Presence::absent);
  EXPECT_EQ(none.trouble(0, 0), "no store of metrics is configured");
  EXPECT_EQ(none.trouble(0, 1), "no cluster is asked");
}

TEST_F(MetricsTest, TheStoreIsAskedBelowItsPrefixWithATokenAndAShortOffset) {
  const std::string path = ::testing::TempDir() + "thaw_metrics_token";
  std::ofstream(path) << "s3cret\n";
  store.emplace(io.get_executor(),
                StoreSettings{.endpoint = endpoint("/select/0/prometheus"), .token_file = path},
                clock);
  say_number("query=up", "1");
  EXPECT_EQ(ask_store("up").presence, Presence::ok);
  ASSERT_EQ(server.asked().size(), 2u);
  EXPECT_EQ(
      server.asked()[0],
      "GET "
      "/select/0/prometheus/api/v1/query?query=up&timeout=5000ms&nocache=1&latency_offset=1000ms");
  EXPECT_EQ(server.authorization(), "Bearer s3cret");
}

TEST_F(MetricsTest, ALongQueryIsPosted) {
  const std::string query = "sum(queue{pod=~\"" + std::string(3'000, 'p') + "\"})";
  say_number("query=sum", "4");
  EXPECT_EQ(ask_store(query).series, std::vector<Milli>{4'000});
  EXPECT_TRUE(server.asked()[0].starts_with("POST /api/v1/query query=sum%28queue%7Bpod"));
}

TEST_F(MetricsTest, AConnectionThatIsRefusedIsAnError) {
  http::Endpoint nowhere = endpoint();
  nowhere.port = 1;
  store.emplace(io.get_executor(), StoreSettings{.endpoint = nowhere}, clock);
  const Answer answer = ask_store("up");
  EXPECT_EQ(answer.presence, Presence::error);
  EXPECT_FALSE(answer.trouble.empty());
}

}  // namespace
}  // namespace thaw::metrics
