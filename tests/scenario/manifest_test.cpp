#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "engine/scenario/manifest_reader.hpp"

namespace thaw {
namespace manifest_test {

const std::string kData = "tests/scenarios/manifests/";
const std::string kKapsule = "scenarios/slimfaas-kapsule/manifests/";
const Place kBlame{"scenario.yaml", 3, 12};

std::vector<std::string> errors_of(const Diagnostics& diagnostics) {
  std::vector<std::string> texts;
  try {
    diagnostics.throw_if_any();
  } catch (const InputError& error) {
    for (const Diagnostic& problem : error.problems()) texts.push_back(to_text(problem));
  }
  return texts;
}

std::string write(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + "manifest_test_" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

Manifests read_all(const std::vector<std::string>& files) {
  Diagnostics diagnostics;
  Manifests manifests = read_manifests(files, kBlame, diagnostics);
  EXPECT_EQ(errors_of(diagnostics), std::vector<std::string>{});
  return manifests;
}

Manifests read_text(const std::string& text) { return read_all({write("text.yaml", text)}); }

// A Deployment "a" whose pod has `pod` besides its containers, indented by nothing.
Workload deployment(const std::string& containers, const std::string& pod = "{}") {
  const Manifests manifests = read_text(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n"
      "  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n"
      "    spec: {<<: " +
      pod + ", " + containers + "}\n");
  EXPECT_EQ(manifests.workloads.size(), 1U);
  return manifests.workloads.empty() ? Workload{} : manifests.workloads.front();
}

// The lines "# MARK: TEXT" of a file.
std::vector<std::string> marked(const std::string& path, const std::string& mark) {
  std::vector<std::string> texts;
  std::ifstream stream(path);
  const std::string begin = "# " + mark + ": ";
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with(begin)) texts.push_back(line.substr(begin.size()));
  }
  return texts;
}

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(kData + folder)) {
    files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Manifest, EveryBadFileIsBlamedWhereItIsWrong) {
  const auto files = files_in("bad");
  ASSERT_GE(files.size(), 10U);
  for (const std::string& file : files) {
    Diagnostics diagnostics;
    read_manifests({file}, kBlame, diagnostics);
    std::vector<std::string> expected;
    for (const std::string& text : marked(file, "expect")) {
      const auto blank = text.find(' ');
      expected.push_back(file + ":" + text.substr(0, blank) + ":" + text.substr(blank));
    }
    EXPECT_FALSE(expected.empty()) << file;
    EXPECT_EQ(errors_of(diagnostics), expected) << file;
  }
}

TEST(Manifest, WhatIsNotModelledIsTold) {
  const auto files = files_in("notices");
  ASSERT_GE(files.size(), 3U);
  for (const std::string& file : files) {
    Diagnostics diagnostics;
    read_manifests({file}, kBlame, diagnostics);
    EXPECT_EQ(errors_of(diagnostics), std::vector<std::string>{}) << file;
    EXPECT_EQ(diagnostics.notices(), marked(file, "notice")) << file;
  }
}

