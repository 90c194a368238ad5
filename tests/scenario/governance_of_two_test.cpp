// Where two ask to scale one workload, or nobody does.
#include <gtest/gtest.h>

#include <fstream>

#include "engine/scenario/governance.hpp"
#include "engine/scenario/manifest_reader.hpp"

namespace thaw {
namespace governance_of_two_test {

std::string container(const std::string& more = "") {
  return "{containers: [{name: a, image: a}]" + more + "}";
}

std::string deployment(const std::string& name, const std::string& annotations = "") {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name +
         "}\nspec:\n  selector: {matchLabels: {app: " + name +
         "}}\n  template: {metadata: {labels: {app: " + name + "}, annotations: {" + annotations +
         "}}, spec: " + container() + "}\n---\n";
}

std::string revision(const std::string& name, const std::string& annotations = "",
                     const std::string& more = "") {
  return "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: " + name +
         "}\nspec:\n  template: {metadata: {annotations: {" + annotations +
         "}}, spec: " + container(more) + "}\n---\n";
}

std::string hpa(const std::string& name, const std::string& target,
                const std::string& kind = "Deployment") {
  return "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: " + name +
         "}\nspec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: " + kind + ", name: " + target +
         "}\n  minReplicas: 2\n  maxReplicas: 7\n---\n";
}

// Every workload is a function of its own name.
struct Governed {
  explicit Governed(const std::string& manifests, const std::vector<PolicyChoice>& choices = {}) {
    const std::string path = testing::TempDir() + "governance_of_two_test.yaml";
    std::ofstream(path) << manifests;
    scenario.manifests = read_manifests({path}, {}, diagnostics);
    for (std::size_t w = 0; w < scenario.manifests.workloads.size(); ++w) {
      FunctionSpec& function = scenario.functions.emplace_back();
      function.name = scenario.manifests.workloads[w].name;
      function.workload = w;
    }
    all = govern(scenario, choices, diagnostics);
  }

  std::string error() const {
    try {
      diagnostics.throw_if_any();
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }
  // A setting of function 0; "-" where there is none.
  std::string setting(const std::string& key) const {
    const auto& entries = all.at(0).spec.params.entries();
    const auto found = entries.find(key);
    return found == entries.end() ? "-" : found->second.value;
  }

  Diagnostics diagnostics;
  Scenario scenario;
  std::vector<Governance> all;
};

TEST(GovernanceOfTwo, AnAutoscalerOfAnotherLeavesItAlone) {
  for (const std::string& other :
       {hpa("h", "g"), hpa("h", "f", "StatefulSet"),
        hpa("h", "f").replace(hpa("h", "f").find("{name: h"), 8, "{namespace: x, name: h")}) {
    const Governed f(deployment("f") + other);
    EXPECT_EQ(f.error(), "") << other;
    EXPECT_EQ(f.all.at(0).policy, "") << other;
  }
}

TEST(GovernanceOfTwo, OfAnAutoscalerAndSlimFaasTheLatterWins) {
  const Governed f(deployment("f", "SlimFaas/Function: 'true'") + hpa("h", "f"));
  EXPECT_EQ(f.all.at(0).policy, "idle_timeout");
  EXPECT_EQ(f.setting("minReplicas"), "-");
  EXPECT_EQ(f.diagnostics.notices(),
            std::vector<std::string>{"HorizontalPodAutoscaler h and SlimFaas both scale f; "
                                     "SlimFaas alone is simulated"});
}

TEST(GovernanceOfTwo, OfAnAutoscalerAndKnativeTheLatterWins) {
  const Governed f(revision("f") + hpa("h", "f", "Service"));
  EXPECT_EQ(f.all.at(0).policy, "concurrency");
  EXPECT_EQ(f.diagnostics.notices(),
            std::vector<std::string>{"HorizontalPodAutoscaler h and Knative both scale f; "
                                     "Knative alone is simulated"});
}

TEST(GovernanceOfTwo, TwoAutoscalersOfOneWorkloadAreAnError) {
  const Governed f(deployment("f") + hpa("first", "f") + hpa("second", "f"));
  EXPECT_NE(f.error().find("spec.scaleTargetRef: f is scaled by first already"), std::string::npos)
      << f.error();
}

TEST(GovernanceOfTwo, TheCommandLineOverridesSingleSettingsOfTheSamePolicy) {
  Diagnostics problems;
  const auto choice = [&](const std::string& text) {
    return std::vector<PolicyChoice>{PolicyChoice::parse(text, problems)};
  };
  const std::string manifests =
      revision("f", "autoscaling.knative.dev/target: '7', autoscaling.knative.dev/window: 30s");
  const Governed same(manifests, choice("concurrency:target=9"));
  EXPECT_EQ(same.setting("target"), "9");
  EXPECT_EQ(same.setting("window"), "30s");
  const Governed other(manifests, choice("fixed:replicas=2"));
  EXPECT_EQ(other.all.at(0).policy, "fixed");
  EXPECT_EQ(other.setting("replicas"), "2");
  EXPECT_EQ(other.setting("window"), "-");
}

}  // namespace governance_of_two_test
}  // namespace thaw
