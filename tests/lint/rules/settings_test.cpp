// TH207 to TH211: what settings say, in words that are read, and what they cost.
#include <gtest/gtest.h>

#include "tests/lint/linted.hpp"

namespace thaw::lint {
namespace settings_test {

using Texts = std::vector<std::string>;

std::string stack(const std::string& labels) {
  return "provider: {name: openfaas}\nfunctions:\n  sort:\n    image: s\n    labels:\n" + labels;
}

// A function of OpenFaaS whose calls take so long, with two slots a replica.
NamedTexts scenario_of(const std::string& seconds, const std::string& labels) {
  return {{"scenario.yaml",
           "apiVersion: thaw/v1\nkind: Scenario\nname: s\n"
           "cluster: {pools: [{name: default, machine: {preset: scaleway/DEV1-M}, nodes: {min: 1, "
           "max: 1}}]}\nmanifests: [stack.yaml]\n"
           "functions: {sort: {image: 90MB, service: {seconds: " +
               seconds +
               ", slots: 2, dispatch: random}}}\n"
               "workload: [{function: sort, arrivals: {process: constant, rate: 1/s}, from: 1min, "
               "until: 2min, post: /function/sort}]\nuntil: 3min\n"},
          {"stack.yaml", stack(labels)}};
}

TEST(AlertNeverFires, WhereTheLeastReplicasCompleteNoMoreThanFiveASecond) {
  const std::string grows = "      com.openfaas.scale.max: 4\n";
  const auto found = [&](const std::string& seconds) {
    return places(linted(scenario_of(seconds, grows)), "TH207");
  };
  EXPECT_EQ(found("400ms"), Texts{"TH207 stack.yaml:6:31"});  // 2 / 0.4 = 5, and it takes more
  EXPECT_EQ(found("399ms"), Texts{});
  EXPECT_EQ(messages(linted(scenario_of("1s", grows)), "TH207").at(0),
            "1 replica completes at most 2 / 1 s = 2 calls a second of sort on average, and its "
            "alert fires above 5: it never gets a further replica");
}

TEST(AlertNeverFires, IsNotToldOfFunctionsThatAreNotToGrow) {
  EXPECT_EQ(places(linted(scenario_of("1s", "      topic: none\n")), "TH207"), Texts{});
}

TEST(AlertNeverFires, FactorWithoutRoomAddsNothing) {
  const auto found = [](const std::string& max) {
    return places(linted({{"stack.yaml", stack("      com.openfaas.scale.min: 2\n"
                                               "      com.openfaas.scale.max: " +
                                               max + "\n      com.openfaas.scale.factor: 40\n")}}),
                  "TH207");
  };
  EXPECT_EQ(found("2"), Texts{"TH207 stack.yaml:8:34"});
  EXPECT_EQ(found("3"), Texts{});
}

TEST(Setting, OfNewerVersionsAloneIsAWarningUnderTheUsersName) {
  const Result result = linted({{"stack.yaml", stack("      com.openfaas.scale.max: 6\n")}});
  EXPECT_EQ(places(result, "TH208"), Texts{"TH208 stack.yaml:6:31"});
  EXPECT_EQ(messages(result, "TH208").at(0),
            "com.openfaas.scale.max: refused by OpenFaaS CE: at most 5, found 6 (OpenFaaS 0.27; "
            "0.25 takes it)");
  EXPECT_EQ(result.count(Severity::error), 0U);
  EXPECT_EQ(places(linted({{"stack.yaml", stack("      com.openfaas.scale.max: 5\n")}})), Texts{});
}

TEST(Setting, OfEveryVersionIsAnError) {
  const Result result = linted({{"stack.yaml", stack("      com.openfaas.scale.factor: 101\n")}});
  EXPECT_EQ(result.count(Severity::error), 1U);
}

TEST(Deprecated, SpellingOfKnativeIsToldInAPartOfAManifest) {
  const Result result = linted({{"a.md",
                                 "```yaml\n"
                                 "autoscaling.knative.dev/target: \"2\"\n"
                                 "autoscaling.knative.dev/minScale: \"1\"\n"
                                 "```\n"}});
  EXPECT_EQ(places(result), Texts{"TH209 a.md:3:1"});
  EXPECT_EQ(result.findings.at(0).mend, "write autoscaling.knative.dev/min-scale");
}

std::string gateway(const std::string& image, const std::string& variable) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: slimfaas}\n"
         "spec:\n  selector: {matchLabels: {app: s}}\n  template:\n    metadata: {labels: {app: "
         "s}}\n"
         "    spec:\n      containers:\n        - name: s\n          image: " +
         image + "\n          env:\n            - name: " + variable +
         "\n              value: http://{function_name}:5000\n";
}

