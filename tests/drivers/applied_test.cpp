// What is put on a cluster for a scenario, as JSON. The five documents' scenarios are the input;
// what is expected follows from their manifests and from what Knative's, OpenFaaS's and the chart's
// own controllers would make of them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "drivers/applied/owner.hpp"
#include "drivers/applied/plan.hpp"
#include "drivers/applied/realised.hpp"
#include "drivers/applied/standing.hpp"
#include "engine/scenario/load.hpp"
#include "tests/scenario/scratch.hpp"

namespace thaw::applied {
namespace applied_test {

using kubernetes::Json;

void add(Served& served, const std::string& api_version,
         const std::vector<std::pair<std::string, std::string>>& kinds, bool namespaced = true) {
  Json list{{"groupVersion", api_version}, {"resources", Json::array()}};
  for (const auto& [kind, plural] : kinds) {
    list["resources"].push_back({{"kind", kind},
                                 {"name", plural},
                                 {"namespaced", namespaced},
                                 {"verbs", {"create", "get", "list"}}});
    list["resources"].push_back({{"kind", kind},
                                 {"name", plural + "/status"},
                                 {"namespaced", namespaced},
                                 {"verbs", {"get"}}});
  }
  served.add(list);
}

// What Kubernetes serves without anything else.
Served plain_cluster() {
  Served served;
  add(served, "v1",
      {{"Service", "services"},
       {"ConfigMap", "configmaps"},
       {"ServiceAccount", "serviceaccounts"},
       {"PersistentVolumeClaim", "persistentvolumeclaims"},
       {"Pod", "pods"}});
  add(served, "v1", {{"Namespace", "namespaces"}, {"Node", "nodes"}}, false);
  add(served, "apps/v1", {{"Deployment", "deployments"}, {"StatefulSet", "statefulsets"}});
  add(served, "autoscaling/v2", {{"HorizontalPodAutoscaler", "horizontalpodautoscalers"}});
  add(served, "networking.k8s.io/v1", {{"Ingress", "ingresses"}});
  add(served, "rbac.authorization.k8s.io/v1", {{"Role", "roles"}, {"RoleBinding", "rolebindings"}});
  add(served, "node.k8s.io/v1", {{"RuntimeClass", "runtimeclasses"}}, false);
  return served;
}

Plan plan_of(const std::string& path, PlanSettings settings = {},
             const Served& served = plain_cluster()) {
  settings.run = "r1";
  return plan(load_scenario(path), objects_of_scenario(path), served, settings);
}

Json object_in(const Plan& plan, const std::string& kind, const std::string& name) {
  for (const Planned& one : plan.objects)
    if (one.resource.kind == kind && one.name == name) return Json::parse(one.json);
  return {};
}

std::vector<std::string> titles(const Plan& plan) {
  std::vector<std::string> all;
  for (const Planned& one : plan.objects) all.push_back(one.resource.kind + " " + one.name);
  return all;
}

TEST(Realised, AKnativeServiceKeepsItsOwnPodTemplate) {
  const Plan plan = plan_of("scenarios/knative-dapr-gke");
  const Json made = object_in(plan, "Deployment", "inference-service");
  EXPECT_EQ(made["apiVersion"], "apps/v1");
  EXPECT_EQ(made["metadata"]["namespace"], "ollama");
  EXPECT_EQ(made["spec"]["replicas"], 1);
  EXPECT_EQ(made["spec"]["selector"],
            Json::parse(R"({"matchLabels":{"app":"inference-service"}})"));
  EXPECT_EQ(made["spec"]["template"]["metadata"], Json::parse(R"({
    "labels": {"app": "inference-service", "app.kubernetes.io/managed-by": "thaw",
               "thaw.dev/run": "r1", "thaw.dev/function": "inference-service"},
    "annotations": {"autoscaling.knative.dev/target": "2",
                    "autoscaling.knative.dev/minScale": "1",
                    "autoscaling.knative.dev/maxScale": "5", "dapr.io/enabled": "true",
                    "dapr.io/app-id": "inference", "dapr.io/app-port": "8080"}})"));
  EXPECT_EQ(made["spec"]["template"]["spec"], Json::parse(R"({
    "nodeSelector": {"cloud.google.com/gke-gpu-partition-size": "1g.5gb"},
    "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
    "terminationGracePeriodSeconds": 300,
    "containers": [{
      "name": "inference", "image": "registry.example/inference:1.0",
      "ports": [{"containerPort": 8080}],
      "env": [{"name": "GPU_ENABLED", "value": "true"},
              {"name": "OLLAMA_HOST", "value": "http://localhost:11434"},
              {"name": "K_CONFIGURATION", "value": "inference-service"},
              {"name": "K_REVISION", "value": "inference-service-00001"},
              {"name": "K_SERVICE", "value": "inference-service"},
              {"name": "PORT", "value": "8080"}],
      "readinessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 1, "failureThreshold": 3},
      "resources": {"requests": {"cpu": "500m", "memory": "4Gi"}, "limits": {"nvidia.com/gpu": 1}},
      "securityContext": {"runAsNonRoot": true, "allowPrivilegeEscalation": false,
                          "capabilities": {"drop": ["ALL"]}}}]})"));
  EXPECT_EQ(object_in(plan, "Service", "inference-service")["spec"],
            Json::parse(R"({"selector": {"app": "inference-service"},
                            "ports": [{"name": "http", "port": 80, "targetPort": 8080}]})"));
}

TEST(Realised, KnativesOwnFieldsAreNoneOfAPods) {
  Workload workload;
  workload.kind = Workload::Kind::knative_service;
  workload.name = "f";
  const Json pod = deployment_of(workload, {}, R"({"spec": {"containerConcurrency": 1,
      "timeoutSeconds": 60, "responseStartTimeoutSeconds": 5, "idleTimeoutSeconds": 9,
      "containers": [{"image": "a", "livenessProbe": {"httpGet": {"path": "/"}}},
                     {"image": "b"}]}})")["spec"]["template"]["spec"];
  for (const char* own : {"containerConcurrency", "timeoutSeconds", "responseStartTimeoutSeconds",
                          "idleTimeoutSeconds"})
    EXPECT_FALSE(pod.contains(own)) << own;
  EXPECT_EQ(pod["containers"][0]["name"], "user-container");
  EXPECT_EQ(pod["containers"][1]["name"], "user-container-1");
  EXPECT_EQ(pod["containers"][0]["ports"], Json::parse(R"([{"containerPort": 8080}])"));
  EXPECT_EQ(pod["containers"][0]["livenessProbe"]["httpGet"]["port"], 8080);
}

