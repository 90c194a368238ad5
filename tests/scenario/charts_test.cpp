// Helm charts, claims and anti-affinity as they come out of the files. Expected values are the
// charts' own defaults (values.yaml of otwld/ollama-helm and of prometheus-adapter) and what the
// scenario suse-hpa writes.
#include <gtest/gtest.h>

#include <fstream>

#include "engine/scenario/manifest_reader.hpp"

namespace thaw {
namespace charts_test {

using namespace std::chrono_literals;

const std::string kSuse = "scenarios/suse-hpa/";

struct Read {
  Manifests manifests;
  std::vector<std::string> notices, errors;
};

Read read(std::vector<ManifestSource> sources) {
  Diagnostics diagnostics;
  Read result;
  result.manifests = read_sources(sources, {"scenario.yaml", 1, 1}, diagnostics);
  result.notices = diagnostics.notices();
  try {
    diagnostics.throw_if_any();
  } catch (const InputError& error) {
    for (const Diagnostic& problem : error.problems())
      result.errors.push_back(problem.key + ": " + problem.message);
  }
  return result;
}

std::string write(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + "charts_test_" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

Read chart(const std::string& name, const std::string& values, const std::string& release = "one") {
  return read({{write("values.yaml", values), "", name, release}});
}

TEST(OllamaChart, MakesADeploymentAServiceAndASharedVolume) {
  const Read made = read({{kSuse + "values/ollama.yaml", "suse-private-ai", "ollama", "ollama"}});
  EXPECT_EQ(made.errors, std::vector<std::string>{});
  ASSERT_EQ(made.manifests.workloads.size(), 1U);
  const Workload& ollama = made.manifests.workloads[0];
  EXPECT_EQ(ollama.kind, Workload::Kind::deployment);
  EXPECT_EQ(ollama.name, "ollama");
  EXPECT_EQ(ollama.ns, "suse-private-ai");
  EXPECT_EQ(ollama.replicas.count, 1);
  EXPECT_EQ(ollama.requests.extended.at("nvidia.com/gpu"), 1);
  EXPECT_EQ(ollama.runtime_class, "nvidia");
  EXPECT_EQ(ollama.pulled_models, std::vector<std::string>{"gemma:2b"});
  EXPECT_EQ(ollama.storage, Storage::shared_volume);
  ASSERT_EQ(ollama.anti_affinity.size(), 1U);
  EXPECT_FALSE(ollama.anti_affinity[0].required);
  EXPECT_EQ(ollama.anti_affinity[0].weight, 100);
  ASSERT_EQ(made.manifests.services.size(), 1U);
  EXPECT_EQ(made.manifests.services[0].ports[0].port, 11434);
  EXPECT_EQ(made.manifests.services[0].selector, ollama.labels);
  EXPECT_EQ(made.notices,
            std::vector<std::string>{"chart ollama, release ollama: defaultModel is not modelled"})
      << "the chart has no such key";
}

TEST(OllamaChart, HasItsOwnDefaults) {
  const Workload ollama = chart("ollama", "{}").manifests.workloads.at(0);
  EXPECT_EQ(ollama.name, "one-ollama");
  EXPECT_TRUE(ollama.requests.extended.empty());
  EXPECT_EQ(ollama.storage, Storage::pod);
  EXPECT_EQ(ollama.images, std::vector<std::string>{"ollama/ollama"});
}

TEST(OllamaChart, RefusesWhatHelmWouldPassOn) {
  EXPECT_EQ(chart("ollama", "replicaCount: two\nollama: {gpu: {enabled: \"true\"}}\n").errors,
            (std::vector<std::string>{
                "replicaCount: expected a whole number from 0 to 1000000, found \"two\"",
                "ollama.gpu.enabled: expected true or false, found the text \"true\""}));
}

TEST(AdapterChart, ReadsARuleOfTheNamespace) {
  const Read made =
      read({{kSuse + "values/prometheus-adapter.yaml", "obs", "prometheus-adapter", "adapter"}});
  EXPECT_EQ(made.errors, std::vector<std::string>{});
  ASSERT_EQ(made.manifests.adapters.size(), 1U);
  const MetricsAdapter& adapter = made.manifests.adapters[0];
  EXPECT_EQ(adapter.relist, Duration(1min));
  ASSERT_EQ(adapter.rules.size(), 1U);
  EXPECT_EQ(adapter.rules[0].series, "DCGM_FI_DEV_GPU_UTIL");
  EXPECT_EQ(adapter.rules[0].metric, "gpu_utilization");
  EXPECT_EQ(adapter.rules[0].fold, MetricRule::Fold::avg);
  EXPECT_TRUE(adapter.rules[0].of_namespaces);
  EXPECT_FALSE(adapter.rules[0].of_pods);
}

std::string rule(const std::string& query, const std::string& series = "up") {
  return "rules: {custom: [{seriesQuery: '" + series +
         "', resources: {template: <<.Resource>>}, metricsQuery: '" + query + "'}]}\n";
}

TEST(AdapterChart, KnowsFourFoldsWithTheirByOnEitherSide) {
  using Fold = MetricRule::Fold;
  const std::pair<const char*, Fold> queries[] = {
      {"sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)", Fold::sum},
      {"max by (<<.GroupBy>>) (up{<<.LabelMatchers>>})", Fold::max},
      {"min(up{ <<.LabelMatchers>> })by(<<.GroupBy>>)", Fold::min}};
  for (const auto& [query, fold] : queries) {
    const Read made = chart("prometheus-adapter", rule(query));
    ASSERT_EQ(made.manifests.adapters.at(0).rules.size(), 1U) << query;
    EXPECT_EQ(made.manifests.adapters[0].rules[0].fold, fold) << query;
    EXPECT_TRUE(made.manifests.adapters[0].rules[0].of_pods) << "by the template";
  }
}

TEST(AdapterChart, LeavesOutWhatItCannotPlayAndSaysSo) {
  for (const std::string& values :
       {rule("rate(<<.Series>>{<<.LabelMatchers>>}[5m])"),
        rule("sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)", "{__name__=~\"^a.*\"}")}) {
    const Read made = chart("prometheus-adapter", values);
    EXPECT_TRUE(made.manifests.adapters.at(0).rules.empty()) << values;
    ASSERT_EQ(made.notices.size(), 1U) << values;
    EXPECT_NE(made.notices[0].find("is left out"), std::string::npos) << made.notices[0];
  }
}

std::string claim(const std::string& mode) {
  return "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: models}\n"
         "spec: {accessModes: [" +
         mode + "], resources: {requests: {storage: 20Gi}}}\n";
}

std::string workload(const std::string& kind, const std::string& spec, const std::string& pod) {
  return "apiVersion: apps/v1\nkind: " + kind + "\nmetadata: {name: a}\nspec:\n  " + spec +
         "\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n"
         "    spec: {containers: [{name: a, image: a}], " +
         pod + "}\n";
}

TEST(Claims, DecideWhereAModelLies) {
  const std::string deployment =
      workload("Deployment", "replicas: 1",
               "volumes: [{name: m, persistentVolumeClaim: {claimName: models}}]");
  const auto storage = [](const std::string& text) {
    return read({{write("claims.yaml", text)}}).manifests.workloads.at(0).storage;
  };
  EXPECT_EQ(storage(deployment + "---\n" + claim("ReadWriteMany")), Storage::shared_volume);
  EXPECT_EQ(storage(deployment + "---\n" + claim("ReadWriteOnce")), Storage::own_volume);
  EXPECT_EQ(storage(deployment), Storage::pod) << "no such claim, which is a notice";
  EXPECT_EQ(storage(workload("StatefulSet",
                             "volumeClaimTemplates: [{metadata: {name: m}, spec: {accessModes: "
                             "[ReadWriteOnce]}}]",
                             "volumes: []")),
            Storage::own_volume);
}

TEST(AntiAffinity, ByHostnameIsReadAndAnyOtherTopologyIsANotice) {
  const std::string term =
      "{labelSelector: {matchLabels: {app: a}, matchExpressions: [{key: b, operator: "
      "DoesNotExist}]}, topologyKey: ";
  const Read made = read({{write(
      "affinity.yaml",
      workload("Deployment", "replicas: 1",
               "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [" +
                   term + "kubernetes.io/hostname}, " + term + "zone}]}}"))}});
  EXPECT_EQ(made.errors, std::vector<std::string>{});
  const auto& terms = made.manifests.workloads.at(0).anti_affinity;
  ASSERT_EQ(terms.size(), 1U);
  EXPECT_TRUE(terms[0].required);
  ASSERT_EQ(terms[0].pods.size(), 2U);
  EXPECT_EQ(terms[0].pods[1].how, LabelRule::How::absent);
  EXPECT_EQ(made.notices,
            std::vector<std::string>{"Deployment a: podAntiAffinity by zone is not modelled"});
}

TEST(Namespaces, AreWhatTheScenarioSaysUnlessAnObjectSaysOtherwise) {
  const std::string own = write("own.yaml", claim("ReadWriteMany"));
  EXPECT_EQ(read({{own, "models"}}).manifests.claims.at(0).ns, "models");
  const std::string other = write("other.yaml",
                                  "apiVersion: v1\nkind: PersistentVolumeClaim\n"
                                  "metadata: {name: a, namespace: b}\nspec: {accessModes: []}\n");
  EXPECT_EQ(read({{other, "models"}}).errors,
            std::vector<std::string>{"metadata.namespace: the scenario puts it into models"});
}

}  // namespace charts_test
}  // namespace thaw
