// Who scales a function of Kubernetes' and Knative's own manifests, and with which settings.
#include "engine/scenario/governance.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "engine/scenario/manifest_reader.hpp"

namespace thaw {
namespace governance_test {

const std::string kDeployment =
    "apiVersion: apps/v1\n"
    "kind: Deployment\n"
    "metadata: {name: api}\n"
    "spec:\n"
    "  selector: {matchLabels: {app: api}}\n"
    "  template:\n"
    "    metadata: {labels: {app: api}}\n"
    "    spec: {containers: [{name: main, image: example/api}]}\n";
const std::string kHpa =
    "---\n"
    "apiVersion: autoscaling/v2\n"
    "kind: HorizontalPodAutoscaler\n"
    "metadata: {name: scaler}\n"
    "spec:\n"
    "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}\n"
    "  maxReplicas: 5\n"
    "  metrics: [{type: External, external: {metric: {name: queued}, target: {type: Value, value: "
    "3}}}]\n";
const std::string kKnativeService =
    "apiVersion: serving.knative.dev/v1\n"
    "kind: Service\n"
    "metadata: {name: api}\n"
    "spec:\n"
    "  template:\n"
    "    metadata:\n"
    "      annotations:\n"
    "        autoscaling.knative.dev/target: \"10\"\n"
    "        serving.knative.dev/progress-deadline: 20s\n"
    "        example.com/team: vision\n"
    "    spec:\n"
    "      containerConcurrency: 4\n"
    "      containers: [{name: main, image: example/api}]\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: ConfigMap\n"
    "metadata: {name: config-autoscaler, namespace: knative-serving}\n"
    "data: {stable-window: 30s, _example: all of it}\n";

struct Governed {
  Governance of_api;
  std::vector<std::string> notices;
};

// Of the first workload, the function "api".
Governed govern(const std::string& manifests) {
  const std::string path = testing::TempDir() + "governance_test.yaml";
  std::ofstream(path, std::ios::binary) << manifests;
  Diagnostics problems;
  Scenario scenario;
  scenario.manifests = read_manifests({path}, {"scenario.yaml", 1, 1}, problems);
  scenario.functions.resize(1);
  scenario.functions[0].name = "api";
  Governed result{govern(scenario, {}, problems).at(0), {}};
  problems.throw_if_any();
  result.notices = problems.notices();
  return result;
}

std::map<std::string, std::string> settings_of(const Governed& governed) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, entry] : governed.of_api.spec.params.entries()) texts[key] = entry.value;
  return texts;
}

TEST(Governance, KnativeServiceGoesToConcurrencyWithItsOwnAndTheClustersSettings) {
  const Governed governed = govern(kKnativeService);
  EXPECT_EQ(governed.of_api.policy, "concurrency");
  EXPECT_EQ(settings_of(governed),
            (std::map<std::string, std::string>{{"target", "10"},
                                                {"progress-deadline", "20s"},
                                                {"container-concurrency", "4"},
                                                {"config.stable-window", "30s"}}));
}

TEST(Governance, DeploymentThatAnAutoscalerNamesGoesToHpa) {
  const Governed governed = govern(kDeployment + kHpa);
  EXPECT_EQ(governed.of_api.policy, "hpa");
  EXPECT_EQ(governed.notices, std::vector<std::string>{});
  EXPECT_EQ(settings_of(governed),
            (std::map<std::string, std::string>{{"maxReplicas", "5"},
                                                {"metrics.0.type", "External"},
                                                {"metrics.0.external.metric.name", "queued"},
                                                {"metrics.0.external.target.type", "Value"},
                                                {"metrics.0.external.target.value", "3"}}));
}

TEST(Governance, AnyOtherDeploymentIsLeftAlone) {
  EXPECT_EQ(govern(kDeployment).of_api.policy, "");
}

TEST(Governance, AutoscalerOfWhatIsNoFunctionIsANotice) {
  std::string other = kHpa;
  other.replace(other.find("name: api"), 9, "name: web");
  const Governed governed = govern(kDeployment + other);
  EXPECT_EQ(governed.of_api.policy, "");
  EXPECT_EQ(governed.notices,
            std::vector<std::string>{"HorizontalPodAutoscaler scaler scales Deployment web, which "
                                     "is no function, and is not used"});
}

}  // namespace governance_test
}  // namespace thaw
