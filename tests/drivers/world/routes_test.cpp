#include "drivers/world/routes.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "drivers/world/calls_metrics.hpp"
#include "tests/drivers/world/bench.hpp"

namespace thaw::world {
namespace {

using gateway::Replica;

Json endpoint(const std::string& address, const std::string& pod) {
  return {{"addresses", {address}}, {"targetRef", {{"kind", "Pod"}, {"name", pod}}}};
}

Json slice(const std::string& name, const std::string& service, Json endpoints,
           Json ports = {{{"name", ""}, {"port", 8080}}}, const std::string& family = "IPv4") {
  return {{"metadata",
           {{"name", name},
            {"namespace", "default"},
            {"labels", {{"kubernetes.io/service-name", service}}}}},
          {"addressType", family},
          {"ports", std::move(ports)},
          {"endpoints", std::move(endpoints)}};
}

Json with_address(Json pod, const std::string& address) {
  pod["status"]["podIP"] = address;
  return pod;
}

DriveConfig with_gateway() {
  DriveConfig config;
  config.gateway.emplace();
  return config;
}

class RoutesOf : public testing::Test {
 protected:
  RoutesOf() {
    bench.put(slimfaas("ollama", 2));
    for (const char* id : {"a", "b"}) {
      const std::string address = std::string("10.0.0.") + (*id == 'a' ? "1" : "2");
      bench.inventory.apply_pod(with_address(pod("ollama", id), address));
    }
  }
  gateway::Routes routes() {
    return routes_of(functions_of(bench.inventory, bench.config, find_policy, false),
                     bench.inventory, endpoints, {"10.0.9.9"});
  }
  std::vector<Replica> ready() { return routes().functions.at(0).ready; }