TEST(Manifest, ReadsTheKapsuleFunction) {
  const Manifests manifests = read_all({kKapsule + "ollama.yaml"});
  ASSERT_EQ(manifests.workloads.size(), 1U);
  const Workload& ollama = manifests.workloads[0];
  EXPECT_EQ(ollama.kind, Workload::Kind::deployment);
  EXPECT_EQ(ollama.name, "ollama");
  EXPECT_EQ(ollama.ns, "slimfaas-demo");
  EXPECT_EQ(ollama.place.file, kKapsule + "ollama.yaml");
  EXPECT_EQ(ollama.place.line, 2);
  EXPECT_EQ(ollama.replicas, Replicas(1));
  EXPECT_EQ(ollama.labels.at("app"), "ollama");
  EXPECT_EQ(ollama.selector.at("app"), "ollama");
  EXPECT_EQ(ollama.annotations.at("SlimFaas/TimeoutSecondBeforeSetReplicasMin").value, "1200");
  EXPECT_EQ(ollama.annotations.size(), 6U);
  // Both containers are limited to one card and run one after the other: max(1, 1), not 2.
  EXPECT_EQ(ollama.requests.extended, (std::map<std::string, std::int64_t>{{"nvidia.com/gpu", 1}}));
  EXPECT_EQ(ollama.requests.cpu, Millicores(0));
  EXPECT_EQ(ollama.images, (std::vector<std::string>{"ollama/ollama", "ollama/ollama"}));
  EXPECT_EQ(ollama.container_ports, std::vector<int>{11434});
  EXPECT_EQ(ollama.named_ports, (std::map<std::string, int>{{"http", 11434}}));
  EXPECT_FALSE(ollama.disk_empty_dir);
  ASSERT_EQ(ollama.tolerations.size(), 1U);
  EXPECT_EQ(ollama.tolerations[0].key, "k8s.scaleway.com/node");
  EXPECT_EQ(ollama.tolerations[0].value, "gpu");
  EXPECT_FALSE(ollama.tolerations[0].exists);
  EXPECT_EQ(ollama.tolerations[0].effect, TaintEffect::no_schedule);
  ASSERT_EQ(manifests.services.size(), 1U);
  ASSERT_EQ(manifests.services[0].ports.size(), 1U);
  EXPECT_EQ(manifests.services[0].ports[0].port, 5000);
  EXPECT_EQ(manifests.services[0].ports[0].target, 11434);
  EXPECT_EQ(manifests.services[0].selector.at("app"), "ollama");
}

TEST(Manifest, ReadsTheKapsuleGateway) {
  const Manifests manifests = read_all({kKapsule + "slimfaas.yaml"});
  ASSERT_EQ(manifests.workloads.size(), 1U);
  const Workload& slimfaas = manifests.workloads[0];
  EXPECT_EQ(slimfaas.kind, Workload::Kind::stateful_set);
  EXPECT_EQ(slimfaas.requests.cpu, Millicores(200));
  EXPECT_EQ(slimfaas.requests.memory, Bytes(60LL << 20));
  EXPECT_TRUE(slimfaas.disk_empty_dir);
  EXPECT_EQ(slimfaas.container_ports, (std::vector<int>{5000, 3262}));
  ASSERT_EQ(slimfaas.env.size(), 8U);
  EXPECT_EQ(slimfaas.env[0].value, "http://{function_name}.{namespace}.svc.cluster.local:5000");
  EXPECT_EQ(slimfaas.env[6].name, "DOTNET_GCHeapHardLimit");
  EXPECT_EQ(slimfaas.env[6].value, "03200000");
  ASSERT_EQ(manifests.services.size(), 1U);
  EXPECT_EQ(manifests.services[0].ports.size(), 2U);
}

TEST(Manifest, ReadsTheKapsuleIngress) {
  const Manifests manifests = read_all({kKapsule + "ingress.yaml"});
  ASSERT_EQ(manifests.ingresses.size(), 1U);
  const IngressObject& ingress = manifests.ingresses[0];
  EXPECT_EQ(ingress.controller, "ingress-nginx");  // both families are there
  EXPECT_EQ(ingress.connect_timeout, 1200s);
  EXPECT_EQ(ingress.read_timeout, 1200s);
  EXPECT_EQ(ingress.send_timeout, 1200s);
  ASSERT_EQ(ingress.rules.size(), 1U);
  EXPECT_EQ(ingress.rules[0].host, "slimfaas.example.org");
  EXPECT_EQ(ingress.rules[0].path, "/");
  EXPECT_EQ(ingress.rules[0].service, "slimfaas");
  EXPECT_EQ(ingress.rules[0].port, 5000);
}

TEST(Manifest, TheKapsuleFlowLeavesOnlyTheseThingsOut) {
  Diagnostics diagnostics;
  read_manifests({kKapsule + "slimfaas.yaml", kKapsule + "ingress.yaml", kKapsule + "ollama.yaml"},
                 kBlame, diagnostics);
  EXPECT_EQ(diagnostics.notices(),
            (std::vector<std::string>{
                "StatefulSet slimfaas: emptyDir.sizeLimit is not modelled",
                "Deployment ollama: emptyDir.sizeLimit, strategy are not modelled"}));
}