// Knative: a revision begins with its initial scale (1 unless the annotation or the cluster says
// otherwise), and with its minimum if that is more.
TEST(Realised, AKnativeServiceBeginsWithItsInitialScaleOrItsMinimum) {
  const auto begins = [](const std::map<std::string, std::string>& annotations,
                         const std::map<std::string, std::string>& cluster = {}) {
    Workload workload;
    workload.kind = Workload::Kind::knative_service;
    for (const auto& [key, value] : annotations)
      workload.annotations["autoscaling.knative.dev/" + key] = {value, {}};
    Manifests manifests;
    manifests.config_maps.emplace_back();
    for (const auto& [key, value] : cluster) manifests.config_maps[0].data[key] = {value, {}};
    return begins_with(workload, manifests).count;
  };
  EXPECT_EQ(begins({}), 1);
  EXPECT_EQ(begins({{"initial-scale", "3"}}), 3);
  EXPECT_EQ(begins({{"initialScale", "3"}, {"minScale", "2"}}), 3);
  EXPECT_EQ(begins({{"min-scale", "4"}}), 4);
  EXPECT_EQ(begins({{"initial-scale", "0"}}), 0);
  EXPECT_EQ(begins({}, {{"initial-scale", "2"}}), 2);
  EXPECT_EQ(begins({{"initial-scale", "1"}}, {{"initial-scale", "2"}, {"min-scale", "0"}}), 1);
}

TEST(Realised, AFunctionOfOpenFaasHasItsProfileAndItsMinimum) {
  const Plan plan = plan_of("scenarios/vaccel-openfaas");
  const Json made = object_in(plan, "Deployment", "fclassify");
  EXPECT_EQ(made["metadata"]["namespace"], "openfaas-fn");
  EXPECT_EQ(made["spec"]["replicas"], 12);
  EXPECT_EQ(made["spec"]["selector"]["matchLabels"]["faas_function"], "fclassify");
  const Json& pods = made["spec"]["template"];
  EXPECT_EQ(pods["metadata"]["labels"]["faas_function"], "fclassify");
  EXPECT_EQ(pods["metadata"]["annotations"]["com.openfaas.profile"], "kata");
  EXPECT_EQ(pods["spec"]["runtimeClassName"], "kata-fc");
  // The class's overhead, 250m and 130Mi, is added by the API server.
  EXPECT_EQ(pods["spec"]["containers"][0]["resources"],
            Json::parse(R"({"requests": {"cpu": "10m"}})"));
  EXPECT_EQ(pods["spec"]["containers"][0]["image"], "nubificus/fclassify");
  EXPECT_EQ(object_in(plan, "RuntimeClass", "kata-fc")["overhead"]["podFixed"]["cpu"], "250m");
}