TEST(Deprecated, VariableOfSlimFaasGoesByTheTag) {
  const auto found = [](const std::string& image, const std::string& variable) {
    return places(linted({{"a.yaml", gateway(image, variable)}}), "TH209");
  };
  const std::string older = "BASE_FUNCTION_URL", newer = "SlimFaas__BaseFunctionUrl";
  EXPECT_EQ(found("axaguildev/slimfaas:0.61.0", older), Texts{"TH209 a.yaml:13:15"});
  EXPECT_EQ(found("axaguildev/slimfaas:0.60.3", older), Texts{});
  EXPECT_EQ(found("axaguildev/slimfaas:latest", older).size(), 1U);
  EXPECT_EQ(found("axaguildev/slimfaas:0.81.0", newer), Texts{});
}

TEST(Deprecated, VersionsOfTheAutoscalersApiAreToldOnce) {
  const auto found = [](const std::string& version) {
    return places(linted({{"a.yaml", "apiVersion: autoscaling/" + version +
                                         "\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n"
                                         "spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: "
                                         "apps/v1, kind: Deployment, name: w}}\n"}}));
  };
  EXPECT_EQ(found("v2beta2"), Texts{"TH209 a.yaml:1:13"});
  EXPECT_EQ(found("v1"), Texts{"TH209 a.yaml:1:13"});
  EXPECT_EQ(found("v2"), Texts{});
}

TEST(UnknownSetting, OfAPartOfAManifestIsToldWithTheNearest) {
  const auto found = [](const std::string& key) {
    return places(linted({{"a.md", "```yaml\n" + key + ": \"1\"\n```\n"}}), "TH210");
  };
  for (const char* wrong :
       {"autoscaling.knative.dev/min-scales", "autoscalling.knative.dev/min-scale",
        "slimfaas/Function", "SlimFaas/ReplicaMin", "com.openfaas.scale.mim",
        "serving.knative.dev/rollout-durations"})
    EXPECT_EQ(found(wrong), Texts{"TH210 a.md:2:1"}) << wrong;
  for (const char* right :
       {"autoscaling.knative.dev/min-scale", "SlimFaas/ReplicasMin", "com.openfaas.scale.min",
        "networking.knative.dev/visibility", "eventing.knative.dev/creator",
        "serving.knative.dev/service", "example.org/min-scale"})
    EXPECT_EQ(found(right), Texts{}) << right;
}

TEST(UnknownSetting, AnnotationsOfTheObjectItselfAreInTheWrongPlace) {
  const std::string service =
      "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: a\n  annotations:\n"
      "    autoscaling.knative.dev/min-scale: \"1\"\n"
      "spec: {template: {spec: {containers: [{image: a}]}}}\n";
  EXPECT_EQ(places(linted({{"a.yaml", service}}), "TH210"), Texts{"TH210 a.yaml:6:5"});
}

// An L4 at 0.75 EUR/h for 730 h.
NamedTexts cards(const std::string& nodes_min, const std::string& replicas,
                 const std::string& machine = "L4-1-24G", const std::string& each = "1") {
  return {
      {"scenario.yaml",
       "apiVersion: thaw/v1\nkind: Scenario\nname: s\ncluster:\n  pools:\n"
       "    - {name: gpu, machine: {preset: scaleway/" +
           machine + "}, nodes: {min: " + nodes_min +
           ", max: 3}}\nmanifests: [a.yaml]\n"
           "functions: {chat: {image: 1GiB, service: {gpuSeconds: 1s, dispatch: random}}}\n"
           "workload: [{function: chat, arrivals: {process: constant, rate: 1/s}, from: 1min, "
           "until: 2min}]\nuntil: 3min\n"},
      {"a.yaml",
       "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: chat}\n"
       "spec:\n  template:\n    metadata: {annotations: {autoscaling.knative.dev/min-scale: \"" +
           replicas +
           "\"}}\n    spec: {containers: [{image: c, resources: {limits: {nvidia.com/gpu: " + each +
           "}}}]}\n"}};
}

TEST(CostOfMinimum, IsThatOfTheNodesAboveThePoolsOwn) {
  EXPECT_EQ(messages(linted(cards("0", "2")), "TH211"),
            Texts{"min-scale 2 of chat keeps 2 nodes of pool gpu whether or not calls come: 2 "
                  "\u00d7 0.75 EUR/h \u00d7 730 h = 1095.00 EUR a month"});
  EXPECT_EQ(messages(linted(cards("1", "2")), "TH211").size(), 1U);
  EXPECT_EQ(messages(linted(cards("2", "2")), "TH211"), Texts{});
  EXPECT_EQ(messages(linted(cards("0", "0")), "TH211"), Texts{});
  EXPECT_EQ(messages(linted(cards("0", "2", "DEV1-M", "0")), "TH211"), Texts{})
      << "who asks for no card keeps none";
}

}  // namespace settings_test
}  // namespace thaw::lint
