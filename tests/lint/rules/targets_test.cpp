// TH205 and TH206: who scales what.
#include <gtest/gtest.h>

#include "tests/lint/linted.hpp"

namespace thaw::lint {
namespace targets_test {

using Texts = std::vector<std::string>;

std::string hpa(const std::string& name, const std::string& target,
                const std::string& api_version = "apiVersion: apps/v1, ",
                const std::string& kind = "Deployment", const std::string& ns = "") {
  return "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: " + name +
         ns + "}\nspec:\n  maxReplicas: 3\n  scaleTargetRef: {" + api_version + "kind: " + kind +
         ", name: " + target +
         "}\n  metrics: [{type: Resource, resource: {name: cpu, target: "
         "{type: AverageValue, averageValue: 500m}}}]\n---\n";
}

std::string deployment(const std::string& name, const std::string& annotations = "",
                       const std::string& replicas = "") {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + "}\nspec:\n" +
         replicas +
         "  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}" +
         annotations + "}\n    spec: {containers: [{name: a, image: a}]}\n---\n";
}
const std::string kSlimFaas = ", annotations: {SlimFaas/Function: \"true\"}";
const std::string kScaledObject =
    "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: so}\n"
    "spec: {scaleTargetRef: {name: web}, triggers: []}\n---\n";

Texts owners(const std::string& text) { return places(linted({{"a.yaml", text}}), "TH205"); }
Texts targets(const std::string& text) { return places(linted({{"a.yaml", text}}), "TH206"); }

TEST(TwoOwners, AreToldAtTheFirstOfThem) {
  EXPECT_EQ(owners(hpa("a", "web") + hpa("b", "web")), Texts{"TH205 a.yaml:1:1"});
  EXPECT_EQ(owners(hpa("a", "web") + kScaledObject), Texts{"TH205 a.yaml:1:1"});
  EXPECT_EQ(owners(hpa("a", "web") + deployment("web", kSlimFaas)), Texts{"TH205 a.yaml:1:1"});
  EXPECT_EQ(owners(hpa("a", "web-00001-deployment") +
                   "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: web}\n"
                   "spec: {template: {spec: {containers: [{image: w}]}}}\n"),
            Texts{"TH205 a.yaml:1:1"});
}

TEST(TwoOwners, OneEachIsFine) {
  EXPECT_EQ(owners(hpa("a", "web") + hpa("b", "api") + deployment("web") +
                   deployment("other", kSlimFaas)),
            Texts{});
  const std::string first = ", namespace: one", second = ", namespace: two";
  EXPECT_EQ(owners(hpa("a", "web", "apiVersion: apps/v1, ", "Deployment", first) +
                   hpa("b", "web", "apiVersion: apps/v1, ", "Deployment", second)),
            Texts{});
}

TEST(TwoOwners, FunctionOfFixedReplicasIsLeftToTheAutoscaler) {
  const auto function = [](const std::string& max) {
    return "provider: {name: openfaas}\nfunctions:\n  web:\n    image: w\n    labels: "
           "{com.openfaas.scale.min: 2, com.openfaas.scale.max: " +
           max + "}\n";
  };
  EXPECT_EQ(owners(hpa("a", "web") + function("3")), Texts{"TH205 a.yaml:1:1"});
  EXPECT_EQ(owners(hpa("a", "web") + function("2")), Texts{});
}

TEST(TwoOwners, ReplicasBesideAnAutoscalerAreWorthKnowing) {
  const Result result =
      linted({{"a.yaml", hpa("a", "web") + deployment("web", "", "  replicas: 2\n")}});
  ASSERT_EQ(places(result, "TH205"), Texts{"TH205 a.yaml:13:13"});
  EXPECT_EQ(severities(result, "TH205"), std::vector<Severity>{Severity::info});
}

TEST(NoTarget, KindAndSpellingAreToldAtTheName) {
  EXPECT_EQ(targets(hpa("a", "wed") + deployment("web")), Texts{"TH206 a.yaml:6:65"});
  EXPECT_EQ(targets(hpa("a", "web", "apiVersion: apps/v1, ", "StatefulSet") + deployment("web")),
            Texts{"TH206 a.yaml:6:66"});
}

TEST(NoTarget, WhatIsThereIsFine) {
  EXPECT_EQ(targets(hpa("a", "web") + deployment("web")), Texts{});
  // It may be in the cluster.
  EXPECT_EQ(targets(hpa("a", "elsewhere") + deployment("web")), Texts{});
  EXPECT_EQ(targets(hpa("a", "web")), Texts{});
}

TEST(NoTarget, GroupIsThatOfTheApiVersion) {
  EXPECT_EQ(targets(hpa("a", "web", "") + deployment("web")).size(), 1U);
  EXPECT_EQ(targets(hpa("a", "web", "apiVersion: v1, ") + deployment("web")).size(), 1U);
  // The version within the group does not matter.
  EXPECT_EQ(targets(hpa("a", "web", "apiVersion: apps/v1beta1, ") + deployment("web")), Texts{});
}

}  // namespace targets_test
}  // namespace thaw::lint
