#include <gtest/gtest.h>

#include "tests/lint/linted.hpp"
#include "tests/lint/rules/hpa_files.hpp"

namespace thaw::lint {
namespace metric_not_there_test {

using Texts = std::vector<std::string>;

Texts found(const NamedTexts& files) { return places(linted(files), "TH204"); }

std::string deployment(const std::string& resources) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ollama, namespace: chat}\n"
         "spec:\n  selector: {matchLabels: {app: o}}\n  template:\n    metadata: {labels: {app: "
         "o}}\n"
         "    spec:\n      containers:\n        - {name: o, image: o, resources: {" +
         resources + "}}\n";
}

TEST(MetricNotThere, UtilisationOfCardsIsNotThereOnSlices) {
  const std::string hpa = hpa_of_average("Value", "\"70\"");
  const NamedTexts slice{{"hpa.yaml", hpa},
                         {"values.yaml", adapter_rule()},
                         {"o.yaml", deployment("limits: {nvidia.com/mig-1g.5gb: 1}")}};
  EXPECT_EQ(found(slice), Texts{"TH204 hpa.yaml:13:17"});
  NamedTexts card = slice;
  card[2].second = deployment("limits: {nvidia.com/gpu: 1}");
  EXPECT_EQ(found(card), Texts{});
  NamedTexts engine = slice;
  engine[1].second = adapter_rule("avg", "DCGM_FI_PROF_GR_ENGINE_ACTIVE");
  EXPECT_EQ(found(engine), Texts{});
}

TEST(MetricNotThere, PoolsOfAScenarioSayWhetherThereAreSlices) {
  EXPECT_EQ(places(linted_paths({"scenarios/suse-hpa/mig.yaml"}), "TH204"),
            Texts{"TH204 scenarios/suse-hpa/manifests/hpa.yaml:22:17"});
  for (const char* path : {"scenarios/suse-hpa", "scenarios/suse-hpa/mig-engine.yaml"})
    EXPECT_EQ(places(linted_paths({path}), "TH204"), Texts{}) << path;
}

TEST(MetricNotThere, NoRuleMakesIt) {
  const std::string hpa = hpa_of_average("Value", "\"70\"");
  const std::string other = adapter_rule("avg", "DCGM_FI_DEV_GPU_UTIL", "gpu_utilisation");
  const Result near = linted({{"hpa.yaml", hpa}, {"values.yaml", other}});
  ASSERT_EQ(places(near, "TH204"), Texts{"TH204 hpa.yaml:13:17"});
  EXPECT_EQ(near.findings.at(0).severity, Severity::warning);  // the chart's own rules make more
  const Result alone = linted({{"hpa.yaml", hpa}, {"values.yaml", other + "  default: false\n"}});
  EXPECT_EQ(alone.findings.at(0).severity, Severity::error);
  const std::string far = adapter_rule("avg", "DCGM_FI_DEV_GPU_UTIL", "card_use");
  EXPECT_EQ(found({{"hpa.yaml", hpa}, {"values.yaml", far}}), Texts{});
  EXPECT_EQ(found({{"hpa.yaml", hpa}, {"values.yaml", far + "  default: false\n"}}).size(), 1U);
}

TEST(MetricNotThere, NoAdapterAmongTheFilesIsNoFinding) {
  EXPECT_EQ(found({{"hpa.yaml", hpa_of_average("Value", "\"70\"")}}), Texts{});
}

TEST(MetricNotThere, RuleOfNamespacesIsNotAskedOfPods) {
  std::string pods = hpa_of_average("AverageValue", "\"70\"");
  pods.replace(pods.find("type: Object"), 12, "type: Pods");
  pods.replace(pods.find("      object:"), 13, "      pods:");
  pods.erase(pods.find("        describedObject"),
             pods.find("        metric:") - pods.find("        describedObject"));
  EXPECT_EQ(found({{"hpa.yaml", pods}, {"values.yaml", adapter_rule()}}),
            Texts{"TH204 hpa.yaml:12:17"});
}

// The controller fills in its own namespace.
TEST(MetricNotThere, NamedNamespaceIsNotTheOneThatIsAsked) {
  std::string hpa = hpa_of_average("Value", "\"70\"");
  hpa.replace(hpa.find("name: chat}"), 11, "name: other}");
  EXPECT_EQ(found({{"hpa.yaml", hpa}, {"values.yaml", adapter_rule()}}),
            Texts{"TH204 hpa.yaml:13:17"});
}

TEST(MetricNotThere, UtilisationNeedsARequestInEveryContainer) {
  const std::string hpa =
      "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: o}\n"
      "spec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ollama}\n"
      "  maxReplicas: 3\n  metrics:\n    - type: Resource\n      resource:\n        name: cpu\n"
      "        target: {type: Utilization, averageUtilization: 60}\n";
  const auto with = [&](const std::string& resources) {
    return found({{"hpa.yaml", hpa}, {"o.yaml", deployment(resources)}});
  };
  EXPECT_EQ(with("requests: {memory: 1Gi}"), Texts{"TH204 hpa.yaml:10:15"});
  EXPECT_EQ(with("requests: {cpu: 1}"), Texts{});
  EXPECT_EQ(with("limits: {cpu: 1}"), Texts{});  // a limit stands for a missing request
  const std::string range =
      "apiVersion: v1\nkind: LimitRange\nmetadata: {name: r, namespace: chat}\nspec: {limits: "
      "[]}\n";
  EXPECT_EQ(found({{"hpa.yaml", hpa},
                   {"o.yaml", deployment("requests: {memory: 1Gi}")},
                   {"range.yaml", range}}),
            Texts{});
}

}  // namespace metric_not_there_test
}  // namespace thaw::lint
