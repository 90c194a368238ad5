// Functions of OpenFaaS: how they are written, what Profiles and runtime classes make of them, who
// scales them.
#include "engine/scenario/openfaas.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "engine/scenario/governance.hpp"
#include "engine/scenario/manifest_reader.hpp"
#include "engine/scenario/runtime_classes.hpp"

namespace thaw {
namespace openfaas_test {

constexpr Version kClassic{0, 26, 9}, kCommunity{0, 27, 0};

const std::string kStack =
    "provider: {name: openfaas, gateway: \"http://127.0.0.1:8080\"}\n"
    "functions:\n"
    "  classify:\n"
    "    image: example/classify:1\n"
    "    annotations: {com.openfaas.profile: \"kata, gpu\"}\n"
    "    labels:\n"
    "      com.openfaas.scale.min: 12\n"
    "      com.openfaas.scale.factor: 40\n"
    "      team: vision\n"
    "    constraints: [zone=a]\n"
    "    environment: {exec_timeout: 5s, debug: true}\n"
    "    limits: {cpu: 20m}\n"
    "    requests: {cpu: 10m}\n";
const std::string kProfiles =
    "---\n"
    "apiVersion: openfaas.com/v1\n"
    "kind: Profile\n"
    "metadata: {name: kata, namespace: openfaas}\n"
    "spec: {runtimeClassName: kata-fc}\n"
    "---\n"
    "apiVersion: openfaas.com/v1\n"
    "kind: Profile\n"
    "metadata: {name: gpu, namespace: openfaas}\n"
    "spec:\n"
    "  tolerations: [{key: gpu, operator: Exists}]\n"
    "  resources: {requests: {cpu: 2, memory: 1Gi}}\n";
const std::string kRuntimeClass =
    "---\n"
    "apiVersion: node.k8s.io/v1\n"
    "kind: RuntimeClass\n"
    "metadata: {name: kata-fc}\n"
    "handler: kata-fc\n"
    "overhead: {podFixed: {cpu: 250m, memory: 130Mi}}\n"
    "scheduling:\n"
    "  nodeSelector: {kata: \"true\"}\n"
    "  tolerations: [{key: kata, operator: Exists}]\n";

struct Read {
  Manifests manifests;
  std::vector<std::string> notices, errors;
};

// As load() does it, Profiles before runtime classes.
Read read(const std::string& text, Version openfaas = kClassic) {
  const std::string path = testing::TempDir() + "openfaas_test.yaml";
  std::ofstream(path, std::ios::binary) << text;
  Diagnostics diagnostics;
  Read result{read_manifests({path}, {"scenario.yaml", 1, 1}, diagnostics), {}, {}};
  Versions versions;
  versions.openfaas = openfaas;
  apply_profiles(result.manifests, versions, diagnostics);
  apply_runtime_classes(result.manifests, diagnostics);
  result.notices = diagnostics.notices();
  try {
    diagnostics.throw_if_any();
  } catch (const InputError& error) {
    for (const Diagnostic& problem : error.problems()) result.errors.push_back(problem.message);
  }
  return result;
}

Workload function_of(const std::string& text, Version openfaas = kClassic) {
  const Read result = read(text, openfaas);
  EXPECT_EQ(result.errors, std::vector<std::string>{});
  EXPECT_EQ(result.manifests.workloads.size(), 1U);
  return result.manifests.workloads.at(0);
}

Scenario scenario_of(const Read& result, Version openfaas) {
  Scenario scenario;
  scenario.manifests = result.manifests;
  scenario.versions.openfaas = openfaas;
  FunctionSpec function;
  function.name = result.manifests.workloads.at(0).name;
  scenario.functions = {function};
  return scenario;
}

TEST(OpenFaas, StackFileIsReadWithItsBareNumbers) {
  const Workload f = function_of(kStack + kProfiles);
  EXPECT_EQ(f.kind, Workload::Kind::openfaas_function);
  EXPECT_EQ(f.name, "classify");
  EXPECT_EQ(f.place.line, 3);
  EXPECT_EQ(f.ns, "openfaas-fn") << "where OpenFaaS puts functions unless told otherwise";
  EXPECT_EQ(f.images, std::vector<std::string>{"example/classify:1"});
  EXPECT_EQ(f.scale_labels.find("min")->value, "12");
  EXPECT_EQ(f.scale_labels.find("factor")->place.line, 8);
  EXPECT_FALSE(f.scale_labels.has("team"));
  EXPECT_EQ(f.labels.at("team"), "vision");
  EXPECT_EQ(f.labels.at("faas_function"), "classify") << "faas-netes selects pods by it";
  EXPECT_EQ(f.node_selector, (std::map<std::string, std::string>{{"zone", "a"}}));
  EXPECT_EQ(f.container_ports, std::vector<int>{8080}) << "the watchdog's port";
  ASSERT_EQ(f.env.size(), 2U);
  EXPECT_EQ(f.env[0].name, "debug");
  EXPECT_EQ(f.env[0].value, "true");
}

TEST(OpenFaas, FunctionStartsWithItsMinimum) {
  EXPECT_EQ(function_of(kStack + kProfiles).replicas, Replicas(12));
  const std::string head = "provider: {name: openfaas}\nfunctions:\n  f:\n    image: f\n";
  EXPECT_EQ(function_of(head).replicas, Replicas(1)) << "faas-netes: initialReplicasCount";
  EXPECT_EQ(function_of(head + "    labels: {com.openfaas.scale.min: 0}\n").replicas, Replicas(1))
      << "faas-netes takes no minimum below one";
}

TEST(OpenFaas, FunctionObjectIsTheSameFunction) {
  const Workload f = function_of(
      "apiVersion: openfaas.com/v1\n"
      "kind: Function\n"
      "metadata: {name: classify, namespace: openfaas-fn}\n"
      "spec:\n"
      "  name: classify\n"
      "  image: example/classify:1\n"
      "  labels: {com.openfaas.scale.min: \"12\"}\n"
      "  constraints: [\"zone=a\"]\n"
      "  environment: {exec_timeout: 5s}\n"
      "  requests: {cpu: 10m, memory: 20Mi}\n");
  EXPECT_EQ(f.kind, Workload::Kind::openfaas_function);
  EXPECT_EQ(f.name, "classify");
  EXPECT_EQ(f.ns, "openfaas-fn");
  EXPECT_EQ(f.replicas, Replicas(12));
  EXPECT_EQ(f.node_selector.at("zone"), "a");
  EXPECT_EQ(f.env.at(0).value, "5s");
  EXPECT_EQ(f.requests.cpu, Millicores(10));
  EXPECT_EQ(f.requests.memory, Bytes(20LL << 20));
}

// --- Profiles ---

TEST(OpenFaas, ProfilesAreComposedAndTheFunctionsOwnRequestsWin) {
  const Workload f = function_of(kStack + kProfiles);
  EXPECT_TRUE(f.refused.empty());
  EXPECT_EQ(f.runtime_class, "kata-fc");
  ASSERT_EQ(f.tolerations.size(), 1U);
  EXPECT_EQ(f.tolerations[0].key, "gpu");
  EXPECT_EQ(f.requests.cpu, Millicores(10)) << "not the Profile's two CPUs";
  EXPECT_EQ(f.requests.memory, Bytes(1LL << 30)) << "the Profile's, where the function has none";
}

TEST(OpenFaas, FunctionWhoseProfileIsNotThereIsNotDeployed) {
  const Read result = read(kStack +
                           "---\n"
                           "apiVersion: openfaas.com/v1\n"
                           "kind: Profile\n"
                           "metadata: {name: gvisor, namespace: openfaas}\n"
                           "spec: {runtimeClassName: kata-fc}\n");
  const Workload& f = result.manifests.workloads.at(0);
  EXPECT_EQ(f.refused, "there is no Profile kata in namespace openfaas, only gvisor");
  EXPECT_EQ(f.replicas, Replicas(0));
  EXPECT_EQ(result.notices,
            std::vector<std::string>{"OpenFaaS does not deploy classify: " + f.refused});
  Diagnostics problems;
  const Scenario scenario = scenario_of(result, kClassic);
  EXPECT_EQ(govern(scenario, {}, problems).at(0).policy, "") << "there is nothing to scale";
  const PolicyChoice fixed = PolicyChoice::parse("fixed:replicas=3", problems);
  EXPECT_EQ(govern(scenario, {fixed}, problems).at(0).policy, "") << "by nobody";
}

TEST(OpenFaas, ProfileOfAnotherNamespaceDoesNotCount) {
  const Read result = read(kStack +
                           "---\n"
                           "apiVersion: openfaas.com/v1\n"
                           "kind: Profile\n"
                           "metadata: {name: kata}\n"
                           "spec: {runtimeClassName: kata-fc}\n");
  EXPECT_EQ(result.manifests.workloads.at(0).refused,
            "there is no Profile kata in namespace openfaas (the one in default does not count)");
}

TEST(OpenFaas, CommunityEditionKnowsNoProfiles) {
  const Read result = read(kStack, kCommunity);
  const Workload& f = result.manifests.workloads.at(0);
  EXPECT_TRUE(f.refused.empty());
  EXPECT_EQ(f.runtime_class, "");
  ASSERT_EQ(result.notices.size(), 1U);
  EXPECT_NE(result.notices[0].find("does not apply Profiles"), std::string::npos);
}

// --- runtime classes ---

TEST(RuntimeClasses, AddOverheadSelectorAndTolerations) {
  const Workload f = function_of(kStack + kProfiles + kRuntimeClass);
  EXPECT_EQ(f.requests.cpu, Millicores(10 + 250));
  EXPECT_EQ(f.requests.memory, Bytes((1LL << 30) + (130LL << 20)));
  EXPECT_EQ(f.node_selector, (std::map<std::string, std::string>{{"kata", "true"}, {"zone", "a"}}));
  ASSERT_EQ(f.tolerations.size(), 2U);
  EXPECT_EQ(f.tolerations[1].key, "kata");
}

std::string deployment(const std::string& selector) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n"
         "  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n"
         "    spec: {runtimeClassName: kata-fc, nodeSelector: " +
         selector + ", containers: [{name: a, image: a}]}\n";
}

TEST(RuntimeClasses, ApplyToEveryPod) {
  EXPECT_EQ(function_of(deployment("{}") + kRuntimeClass).requests.cpu, Millicores(250));
}

TEST(RuntimeClasses, ContradictionOfSelectorsIsAnError) {
  EXPECT_EQ(read(deployment("{kata: \"false\"}") + kRuntimeClass).errors,
            std::vector<std::string>{"wants nodes with kata=false, its runtime class kata-fc those "
                                     "with kata=true"});
}

TEST(RuntimeClasses, OneThatIsNotThereCostsNothingAndIsTold) {
  const Read result = read(deployment("{}"));
  EXPECT_EQ(result.manifests.workloads.at(0).requests.cpu, Millicores(0));
  ASSERT_EQ(result.notices.size(), 1U);
  EXPECT_NE(result.notices[0].find("there is no RuntimeClass kata-fc"), std::string::npos);
}

// --- who scales ---

TEST(OpenFaas, AlertsScaleByTheLabelsInTheEditionOfTheVersion) {
  for (const auto& [version, edition] : {std::pair{kClassic, "classic"}, {kCommunity, "ce"}}) {
    Diagnostics problems;
    const Scenario scenario = scenario_of(read(kStack + kProfiles, version), version);
    const Governance one = govern(scenario, {}, problems).at(0);
    EXPECT_EQ(one.policy, "alert_factor");
    EXPECT_EQ(one.spec.params.find("edition")->value, edition);
    EXPECT_EQ(one.spec.params.find("min")->value, "12");
    EXPECT_EQ(one.spec.params.find("factor")->value, "40");
  }
}

TEST(OpenFaas, AnAutoscalerOfItsDeploymentTakesItsPlace) {
  Diagnostics problems;
  Scenario scenario = scenario_of(read(kStack + kProfiles), kClassic);
  HpaObject hpa;
  hpa.name = "h";
  hpa.ns = "openfaas-fn";
  hpa.target_kind = "Deployment";
  hpa.target_name = "classify";
  scenario.manifests.hpas = {hpa};
  EXPECT_EQ(govern(scenario, {}, problems).at(0).policy, "hpa");
  ASSERT_EQ(problems.notices().size(), 1U) << "two scale it, which is told";
}

TEST(OpenFaas, GatewayIsToldByItsImage) {
  const auto is_gateway = [](const std::string& image) {
    Workload workload;
    workload.images = {image};
    return is_openfaas_gateway(workload);
  };
  EXPECT_TRUE(is_gateway("openfaas/gateway"));
  EXPECT_TRUE(is_gateway("ghcr.io/openfaas/gateway:0.25.5"));
  EXPECT_TRUE(is_gateway("localhost:5000/openfaas/gateway@sha256:0123"));
  EXPECT_FALSE(is_gateway("example.org/api/gateway:1"));
  EXPECT_FALSE(is_gateway("openfaas/faas-netes:0.15"));
}

}  // namespace openfaas_test
}  // namespace thaw
