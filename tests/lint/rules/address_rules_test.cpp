// TH107, TH403 and TH404: values, ports and hosts that are not there.
#include <gtest/gtest.h>

#include "tests/lint/path_texts.hpp"

namespace thaw::lint {
namespace address_rules_test {

using Texts = std::vector<std::string>;

// --- TH107 ---

TEST(UnknownValue, OfTheOllamaChartIsFoundAtItsKey) {
  const Result result = linted({{"values.yaml",
                                 "defaultModel: \"gemma:2b\"\n"
                                 "ollama:\n"
                                 "  gpu: {enabled: true, number: 1}\n"
                                 "persistentVolume: {enabled: true}\n"}});
  EXPECT_EQ(places(result, "TH107"), Texts{"TH107 values.yaml:1:1"});
  EXPECT_EQ(result.findings.at(0).mend, "write it as ollama.models.run");
}

TEST(UnknownValue, OfASectionNamesTheNearest) {
  const Result result = linted({{"values.yaml", "ollama:\n  gpu: {enable: true}\n"}});
  EXPECT_EQ(places(result, "TH107"), Texts{"TH107 values.yaml:2:9"});
  EXPECT_EQ(result.findings.at(0).mend, "write ollama.gpu.enabled");
}

TEST(UnknownValue, OfPrometheusAdapter) {
  const std::string rules = "rules: {default: false, custom: []}\n";
  EXPECT_EQ(places(linted({{"values.yaml", rules + "metricsRelistInterval: 30s\n"}}), "TH107"),
            Texts{});
  EXPECT_EQ(places(linted({{"values.yaml", rules + "metricRelistInterval: 30s\n"}}), "TH107"),
            Texts{"TH107 values.yaml:2:1"});
}

TEST(UnknownValue, OfAChartThatIsNotKnownIsNotJudged) {
  EXPECT_EQ(places(linted({{"values.yaml", "defaultModel: a\n"}}), "TH107"), Texts{});
}

// --- TH403 ---

std::string url_to(const std::string& port) {
  return "[{name: BASE_FUNCTION_URL, value: \"http://{function_name}.{namespace}.svc:" + port +
         "\"}]";
}

TEST(BaseFunctionUrl, WithThePortOfTheServiceIsFine) {
  const std::string set = function_text() + service_text("f", 5000) + slimfaas_text(url_to("5000"));
  EXPECT_EQ(places(linted({{"a.yaml", set}}), "TH403"), Texts{});
}

TEST(BaseFunctionUrl, WithAnotherPortIsAnError) {
  const std::string set = function_text() + service_text("f", 5000) + slimfaas_text(url_to("5001"));
  const Result result = linted({{"a.yaml", set}});
  ASSERT_EQ(places(result, "TH403").size(), 1U);
  EXPECT_EQ(result.findings.back().related.back().message, "its Service has port 5000");
}

TEST(BaseFunctionUrl, OfTheVersionsDefaultIsJudgedToo) {
  // Up to 0.49 it is port 8080 of the Service, then the pod's own port.
  const std::string set = function_text() + service_text("f", 5000);
  EXPECT_EQ(places(linted({{"a.yaml", set + slimfaas_text()}}), "TH403").size(), 1U);
  EXPECT_EQ(places(linted({{"a.yaml", set + slimfaas_text("[]", "0.81.0")}}), "TH403"), Texts{});
}

TEST(BaseFunctionUrl, WithoutAServiceIsAnErrorOnlyWhereTheClusterIsKnown) {
  const std::string set = function_text() + slimfaas_text(url_to("5000"));
  EXPECT_EQ(places(linted({{"a.yaml", set}}), "TH403"), Texts{});
  EXPECT_EQ(places(linted_scenario(scenario_text("1s"), set), "TH403").size(), 1U);
}

TEST(BaseFunctionUrl, ThatTheVersionDoesNotReadIsAnInfo) {
  const std::string set = function_text() + slimfaas_text(url_to("5000"), "0.81.0");
  const Result result = linted({{"a.yaml", set}});
  EXPECT_EQ(severities(result, "TH403"), std::vector<Severity>{Severity::info});
}

TEST(BaseFunctionUrl, OfATextIsComparedWithItsServices) {
  const auto text = [](const std::string& port) {
    return "```\n          env:\n            - name: BASE_FUNCTION_URL\n              value: "
           "\"http://{function_name}.{namespace}.svc.cluster.local:" +
           port + "\"\n```\n\n```\n" + service_text("ollama", 5000) + "```\n";
  };
  EXPECT_EQ(places(linted({{"a.md", text("5000")}}), "TH403"), Texts{});
  EXPECT_EQ(places(linted({{"a.md", text("8080")}}), "TH403"), Texts{"TH403 a.md:4:22"});
}

// --- TH404 ---

std::string caller(const std::string& name, const std::string& value) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: f}\nspec:\n"
         "  selector: {matchLabels: {app: f}}\n  template:\n    metadata: {labels: {app: f}}\n"
         "    spec:\n      containers:\n        - name: f\n          image: f\n          env:\n"
         "            - {name: " +
         name + ", value: \"" + value + "\"}\n";
}