  Bench bench{with_gateway()};
  int changed = 0;
  Endpoints endpoints{[this] { ++changed; }};
  const std::string a = "ollama-5d4f-a", b = "ollama-5d4f-b";
};

TEST_F(RoutesOf, SlicesAreMergedAndAnAddressCountsOnce) {
  endpoints.apply(slice("s1", "ollama", {endpoint("10.0.0.2", b)}));
  endpoints.apply(slice("s2", "ollama", {endpoint("10.0.0.1", a), endpoint("10.0.0.2", b)}));
  EXPECT_EQ(ready(), (std::vector<Replica>{{a, "10.0.0.1", 8080}, {b, "10.0.0.2", 8080}}));
  EXPECT_EQ(changed, 2);
  endpoints.remove(slice("s2", "ollama", Json::array()));
  EXPECT_EQ(ready().size(), 1u);
}

TEST_F(RoutesOf, OnlyWhatIsReadyAnswersAndNotSaidIsReady) {
  Json not_ready = endpoint("10.0.0.1", a), said = endpoint("10.0.0.2", b);
  not_ready["conditions"] = {{"ready", false}, {"serving", true}};
  said["conditions"] = {{"ready", nullptr}};
  endpoints.apply(slice("s", "ollama", {not_ready, said}));
  EXPECT_EQ(ready(), (std::vector<Replica>{{b, "10.0.0.2", 8080}}));
  Json going = pod("ollama", "b");
  going["metadata"]["deletionTimestamp"] = "2026-01-05T00:00:09Z";
  bench.inventory.apply_pod(going);
  EXPECT_TRUE(ready().empty()) << "before its slice says so";
}

TEST_F(RoutesOf, APodOfTwoFamiliesIsOneReplica) {
  endpoints.apply(slice("s6", "ollama", {endpoint("fd00::1", a), endpoint("fd00::2", b)},
                        {{{"name", ""}, {"port", 8080}}}, "IPv6"));
  EXPECT_EQ(ready().size(), 2u);
  EXPECT_EQ(ready()[0].address, "fd00::1");
  endpoints.apply(slice("s4", "ollama", {endpoint("10.0.0.1", a)}));
  EXPECT_EQ(ready(), (std::vector<Replica>{{a, "10.0.0.1", 8080}, {b, "fd00::2", 8080}}));
  endpoints.apply(slice("s9", "ollama", {endpoint("ollama.example", a)},
                        {{{"name", ""}, {"port", 1}}}, "FQDN"));
  EXPECT_EQ(ready().size(), 2u);
}

TEST_F(RoutesOf, TheServiceIsThatOfItsNameElseTheFirstThatLeadsToItsPods) {
  endpoints.apply(slice("s1", "zeta", {endpoint("10.0.0.1", a)}, {{{"port", 1}}}));
  endpoints.apply(slice("s2", "beta", {endpoint("10.0.0.1", a)}, {{{"port", 2}}}));
  endpoints.apply(slice("s3", "alpha", {endpoint("10.0.0.9", "other-1-x")}, {{{"port", 3}}}));
  EXPECT_EQ(ready(), (std::vector<Replica>{{a, "10.0.0.1", 2}})) << "alpha's pod is not its own";
  endpoints.apply(slice("s4", "ollama", {endpoint("10.0.0.2", b)}, {{{"port", 4}}}));
  EXPECT_EQ(ready(), (std::vector<Replica>{{b, "10.0.0.2", 4}}));
  DriveConfig::Function own;
  own.name = own.workload = "ollama";
  own.service = "alpha";
  bench.config.functions.push_back(own);
  EXPECT_EQ(ready(), (std::vector<Replica>{{"other-1-x", "10.0.0.9", 3}}));
}

TEST_F(RoutesOf, ThePortIsTheOneNamedElseHttpElseTheLowest) {
  const auto port = [&](Json ports, const std::string& chosen = {}) -> int {
    endpoints.apply(slice("s", "ollama", {endpoint("10.0.0.1", a)}, std::move(ports)));
    DriveConfig::Function own;
    own.name = own.workload = "ollama";
    own.port = chosen;
    bench.config.functions = {own};
    const auto all = ready();
    return all.empty() ? 0 : all[0].port;
  };
  const Json metrics = {{"name", "metrics"}, {"port", 80}}, http = {{"name", "http"}, {"port", 90}},
             api = {{"name", "api"}, {"port", 70}},
             dns = {{"name", "dns"}, {"port", 53}, {"protocol", "UDP"}};
  EXPECT_EQ(port({metrics}), 80);
  EXPECT_EQ(port({metrics, http}), 90);
  EXPECT_EQ(port({metrics, api, dns}), 70);
  EXPECT_EQ(port({metrics, http, api}, "api"), 70);
  EXPECT_EQ(port({metrics, http}, "8081"), 8081);
  EXPECT_EQ(port({metrics}, "api"), 0) << "there is no such port";
  EXPECT_EQ(port(Json::array()), 0);
}

TEST_F(RoutesOf, AnnotationsAndTheConfigurationSayHowItIsCalled) {
  Json annotated = slimfaas("ollama", 2);
  Json& annotations = annotated["spec"]["template"]["metadata"]["annotations"];
  annotations["SlimFaas/DefaultVisibility"] = "Private";
  annotations["SlimFaas/PathsStartWithVisibility"] = "Public:/open,Private:/admin";
  annotations["SlimFaas/NumberParallelRequest"] = "7";
  annotations["SlimFaas/Configuration"] =
      R"({"DefaultSync":{"HttpTimeout":90},"DefaultAsync":{"HttpTimeout":30,)"
      R"("TimeoutRetries":[1,5],"HttpStatusRetries":[503]}})";
  bench.config.gateway->queue = 12;
  bench.put(annotated);
  gateway::Route route = routes().functions.at(0);
  EXPECT_EQ(route.name, kOllama);
  EXPECT_TRUE(route.visibility.hidden);
  EXPECT_EQ(route.visibility.paths,
            (std::vector<std::pair<std::string, bool>>{{"/open", false}, {"/admin", true}}));
  EXPECT_EQ(route.timeout, 90s);
  EXPECT_EQ(route.queue, 12u);
  EXPECT_EQ(route.per_replica, 0u);
  EXPECT_EQ(route.async.parallel, 7u);
  EXPECT_EQ(route.async.per_replica, 10u);
  EXPECT_EQ(route.async.timeout, 30s);
  EXPECT_EQ(route.async.retries, (std::vector<Duration>{1s, 5s}));
  EXPECT_EQ(route.async.retried, std::vector<int>{503});
  DriveConfig::Function own;
  own.name = own.workload = "ollama";
  own.hidden = false;
  own.timeout = 20min;
  own.per_replica = 3;
  bench.config.functions.push_back(own);
  route = routes().functions.at(0);
  EXPECT_FALSE(route.visibility.hidden);
  EXPECT_EQ(route.timeout, 20min);
  EXPECT_EQ(route.per_replica, 3u);
  EXPECT_EQ(route.queue, 12u);
}

// Nonsense must not make public what was to be private.
TEST_F(RoutesOf, WhatCannotBeUnderstoodIsNotCalled) {
  Json annotated = slimfaas("ollama", 2);
  annotated["spec"]["template"]["metadata"]["annotations"]["SlimFaas/DefaultVisibility"] = "Hidden";
  bench.put(annotated);
  EXPECT_TRUE(routes().functions.empty());
  const Functions functions = functions_of(bench.inventory, bench.config, find_policy, false);
  EXPECT_TRUE(functions.governed.empty());
  ASSERT_EQ(functions.refused.size(), 1u);
  EXPECT_NE(functions.refused[0].why.find("DefaultVisibility"), std::string::npos);
}

TEST_F(RoutesOf, AFunctionThatAnotherScalesIsCalledAllTheSame) {
  bench.inventory.apply_hpa(hpa("by-gpu", "ollama"));
  endpoints.apply(slice("s", "ollama", {endpoint("10.0.0.1", a)}));
  EXPECT_EQ(ready().size(), 1u);
}

TEST_F(RoutesOf, AFunctionThatIsLeftToOthersIsCalledAndNotScaled) {
  ASSERT_EQ(functions_of(bench.inventory, bench.config, find_policy, false).governed.size(), 1u);
  DriveConfig::Function ollama;
  ollama.name = ollama.workload = "ollama";
  ollama.scaled_by_others = true;
  bench.config.functions = {ollama};
  const Functions functions = functions_of(bench.inventory, bench.config, find_policy, false);
  EXPECT_TRUE(functions.governed.empty()) << "though SlimFaas's annotations ask for it";
  EXPECT_TRUE(functions.refused.empty());
  EXPECT_EQ(routes().functions.size(), 1u);
}

TEST_F(RoutesOf, WhoNamesAllItsFunctionsLeavesThoseOfOthersAlone) {
  bench.config.named_only = true;
  const Functions functions = functions_of(bench.inventory, bench.config, find_policy, false);
  EXPECT_TRUE(functions.known.empty()) << "though SlimFaas's annotations ask for it";
  EXPECT_TRUE(functions.refused.empty());
}

TEST_F(RoutesOf, PodsOfFunctionsAreInsideUnlessTheyAreNotTrusted) {
  EXPECT_EQ(routes().inside, (std::vector<std::string>{"10.0.0.1", "10.0.0.2", "10.0.9.9"}));
  Json annotated = slimfaas("ollama", 2);
  annotated["spec"]["template"]["metadata"]["annotations"]["SlimFaas/DefaultTrust"] = "Untrusted";
  bench.put(annotated);
  EXPECT_EQ(routes().inside, std::vector<std::string>{"10.0.9.9"});
}

// Of the pod: created 0 s, bound 4 s, running 10 s, ready 30 s.
TEST(Starts, AStageIsTheTimeBetweenTwoInstantsOfThePod) {
  Bench bench;
  bench.put(slimfaas("ollama", 1));
  const auto at = [](int s) {
    return "2026-01-05T00:00:" + std::string(s < 10 ? "0" : "") + std::to_string(s) + "Z";
  };
  Json coming = pod("ollama", "a", false);
  coming["status"]["conditions"][0]["status"] = "False";
  bench.inventory.apply_pod(coming);
  Json up = pod("ollama", "a");
  up["status"]["conditions"][0]["lastTransitionTime"] = at(4);
  up["status"]["conditions"][1]["lastTransitionTime"] = at(30);
  up["status"]["containerStatuses"] = {{{"state", {{"running", {{"startedAt", at(10)}}}}}}};
  bench.inventory.apply_pod(up);
  bench.inventory.apply_pod(up);
  bench.inventory.apply_pod(pod("ollama", "b"));  // it was there before
  const auto& all = bench.inventory.starts().all();
  ASSERT_EQ(all.size(), 1u);
  const Starts::Spent& spent = all.begin()->second;
  EXPECT_EQ(spent.pods, 1u);
  EXPECT_EQ(spent.stages, (std::array<Duration, 4>{4s, 0s, 6s, 20s}));
}

TEST(CallsMetrics, AHistogramIsCumulativeAndEndsWithAll) {
  gateway::Traffic traffic;
  traffic.function = kOllama;
  traffic.completed = 3;
  traffic.failed = 1;
  traffic.wait.counts[0] = 2;
  traffic.wait.counts[7] = 1;
  traffic.wait.counts[16] = 1;
  traffic.wait.sum_s = 1300.5;
  OpenMetrics metrics;
  tell_calls({traffic}, metrics);
  const std::string text = std::move(metrics).finish();
  const auto has = [&](const std::string& line) {
    return text.find("\n" + line + "\n") != std::string::npos;
  };
  const std::string of = "{namespace=\"default\",function=\"ollama\"";
  EXPECT_TRUE(has("# TYPE thaw_wait_seconds histogram"));
  EXPECT_TRUE(has("thaw_wait_seconds_bucket" + of + ",le=\"0.001\"} 2")) << text;
  EXPECT_TRUE(has("thaw_wait_seconds_bucket" + of + ",le=\"0.5\"} 2"));
  EXPECT_TRUE(has("thaw_wait_seconds_bucket" + of + ",le=\"1.0\"} 3"));
  EXPECT_TRUE(has("thaw_wait_seconds_bucket" + of + ",le=\"1200.0\"} 3"));
  EXPECT_TRUE(has("thaw_wait_seconds_bucket" + of + ",le=\"+Inf\"} 4"));
  EXPECT_TRUE(has("thaw_wait_seconds_count" + of + "} 4"));
  EXPECT_TRUE(has("thaw_wait_seconds_sum" + of + "} 1300.5"));
  EXPECT_TRUE(has("thaw_requests_total" + of + ",outcome=\"completed\"} 3"));
  EXPECT_TRUE(has("thaw_requests_total" + of + ",outcome=\"failed\"} 1"));
}

}  // namespace
}  // namespace thaw::world