TEST(Realised, AChartBecomesWhatHelmWouldInstall) {
  const Plan plan = plan_of("scenarios/suse-hpa");
  const Json made = object_in(plan, "Deployment", "ollama");
  const Json& pod = made["spec"]["template"]["spec"];
  EXPECT_EQ(made["spec"]["selector"]["matchLabels"]["app.kubernetes.io/instance"], "ollama");
  EXPECT_EQ(pod["runtimeClassName"], "nvidia");
  EXPECT_EQ(pod["containers"][0]["resources"]["limits"], Json::parse(R"({"nvidia.com/gpu": "1"})"));
  EXPECT_EQ(pod["containers"][0]["ports"],
            Json::parse(R"([{"containerPort": 11434, "name": "http"}])"));
  EXPECT_EQ(pod["tolerations"], Json::parse(R"([{"key": "nvidia.com/gpu", "operator": "Exists",
                                                 "effect": "NoSchedule"}])"));
  EXPECT_EQ(pod["affinity"]["podAntiAffinity"], Json::parse(R"({
    "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": {
      "topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchExpressions": [
        {"key": "app.kubernetes.io/name", "operator": "In", "values": ["ollama"]}]}}}]})"));
  EXPECT_EQ(pod["volumes"], Json::parse(R"([{"name": "models",
                                  "persistentVolumeClaim": {"claimName": "ollama"}}])"));
  const Json mount = pod["containers"][0]["volumeMounts"][0];
  EXPECT_EQ(mount["name"], "models");
  EXPECT_TRUE(std::string(mount["mountPath"]).ends_with("/.ollama"));
  EXPECT_NE(pod["containers"][0]["lifecycle"].dump().find("ollama pull 'gemma:2b'"),
            std::string::npos);
  EXPECT_EQ(object_in(plan, "PersistentVolumeClaim", "ollama")["spec"]["accessModes"],
            Json::parse(R"(["ReadWriteMany"])"));
  EXPECT_EQ(object_in(plan, "Service", "ollama")["spec"]["ports"],
            Json::parse(R"([{"name": "http", "port": 11434, "targetPort": "http"}])"));
  ASSERT_EQ(plan.functions.size(), 1u);
  EXPECT_EQ(plan.functions[0].kind, "Deployment");
  EXPECT_TRUE(plan.functions[0].realised);
  EXPECT_EQ(plan.functions[0].service, "ollama");
  EXPECT_EQ(plan.functions[0].port, 11434);
  EXPECT_EQ(plan.functions[0].container_port, 11434);
}

TEST(Plan, LeavesAnAutoscalerOutOfAFunctionThatThawDrives) {
  const auto hpa = [](bool driven) {
    return object_in(
        plan_of("scenarios/suse-hpa", {.driven = [=](const FunctionSpec&) { return driven; }}),
        "HorizontalPodAutoscaler", "ollama-hpa");
  };
  EXPECT_TRUE(hpa(true).is_null());
  EXPECT_EQ(hpa(false)["spec"]["maxReplicas"], 3);
}

TEST(Plan, LeavesOutWhatThawTakesThePlaceOf) {
  const Plan driven = plan_of("scenarios/slimfaas-kapsule");
  EXPECT_EQ(titles(driven), (std::vector<std::string>{"Namespace slimfaas-demo", "Service ollama",
                                                      "Deployment ollama"}));
  EXPECT_EQ(driven.notices,
            (std::vector<std::string>{
                "Ingress slimfaas is not applied: its Service slimfaas is left out",
                "ServiceAccount slimfaas is not applied: thaw takes the place of SlimFaas",
                "Role slimfaas is not applied: thaw takes the place of SlimFaas",
                "RoleBinding slimfaas is not applied: thaw takes the place of SlimFaas",
                "StatefulSet slimfaas is not applied: thaw takes the place of SlimFaas",
                "Service slimfaas is not applied: thaw takes the place of SlimFaas"}));
  EXPECT_EQ(driven.functions[0].service, "ollama");
  EXPECT_EQ(driven.functions[0].port, 5000);
  EXPECT_EQ(driven.functions[0].container_port, 11434);
  EXPECT_FALSE(driven.functions[0].realised);

  // With SlimFaas as the autoscaler all of it is there, each after what it needs.
  PlanSettings nobody{.driven = [](const FunctionSpec&) { return false; }};
  EXPECT_EQ(titles(plan_of("scenarios/slimfaas-kapsule", nobody)),
            (std::vector<std::string>{"Namespace slimfaas-demo", "ServiceAccount slimfaas",
                                      "Role slimfaas", "RoleBinding slimfaas", "Service ollama",
                                      "Service slimfaas", "Deployment ollama",
                                      "StatefulSet slimfaas", "Ingress slimfaas"}));
  nobody.ingresses = false;
  const Plan without = plan_of("scenarios/slimfaas-kapsule", nobody);
  EXPECT_EQ(without.notices,
            (std::vector<std::string>{"Ingress slimfaas is not applied: the cluster has no "
                                      "IngressClass, so that nobody would play it"}));
}