Texts hosts_of(const std::string& name, const std::string& value) {
  return places(
      linted_scenario(scenario_text("1s"), caller(name, value) + service_text("redis", 6379)),
      "TH404");
}

TEST(HostWithoutService, IsAnErrorInAScenario) {
  const Texts found{"TH404 manifests.yaml:13:15"};
  for (const char* value : {"rediss", "cache:6379", "redis://u:p@cache:6379/0", "redis.stores.svc",
                            "cache.default.svc.cluster.local", "http://cache.default:80"})
    EXPECT_EQ(hosts_of("REDIS_HOST", value), found) << value;
  EXPECT_EQ(hosts_of("PEERS", "cache.default.svc.cluster.local:1"), found);
}

TEST(HostWithoutService, ThatThereIsIsFine) {
  for (const char* value :
       {"redis", "redis:6379", "redis.default", "redis.default.svc",
        "http://redis.default.svc.cluster.local:6379/", "redis-0.redis.default.svc.cluster.local"})
    EXPECT_EQ(hosts_of("REDIS_HOST", value), Texts{}) << value;
}

TEST(HostWithoutService, ThatMayBeOutsideOrIsNoHostIsFine) {
  for (const char* value :
       {"", "localhost:11434", "http://localhost", "127.0.0.1", "0.0.0.0:80", "db.example.org",
        "https://api.example.org/v1", "{pod_ip}", "$(HOST)", "kubernetes.default.svc",
        "x.y.svc.other.domain", "true", "Cache", "[::]"})
    EXPECT_EQ(hosts_of("REDIS_HOST", value), Texts{}) << value;
  EXPECT_EQ(hosts_of("LOG_SERVER", "verbose"), Texts{}) << "one word alone may be anything";
  EXPECT_EQ(hosts_of("MODE", "cache"), Texts{});
}

TEST(HostWithoutService, OfManifestsAloneIsAWarningWhereTheyBringServicesOfOthers) {
  const auto set = [](const std::string& service) {
    return linted({{"a.yaml", caller("REDIS_HOST", "cache") + service}});
  };
  const Result result = set(service_text("redis", 6379));
  EXPECT_EQ(places(result, "TH404"), Texts{"TH404 a.yaml:13:15"});
  EXPECT_EQ(result.count(Severity::error), 0U);
  EXPECT_EQ(places(set(service_text("f", 80)), "TH404"), Texts{}) << "its own Service alone";
  EXPECT_EQ(places(set(""), "TH404"), Texts{});
}

TEST(HostWithoutService, OfAnotherNamespaceThanTheFilesIsNotJudgedInManifestsAlone) {
  EXPECT_EQ(places(linted({{"a.yaml", caller("REDIS_HOST", "cache.stores.svc") +
                                          service_text("redis", 6379)}}),
                   "TH404"),
            Texts{});
}

}  // namespace address_rules_test
}  // namespace thaw::lint