TEST(Manifest, APodAsksForTheSumOfItsContainers) {
  const Workload a = deployment(
      "containers: [{name: a, image: a, resources: {requests: {cpu: 250m, memory: 1Gi}}}, "
      "{name: b, image: b, resources: {requests: {cpu: 0.5, memory: 1G}}}]");
  EXPECT_EQ(a.requests.cpu, Millicores(250 + 500));
  EXPECT_EQ(a.requests.memory, Bytes((1LL << 30) + 1'000'000'000));
}

TEST(Manifest, ALimitStandsInForAMissingRequest) {
  const Workload a = deployment(
      "containers: [{name: a, image: a, resources: {requests: {cpu: 100m}, "
      "limits: {cpu: 2, memory: 1Gi, nvidia.com/gpu: 2}}}]");
  EXPECT_EQ(a.requests.cpu, Millicores(100));
  EXPECT_EQ(a.requests.memory, Bytes(1LL << 30));
  EXPECT_EQ(a.requests.extended.at("nvidia.com/gpu"), 2);
}

TEST(Manifest, InitContainersRunOneAfterAnother) {
  const Workload a = deployment(
      "containers: [{name: a, image: a, resources: {limits: {cpu: 1, memory: 2Gi}}}], "
      "initContainers: [{name: b, image: b, resources: {limits: {cpu: 3}}}, "
      "{name: c, image: c, resources: {limits: {cpu: 2, memory: 1Gi}}}]");
  EXPECT_EQ(a.requests.cpu, Millicores(3000));  // max(1, 3, 2)
  EXPECT_EQ(a.requests.memory, Bytes(2LL << 30));
  EXPECT_EQ(a.images, (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Manifest, SidecarsRunBesideAllThatComesLater) {
  const std::string sidecar =
      "{name: s, image: s, restartPolicy: Always, resources: {limits: {cpu: 1}}}";
  const Workload a = deployment(
      "containers: [{name: a, image: a, resources: {limits: {cpu: 2}}}], initContainers: [" +
      sidecar + ", {name: b, image: b, resources: {limits: {cpu: 5}}}]");
  EXPECT_EQ(a.requests.cpu, Millicores(6000));  // max(2 + 1, 5 + 1)
  const Workload later = deployment(
      "containers: [{name: a, image: a, resources: {limits: {cpu: 5}}}], initContainers: "
      "[{name: b, image: b, resources: {limits: {cpu: 5}}}, " +
      sidecar + "]");
  EXPECT_EQ(later.requests.cpu, Millicores(6000));  // max(5 + 1, 5)
}

TEST(Manifest, TheLastOfTwoVariablesWins) {
  const Workload a = deployment(
      "containers: [{name: a, image: a, env: [{name: X, value: one}, {name: B, value: ''}, "
      "{name: X, value: two}]}, {name: b, image: b, env: [{name: X, value: other}]}]");
  ASSERT_EQ(a.env.size(), 2U);
  EXPECT_EQ(a.env[0].name, "X");
  EXPECT_EQ(a.env[0].value, "two");
  EXPECT_EQ(a.env[1].value, "");
}

TEST(Manifest, TolerationsMayLeaveOutKeyAndEffect) {
  const Workload a = deployment("containers: [{name: a, image: a}]",
                                "{tolerations: [{operator: Exists}, {key: k, value: v, effect: "
                                "PreferNoSchedule}], terminationGracePeriodSeconds: 5, "
                                "nodeSelector: {pool: gpu}, volumes: [{name: v, emptyDir: {}}]}");
  ASSERT_EQ(a.tolerations.size(), 2U);
  EXPECT_TRUE(a.tolerations[0].exists);
  EXPECT_EQ(a.tolerations[0].key, "");
  EXPECT_FALSE(a.tolerations[0].effect.has_value());
  EXPECT_EQ(a.tolerations[1].effect, TaintEffect::prefer_no_schedule);
  EXPECT_EQ(a.grace, 5s);
  EXPECT_EQ(a.node_selector.at("pool"), "gpu");
  EXPECT_TRUE(a.disk_empty_dir);
}

TEST(Manifest, WhatIsLeftOutHasKubernetesDefaults) {
  const Workload a = deployment("containers: [{name: a, image: a}]");
  EXPECT_EQ(a.ns, "default");
  EXPECT_EQ(a.replicas, Replicas(1));
  EXPECT_EQ(a.grace, 30s);
  EXPECT_FALSE(a.disk_empty_dir);
}

TEST(Manifest, NullIsTheSameAsAbsent) {
  const Manifests manifests = read_text(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: }\nspec:\n"
      "  replicas:\n  selector: {matchLabels: {app: a}}\n  template:\n"
      "    metadata: {labels: {app: a}, annotations: }\n"
      "    spec: {containers: [{name: a, image: a, env: }], tolerations: }\n");
  EXPECT_EQ(manifests.workloads.at(0).replicas, Replicas(1));
  EXPECT_EQ(manifests.workloads.at(0).ns, "default");
}

TEST(Manifest, ServicePortsMayBeNamed) {
  const Manifests manifests = read_text(
      "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n"
      "  ports: [{name: web, port: 80, targetPort: http}, {name: same, port: 81}]\n");
  const auto& ports = manifests.services.at(0).ports;
  EXPECT_EQ(ports.at(0).target, 0);
  EXPECT_EQ(ports.at(0).target_name, "http");
  EXPECT_EQ(ports.at(1).target, 81);
}

// Defaults: ingress-nginx 5, 60, 60 s (its ConfigMap page); F5's 60, 60, 60 s (its annotations
// page).
TEST(Manifest, TheAnnotationsTellTheIngressController) {
  const auto ingress = [](const std::string& annotations) {
    return read_text(
               "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n"
               "  annotations: {" +
               annotations +
               "}\nspec:\n  rules: [{http: {paths: "
               "[{path: /a, pathType: Prefix, backend: {service: {name: s, port: {name: "
               "http}}}}]}}]\n")
        .ingresses.at(0);
  };
  const IngressObject none = ingress("");
  EXPECT_EQ(none.controller, "ingress-nginx");
  EXPECT_EQ(none.connect_timeout, 5s);
  EXPECT_EQ(none.read_timeout, 60s);
  EXPECT_EQ(none.send_timeout, 60s);
  EXPECT_EQ(none.rules.at(0).port, 0);
  EXPECT_EQ(none.rules.at(0).port_name, "http");
  EXPECT_EQ(none.rules.at(0).host, "");

  const IngressObject vendor = ingress("nginx.org/proxy-read-timeout: 20m");
  EXPECT_EQ(vendor.controller, "nginx-ingress");
  EXPECT_EQ(vendor.connect_timeout, 60s);
  EXPECT_EQ(vendor.read_timeout, 20min);
  EXPECT_EQ(vendor.send_timeout, 60s);

  const IngressObject both = ingress(
      "nginx.org/proxy-read-timeout: 20m, nginx.ingress.kubernetes.io/proxy-send-timeout: '300'");
  EXPECT_EQ(both.controller, "ingress-nginx");
  EXPECT_EQ(both.read_timeout, 60s);
  EXPECT_EQ(both.send_timeout, 300s);
}

// Defaults: a revision takes any number of calls, each for up to 300 s, also where 0 is said
// (SetDefaults in Knative's pkg/apis/serving/v1).
TEST(Manifest, AKnativeServiceIsItsRevision) {
  const auto revision = [](const std::string& more) {
    return read_text(
               "apiVersion: serving.knative.dev/v1\nkind: Service\n"
               "metadata: {name: a, annotations: {x: object}}\nspec:\n  template:\n"
               "    metadata: {labels: {l: v}, annotations: {x: template}}\n"
               "    spec: {containers: [{image: i, resources: {requests: {cpu: 2}}}]" +
               more + "}\n")
        .workloads.at(0);
  };
  const Workload plain = revision("");
  EXPECT_EQ(plain.kind, Workload::Kind::knative_service);
  EXPECT_EQ(plain.replicas, Replicas(0));
  EXPECT_EQ(plain.annotations.at("x").value, "template");
  EXPECT_EQ(plain.labels.at("l"), "v");
  EXPECT_EQ(plain.requests.cpu, Millicores(2000));
  EXPECT_EQ(plain.container_concurrency, 0U);
  EXPECT_EQ(plain.request_timeout, 300s);
  EXPECT_EQ(revision(", timeoutSeconds: 0").request_timeout, 300s);
  EXPECT_EQ(revision(", timeoutSeconds: 600").request_timeout, 600s);
  EXPECT_EQ(revision(", containerConcurrency: 1000").container_concurrency, 1000U);
}

TEST(Manifest, AnAutoscalersSpecIsFlattenedForItsPolicy) {
  const HpaObject hpa =
      read_text(
          "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\n"
          "spec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}\n"
          "  minReplicas:\n  maxReplicas: 4\n"
          "  behavior: {scaleDown: {policies: []}, scaleUp: {}}\n"
          "  metrics: [{type: Pods, pods: {metric: {name: m}}}, {type: External}]\n")
          .hpas.at(0);
  EXPECT_EQ(hpa.target_kind, "Deployment");
  EXPECT_EQ(hpa.target_name, "d");
  EXPECT_EQ(hpa.ns, "default");
  std::map<std::string, std::string> spec;
  for (const auto& [key, entry] : hpa.spec.entries()) spec[key] = entry.value;
  EXPECT_EQ(spec, (std::map<std::string, std::string>{{"maxReplicas", "4"},
                                                      {"behavior.scaleDown.policies", "[]"},
                                                      {"behavior.scaleUp", "{}"},
                                                      {"metrics.0.type", "Pods"},
                                                      {"metrics.0.pods.metric.name", "m"},
                                                      {"metrics.1.type", "External"}}));
  EXPECT_EQ(hpa.spec.entries().at("maxReplicas").place.line, 7);
}

TEST(Manifest, OfConfigMapsOnlyTheAutoscalersIsRead) {
  const Manifests manifests = read_text(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config-autoscaler}\n"
      "data: {stable-window: 40s, _example: 'long words'}\n---\n"
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config-network}\ndata: {a: b}\n");
  ASSERT_EQ(manifests.config_maps.size(), 1U);
  const auto& data = manifests.config_maps[0].data;
  ASSERT_EQ(data.size(), 1U);
  EXPECT_EQ(data.at("stable-window").value, "40s");
}

TEST(Manifest, ListsAreUnpackedInOrder) {
  const std::string service = "{apiVersion: v1, kind: Service, metadata: {name: ";
  const std::string rest = "}, spec: {ports: [{port: 80}]}}";
  const Manifests manifests =
      read_text("apiVersion: v1\nkind: List\nitems:\n  - " + service + "b" + rest +
                "\n  - {apiVersion: v1, kind: List, items: [" + service + "a" + rest + "]}\n---\n" +
                service + "c" + rest + "\n");
  ASSERT_EQ(manifests.services.size(), 3U);
  EXPECT_EQ(manifests.services[0].name, "b");
  EXPECT_EQ(manifests.services[1].name, "a");
  EXPECT_EQ(manifests.services[2].name, "c");
}

TEST(Manifest, ASecondObjectReplacesTheFirst) {
  const auto service = [](const std::string& ns, int port) {
    return "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: " + ns +
           "}\nspec: {ports: [{port: " + std::to_string(port) + "}]}\n";
  };
  const std::string first = write("first.yaml", service("x", 80) + "---\n" + service("y", 81));
  const std::string second = write("second.yaml", "\n" + service("x", 82));
  Diagnostics diagnostics;
  const Manifests manifests = read_manifests({first, second}, kBlame, diagnostics);
  ASSERT_EQ(manifests.services.size(), 2U);  // another namespace is another object
  EXPECT_EQ(manifests.services[0].ports.at(0).port, 82);
  EXPECT_EQ(manifests.services[1].ports.at(0).port, 81);
  EXPECT_EQ(diagnostics.notices(),
            std::vector<std::string>{"Service a at " + second + ":2 replaces the one at " + first +
                                     ":1"});
}

TEST(Manifest, AnchorsAreReadAsKubectlDoes) {
  const Manifests manifests = read_text(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n"
      "  selector: {matchLabels: &labels {app: a}}\n  template:\n    metadata: {labels: *labels}\n"
      "    spec: {containers: [{name: a, image: a}]}\n");
  EXPECT_EQ(manifests.workloads.at(0).labels.at("app"), "a");
}

TEST(Manifest, AHelmTemplateThatIsNoYamlIsNamed) {
  const std::string path = write("chart.yaml",
                                 "apiVersion: apps/v1\nkind: Deployment\nspec:\n"
                                 "  replicas: {{ .Values.replicas }}\n");
  Diagnostics diagnostics;
  read_manifests({path}, kBlame, diagnostics);
  const auto errors = errors_of(diagnostics);
  const std::string wanted = path +
                             ":4:13: \"{{\" is a Helm template, not yet a manifest: give what "
                             "`helm template` prints";
  EXPECT_NE(std::find(errors.begin(), errors.end(), wanted), errors.end());
}

TEST(Manifest, AFileThatIsMissingOrEmptyIsAnError) {
  Diagnostics missing;
  read_manifests({"no/such/file.yaml"}, kBlame, missing);
  ASSERT_EQ(missing.error_count(), 1U);
  EXPECT_TRUE(errors_of(missing)[0].starts_with("scenario.yaml:3:12: ")) << errors_of(missing)[0];

  Diagnostics empty;
  const std::string path = write("empty.yaml", "# nothing here\n---\n");
  read_manifests({path}, kBlame, empty);
  EXPECT_EQ(errors_of(empty),
            std::vector<std::string>{path + ": expected Kubernetes objects, found nothing"});
}

TEST(Manifest, ManyUnknownFieldsAreCutShort) {
  std::string spec;
  for (char c = 'a'; c <= 'y'; ++c) spec += std::string("  ") + c + "x: 1\n";
  const std::string path = write("many.yaml",
                                 "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n"
                                 "  ports: [{port: 80}]\n" +
                                     spec);
  Diagnostics diagnostics;
  read_manifests({path}, kBlame, diagnostics);
  ASSERT_EQ(diagnostics.notices().size(), 1U);
  EXPECT_TRUE(diagnostics.notices()[0].ends_with("tx and 5 more are not modelled"))
      << diagnostics.notices()[0];
}

// Nonsense must end in Diagnostics or in Manifests, never in a crash or a hang.
TEST(Manifest, SurvivesMutations) {
  std::string seed;
  for (const char* file : {"slimfaas.yaml", "ingress.yaml", "ollama.yaml"}) {
    std::ifstream stream(kKapsule + file);
    seed += std::string(std::istreambuf_iterator<char>(stream), {}) + "---\n";
  }
  const std::string alphabet = "{}[]:-&*#!|>'\"\n 09aZ~,.";
  std::mt19937 random(20260105);
  int refused = 0;
  for (int round = 0; round < 200; ++round) {
    std::string text = seed;
    for (int change = 0; change < 4; ++change) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = alphabet[random() % alphabet.size()];
          break;
        case 1:
          text.erase(at, random() % 20);
          break;
        default:
          text.insert(at, 1, alphabet[random() % alphabet.size()]);
      }
    }
    Diagnostics diagnostics;
    read_manifests({write("mutated.yaml", text)}, kBlame, diagnostics);
    refused += diagnostics.ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 50);  // most of four random changes break something
}

}  // namespace manifest_test
}  // namespace thaw