TEST(Plan, LeavesOutWhatIsThereAlreadyWithTheGateway) {
  PlanSettings nobody{.driven = [](const FunctionSpec&) { return false; }};
  nobody.gateway_is_there = true;
  const Plan plan = plan_of("scenarios/slimfaas-kapsule", nobody);
  EXPECT_EQ(titles(plan), (std::vector<std::string>{"Namespace slimfaas-demo", "Service ollama",
                                                    "Deployment ollama"}));
  EXPECT_TRUE(std::ranges::any_of(plan.notices, [](const std::string& notice) {
    return notice == "StatefulSet slimfaas is not applied: it is there already, with --gateway";
  }));
}

TEST(Plan, TellsWhatTheClusterDoesNotServe) {
  const Plan plan = plan_of("scenarios/knative-dapr-gke");
  const std::set<std::string> notices(plan.notices.begin(), plan.notices.end());
  for (const std::string kind_and_name :
       {"VirtualService ollama", "PeerAuthentication default", "Component statestore"}) {
    EXPECT_TRUE(std::ranges::any_of(notices, [&](const std::string& notice) {
      return notice.starts_with(kind_and_name + " is not applied: the cluster does not serve");
    })) << kind_and_name;
  }
  EXPECT_TRUE(notices.contains(
      "the Service inference-service is realised as a Deployment and a Service of Kubernetes: the "
      "cluster does not serve serving.knative.dev/v1"));
}

TEST(Plan, AppliesAKnativeServiceAsItIsWhereItIsServed) {
  Served served = plain_cluster();
  add(served, "serving.knative.dev/v1", {{"Service", "services"}});
  const Plan plan = plan_of("scenarios/knative-dapr-gke", {}, served);
  EXPECT_TRUE(object_in(plan, "Deployment", "inference-service").is_null());
  const Json made = object_in(plan, "Service", "inference-service");
  EXPECT_EQ(made["apiVersion"], "serving.knative.dev/v1");
  EXPECT_EQ(made["spec"]["template"]["metadata"]["labels"][kFunctionLabel], "inference-service");
  for (const FunctionOn& on : plan.functions) {
    EXPECT_EQ(on.kind, "Service");
    EXPECT_FALSE(on.realised);
    EXPECT_EQ(on.service, "");
  }
}

TEST(Plan, MakesAServiceForAFunctionThatNoneLeadsTo) {
  const Plan plan = plan_of("scenarios/fedless-vgpu");
  EXPECT_EQ(object_in(plan, "Service", "gpu-client-1")["spec"],
            Json::parse(R"({"selector": {"faas_function": "gpu-client-1"},
                            "ports": [{"name": "http", "port": 80, "targetPort": 8080}]})"));
  const Json pods = object_in(plan, "Deployment", "gpu-client-1")["spec"]["template"];
  EXPECT_EQ(pods["spec"]["containers"][0]["ports"], Json::parse(R"([{"containerPort": 8080}])"));
  EXPECT_EQ(pods["spec"]["containers"][0]["resources"]["limits"]["nvidia.com/gpucores"], 18);
  EXPECT_EQ(plan.notices.front(),
            "no Service leads to gpu-client-1: one of its name is made, from port 80 to 8080");
  EXPECT_EQ(plan.namespaces, std::vector<std::string>{"openfaas-fn"});
}

TEST(Plan, AddsTheCallersAnnotationsToEachTemplate) {
  PlanSettings settings;
  settings.annotations = [](const Workload& workload) {
    return std::map<std::string, std::string>{{"fake/serves", workload.name}};
  };
  const Plan plan = plan_of("scenarios/knative-dapr-gke", settings);
  for (const auto& [kind, name] :
       {std::pair("Deployment", "inference-service"), std::pair("Deployment", "redis"),
        std::pair("StatefulSet", "postgresql")}) {
    const Json pods = object_in(plan, kind, name)["spec"]["template"]["metadata"];
    EXPECT_EQ(pods["annotations"]["fake/serves"], name);
    EXPECT_EQ(pods["labels"][kRunLabel], "r1");
    EXPECT_EQ(pods["labels"].contains(kFunctionLabel), std::string(name) == "inference-service");
  }
}

