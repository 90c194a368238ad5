#include <fmt/format.h>

#include <algorithm>

#include "engine/scenario/charts.hpp"

namespace thaw {
namespace {

constexpr int kPort = 11434;
constexpr const char* kGpu = "nvidia.com/gpu";
constexpr std::int64_t kMostGpus = 1024;
constexpr std::int64_t kMostReplicas = 1'000'000;

// As the chart names its objects: a release that has the chart's name in it needs no second one.
std::string full_name(const ObjectHead& release, Fields& values, const std::string& chart) {
  const std::string own = values.text("fullnameOverride");
  if (!own.empty()) return own;
  const bool named = release.name.find(chart) != std::string::npos;
  return named ? release.name : release.name + "-" + chart;
}

void read_gpus(Fields& ollama, Workload& workload) {
  Fields gpu = ollama.child("gpu", "ollama.gpu.");
  const bool enabled = gpu.flag("enabled", false);
  const std::int64_t number = gpu.integer("number", 1, 1, kMostGpus);
  const std::string type = gpu.text("type", "nvidia");
  if (type != "nvidia" && type != "amd") gpu.expected("type", "nvidia or amd");
  const std::string nvidia = gpu.text("nvidiaResource", kGpu);
  gpu.finish();
  if (!enabled) return;
  const std::string resource = type == "nvidia" ? nvidia : "amd.com/gpu";
  workload.requests.extended[resource] = number;
}

void read_models(Fields& ollama, Workload& workload) {
  Fields models = ollama.child("models", "ollama.models.");
  for (const char* key : {"pull", "run"}) {
    for (const std::string& model : models.words(key)) {
      auto& pulled = workload.pulled_models;
      if (std::ranges::find(pulled, model) == pulled.end()) pulled.push_back(model);
    }
  }
  models.finish();
}

std::optional<ClaimObject> read_volume(const ObjectHead& release, Fields& values,
                                       Workload& workload) {
  Fields volume = values.child("persistentVolume", "persistentVolume.");
  const bool enabled = volume.flag("enabled", false);
  const std::string existing = volume.text("existingClaim");
  const bool shared = is_shared(volume);
  volume.ignore({"size", "storageClass", "annotations", "volumeMode", "volumeName", "subPath"});
  volume.finish();
  if (!enabled) return std::nullopt;
  workload.claim = existing.empty() ? workload.name : existing;
  if (!existing.empty()) return std::nullopt;
  return ClaimObject{release.place, workload.name, release.ns, shared};
}

void read_service(Fields& values, OllamaRelease& made) {
  Fields service = values.child("service", "service.");
  const auto port = static_cast<int>(service.integer("port", kPort, 1, kMostPort));
  service.ignore({"type", "nodePort", "annotations", "labels", "loadBalancerIP"});
  service.finish();
  made.service.ports.push_back({"http", port, 0, "http"});
}

// What says nothing about scaling, placement or time.
void ignore_inert(Fields& values) {
  values.ignore({"global", "ingress", "imagePullSecrets", "serviceAccount", "podSecurityContext",
                 "securityContext", "extraEnv", "extraEnvFrom", "extraArgs", "hostIPC", "hostPID",
                 "hostNetwork", "tests", "extraObjects", "updateStrategy", "volumes",
                 "volumeMounts", "namespaceOverride", "priorityClassName"});
}

}  // namespace

OllamaRelease read_ollama_chart(const ObjectHead& release, Fields& values) {
  OllamaRelease made;
  Workload& workload = made.workload;
  const std::string chart = values.text("nameOverride", "ollama");
  workload.place = release.place;
  workload.name = full_name(release, values, chart);
  workload.ns = release.ns;
  workload.selector = {{"app.kubernetes.io/name", chart},
                       {"app.kubernetes.io/instance", release.name}};
  workload.labels = workload.selector;
  workload.labels.merge(values_of(values.texts("podLabels")));
  workload.annotations = values.texts("podAnnotations");
  workload.replicas =
      Replicas(static_cast<std::int32_t>(values.integer("replicaCount", 1, 0, kMostReplicas)));

  Fields image = values.child("image", "image.");
  const std::string tag = image.text("tag");
  workload.images = {image.text("repository", "ollama/ollama") + (tag.empty() ? "" : ":" + tag)};
  image.ignore({"pullPolicy", "registry"});
  image.finish();
  workload.requests = to_resources(read_container_requests(values));
  Fields ollama = values.child("ollama", "ollama.");
  read_gpus(ollama, workload);
  read_models(ollama, workload);
  const auto port = static_cast<int>(ollama.integer("port", kPort, 1, kMostPort));
  workload.container_ports = {port};
  workload.named_ports = {{"http", port}};
  ollama.finish();
  read_placement(values, workload);
  for (const auto& [resource, number] : workload.requests.extended)
    workload.tolerations.push_back({resource, true, "", TaintEffect::no_schedule});
  workload.runtime_class = values.text("runtimeClassName");
  workload.grace = std::chrono::seconds(
      values.integer("terminationGracePeriodSeconds", 120, 0, 366LL * 24 * 3600));
  made.claim = read_volume(release, values, workload);
  made.service.place = release.place;
  made.service.name = workload.name;
  made.service.ns = release.ns;
  made.service.selector = workload.selector;
  read_service(values, made);
  Fields autoscaling = values.child("autoscaling", "autoscaling.");
  if (autoscaling.flag("enabled", false)) values.report().not_modelled("autoscaling");
  ignore_inert(values);
  return made;
}

}  // namespace thaw