TEST(Plan, ClaimsOfAStatefulSetGoWithIt) {
  Scratch scratch;
  scratch.write("manifests/set.yaml",
                "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec:\n"
                "  selector: {matchLabels: {app: s}}\n  template:\n"
                "    metadata: {labels: {app: s}}\n"
                "    spec: {containers: [{name: s, image: s}]}\n"
                "  volumeClaimTemplates: [{metadata: {name: v}, spec: {accessModes: "
                "[ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]\n");
  scratch.write("scenario.yaml", kSmall);
  const Plan plan = plan_of(scratch.folder());
  EXPECT_EQ(object_in(plan, "StatefulSet", "s")["spec"]["persistentVolumeClaimRetentionPolicy"],
            Json::parse(R"({"whenDeleted": "Delete"})"));
}

TEST(Plan, RefusesFunctionsThatNoManifestDeploysAlone) {
  try {
    plan_of("scenarios/keep-alive");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(error.problems()[0].message.find("no manifest deploys this function"),
              std::string::npos);
    EXPECT_GT(error.problems()[0].place.line, 0);
  }
}

TEST(Standing, SaysWhoseAnObjectIs) {
  const auto told = [](const char* metadata) {
    const std::string text = whose(Json{{"metadata", Json::parse(metadata)}});
    return text.substr(0, text.find(';'));
  };
  EXPECT_EQ(told(R"({"labels": {"app.kubernetes.io/managed-by": "thaw", "thaw.dev/run": "r7"}})"),
            "made by run r7 of thaw");
  EXPECT_EQ(told(R"({"ownerReferences": [{"kind": "Application", "name": "a"}]})"),
            "of Application a");
  EXPECT_EQ(told(R"({"labels": {"app.kubernetes.io/managed-by": "Helm"},
                     "annotations": {"meta.helm.sh/release-name": "web"}})"),
            "of the Helm release web");
  EXPECT_EQ(told(R"({"managedFields": [{"manager": "controllers", "subresource": "status"},
                                       {"manager": "kubectl-create"}]})"),
            "written by kubectl-create");
  EXPECT_EQ(told("{}"), "not of this run");
}

TEST(Standing, WhatIsTheClustersIsSharedWhereItSaysTheSame) {
  const auto class_of = [](const char* handler, const char* cpu) {
    return Json{{"kind", "RuntimeClass"},
                {"metadata", {{"name", "n"}}},
                {"handler", handler},
                {"overhead", {{"podFixed", {{"cpu", cpu}}}}}};
  };
  Json there = class_of("nvidia", "1");
  there["scheduling"] = Json::object();
  EXPECT_TRUE(says_the_same(class_of("nvidia", "1"), there));
  EXPECT_FALSE(says_the_same(class_of("nvidia", "2"), there));
  EXPECT_FALSE(says_the_same(class_of("runc", "1"), there));
}

TEST(Owner, RemembersWhatItOwns) {
  const OwnerNotes notes{"s", "2026-01-05T00:00:00.000000Z", "host", {"/api/v1/namespaces/x/pods"}};
  const Json map = owner_map("r1", "x", notes);
  const OwnerNotes again = notes_in(map);
  EXPECT_EQ(again.scenario, notes.scenario);
  EXPECT_EQ(again.since, notes.since);
  EXPECT_EQ(again.collections, notes.collections);
  EXPECT_EQ(run_of(map), "r1");
  Json owned{{"metadata", {{"ownerReferences", owned_by("r1", "u")}}}};
  EXPECT_TRUE(is_owned(owned, "r1"));
  EXPECT_FALSE(is_owned(owned, "r2"));
}

// A namespace holds its three ConfigMaps side by side.
TEST(RunNames, AreTheOwnersWithWhatTheyAre) {
  EXPECT_EQ(owner_name("r1"), "thaw-run-r1");
  EXPECT_EQ(lease_name("r1"), "thaw-run-r1");
  EXPECT_EQ(driver_name("r1"), "thaw-run-r1");
  EXPECT_EQ(state_name("r1"), "thaw-run-r1-state");
  EXPECT_EQ(calls_name("r1"), "thaw-run-r1-calls");
}

}  // namespace applied_test
}  // namespace thaw::applied
