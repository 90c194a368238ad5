#include "drivers/applied/realised.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "engine/knative_spelling.hpp"

namespace thaw::applied {
namespace {

using kubernetes::Json;

constexpr int kDefaultPort = 8080;  // of Knative, and of OpenFaaS's watchdog
constexpr int kServicePort = 80;
// Where the chart ollama mounts its volume: below the home of the container's own user.
constexpr const char* kModels =
    "/root"
    "/.ollama";
constexpr const char* kVolume = "models";

std::map<std::string, std::string> selector_of(const Workload& workload) {
  if (!workload.selector.empty()) return workload.selector;
  return {{"app", workload.name}};
}

const char* to_text(TaintEffect effect) {
  switch (effect) {
    case TaintEffect::no_schedule:
      return "NoSchedule";
    case TaintEffect::prefer_no_schedule:
      return "PreferNoSchedule";
    case TaintEffect::no_execute:
      break;
  }
  return "NoExecute";
}

Json tolerations_of(const Workload& workload) {
  Json list = Json::array();
  for (const Toleration& toleration : workload.tolerations) {
    Json one{{"operator", toleration.exists ? "Exists" : "Equal"}};
    if (!toleration.key.empty()) one["key"] = toleration.key;
    if (!toleration.exists) one["value"] = toleration.value;
    if (toleration.effect) one["effect"] = to_text(*toleration.effect);
    list.push_back(std::move(one));
  }
  return list;
}

Json term_of(const AntiAffinity& affinity) {
  constexpr std::array<const char*, 4> kOperators{"In", "NotIn", "Exists", "DoesNotExist"};
  Json expressions = Json::array();
  for (const LabelRule& rule : affinity.pods) {
    Json one{{"key", rule.key}, {"operator", kOperators[static_cast<std::size_t>(rule.how)]}};
    if (!rule.values.empty()) one["values"] = rule.values;
    expressions.push_back(std::move(one));
  }
  return {{"topologyKey", "kubernetes.io/hostname"},
          {"labelSelector", {{"matchExpressions", std::move(expressions)}}}};
}

void add_anti_affinity(const Workload& workload, Json& pod) {
  for (const AntiAffinity& one : workload.anti_affinity) {
    Json& all = pod["affinity"]["podAntiAffinity"];
    if (one.required) {
      all["requiredDuringSchedulingIgnoredDuringExecution"].push_back(term_of(one));
    } else {
      all["preferredDuringSchedulingIgnoredDuringExecution"].push_back(
          {{"weight", one.weight}, {"podAffinityTerm", term_of(one)}});
    }
  }
}

// The API server adds a class's overhead to what a pod asks for, and refuses a pod that says it.
Resources without_overhead(const Workload& workload, const Manifests& manifests) {
  Resources own = workload.requests;
  const auto found = std::ranges::find(manifests.runtime_classes, workload.runtime_class,
                                       &RuntimeClassObject::name);
  if (workload.runtime_class.empty() || found == manifests.runtime_classes.end()) return own;
  own.cpu -= found->overhead.cpu;
  own.memory -= found->overhead.memory;
  for (const auto& [name, count] : found->overhead.extended) own.extended[name] -= count;
  return own;
}

Json resources_of(const Resources& own) {
  Json requests = Json::object(), limits = Json::object();
  if (own.cpu.count > 0) requests["cpu"] = std::to_string(own.cpu.count) + "m";
  if (own.memory.count > 0) requests["memory"] = std::to_string(own.memory.count);
  for (const auto& [name, count] : own.extended) {
    if (count <= 0) continue;
    requests[name] = limits[name] = std::to_string(count);  // which must be the same
  }
  Json resources{{"requests", std::move(requests)}};
  if (!limits.empty()) resources["limits"] = std::move(limits);
  return resources;
}

Json ports_of(const Workload& workload) {
  Json ports = Json::array();
  for (const int port : workload.container_ports) {
    Json one{{"containerPort", port}};
    for (const auto& [name, number] : workload.named_ports)
      if (number == port) one["name"] = name;
    ports.push_back(std::move(one));
  }
  if (ports.empty()) ports.push_back({{"containerPort", kDefaultPort}});
  return ports;
}

// Ready once its port takes connections, as Knative's own probe has it.
Json readiness_of(int port) {
  return {{"tcpSocket", {{"port", port}}}, {"periodSeconds", 1}, {"failureThreshold", 3}};
}

// As the chart does: once the server runs, it is told to pull.
Json pull_of(const std::vector<std::string>& models) {
  std::string script = "while ! ollama ps > /dev/null 2>&1; do sleep 1; done";
  for (const std::string& model : models) script += "; ollama pull '" + model + "'";
  return {{"postStart", {{"exec", {{"command", {"/bin/sh", "-c", script}}}}}}};
}

Json container_of(const Workload& workload, const Manifests& manifests) {
  Json container{{"name", workload.name},
                 {"image", workload.images.empty() ? "" : workload.images.front()},
                 {"ports", ports_of(workload)},
                 {"readinessProbe", readiness_of(container_port(workload))},
                 {"resources", resources_of(without_overhead(workload, manifests))}};
  for (const EnvVar& variable : workload.env)
    container["env"].push_back({{"name", variable.name}, {"value", variable.value}});
  if (!workload.pulled_models.empty()) container["lifecycle"] = pull_of(workload.pulled_models);
  if (!workload.claim.empty())
    container["volumeMounts"] = {{{"name", kVolume}, {"mountPath", kModels}}};
  return container;
}

Json template_of(const Workload& workload, const Manifests& manifests) {
  using std::chrono::duration_cast;
  Json pod{{"containers", {container_of(workload, manifests)}},
           {"terminationGracePeriodSeconds",
            duration_cast<std::chrono::seconds>(workload.grace).count()}};
  if (!workload.runtime_class.empty()) pod["runtimeClassName"] = workload.runtime_class;
  if (!workload.node_selector.empty()) pod["nodeSelector"] = workload.node_selector;
  if (!workload.tolerations.empty()) pod["tolerations"] = tolerations_of(workload);
  if (!workload.claim.empty())
    pod["volumes"] = {
        {{"name", kVolume}, {"persistentVolumeClaim", {{"claimName", workload.claim}}}}};
  add_anti_affinity(workload, pod);
  Json annotations = Json::object();
  for (const auto& [name, entry] : workload.annotations) annotations[name] = entry.value;
  return {{"metadata", {{"labels", workload.labels}, {"annotations", std::move(annotations)}}},
          {"spec", std::move(pod)}};
}

// The container that takes the calls: of several the one with a port, as Knative demands.
Json& serving(Json& containers) {
  for (Json& container : containers)
    if (container.contains("ports") && !container["ports"].empty()) return container;
  return containers.front();
}

// What Knative's controller makes of the template that its Service has.
Json template_of_knative(const Workload& workload, const std::string& template_json) {
  Json made = Json::parse(template_json);
  Json& pod = made["spec"];
  for (const char* own : {"containerConcurrency", "timeoutSeconds", "idleTimeoutSeconds",
                          "responseStartTimeoutSeconds"})
    pod.erase(own);
  if (!pod.contains("terminationGracePeriodSeconds"))
    pod["terminationGracePeriodSeconds"] =
        std::chrono::duration_cast<std::chrono::seconds>(workload.request_timeout).count();
  int number = 0;
  for (Json& container : pod["containers"]) {
    if (!container.contains("name"))
      container["name"] = "user-container" + (number > 0 ? "-" + std::to_string(number) : "");
    ++number;
  }
  Json& container = serving(pod["containers"]);
  const int port = container_port(workload);
  if (!container.contains("ports") || container["ports"].empty())
    container["ports"] = {{{"containerPort", port}}};
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"PORT", std::to_string(port)},
                                          {"K_SERVICE", workload.name},
                                          {"K_CONFIGURATION", workload.name},
                                          {"K_REVISION", workload.name + "-00001"}})
    container["env"].push_back({{"name", name}, {"value", value}});
  if (!container.contains("readinessProbe")) container["readinessProbe"] = readiness_of(port);
  for (const char* probe : {"readinessProbe", "livenessProbe", "startupProbe"}) {
    if (!container.contains(probe)) continue;
    for (const char* how : {"httpGet", "tcpSocket"}) {
      const auto check = container[probe].find(how);
      if (check != container[probe].end() && !check->contains("port")) (*check)["port"] = port;
    }
  }
  made.erase("metadata");
  Json annotations = Json::object();
  for (const auto& [name, entry] : workload.annotations) annotations[name] = entry.value;
  made["metadata"] = {{"labels", workload.labels}, {"annotations", std::move(annotations)}};
  return made;
}

const std::string* knative_annotation(const Workload& workload, const std::string& key) {
  for (const std::string& spelling : {key, older_spelling(key)}) {
    const auto found = workload.annotations.find("autoscaling.knative.dev/" + spelling);
    if (!spelling.empty() && found != workload.annotations.end()) return &found->second.value;
  }
  return nullptr;
}

std::int32_t count_in(const std::string* text, std::int32_t otherwise) {
  std::int32_t count = otherwise;
  if (text) std::from_chars(text->data(), text->data() + text->size(), count);
  return count;
}

const std::string* cluster_setting(const Manifests& manifests, const std::string& key) {
  for (const ConfigMapObject& config : manifests.config_maps) {
    const auto found = config.data.find(key);
    if (found != config.data.end()) return &found->second.value;
  }
  return nullptr;
}

}  // namespace

int container_port(const Workload& workload) {
  return workload.container_ports.empty() ? kDefaultPort : workload.container_ports.front();
}

Replicas begins_with(const Workload& workload, const Manifests& manifests) {
  if (workload.kind != Workload::Kind::knative_service) return workload.replicas;
  const std::int32_t cluster = count_in(cluster_setting(manifests, "initial-scale"), 1);
  const std::int32_t initial = count_in(knative_annotation(workload, "initial-scale"), cluster);
  const std::int32_t least = count_in(knative_annotation(workload, "min-scale"),
                                      count_in(cluster_setting(manifests, "min-scale"), 0));
  return Replicas(std::max(initial, least));
}

Json deployment_of(const Workload& workload, const Manifests& manifests,
                   const std::string& template_json) {
  const auto selector = selector_of(workload);
  Json pods = template_json.empty() ? template_of(workload, manifests)
                                    : template_of_knative(workload, template_json);
  for (const auto& [name, value] : selector) pods["metadata"]["labels"][name] = value;
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata", {{"name", workload.name}}},
          {"spec",
           {{"replicas", begins_with(workload, manifests).count},
            {"selector", {{"matchLabels", selector}}},
            {"template", std::move(pods)}}}};
}

Json service_of(const Workload& workload) {
  return {
      {"apiVersion", "v1"},
      {"kind", "Service"},
      {"metadata", {{"name", workload.name}}},
      {"spec",
       {{"selector", selector_of(workload)},
        {"ports",
         {{{"name", "http"}, {"port", kServicePort}, {"targetPort", container_port(workload)}}}}}}};
}

Json service_of(const ServiceObject& service) {
  Json ports = Json::array();
  for (const ServicePort& port : service.ports) {
    Json one{{"port", port.port}};
    if (!port.name.empty()) one["name"] = port.name;
    if (port.target > 0) one["targetPort"] = port.target;
    if (!port.target_name.empty()) one["targetPort"] = port.target_name;
    ports.push_back(std::move(one));
  }
  return {{"apiVersion", "v1"},
          {"kind", "Service"},
          {"metadata", {{"name", service.name}}},
          {"spec", {{"selector", service.selector}, {"ports", std::move(ports)}}}};
}

Json claim_of(const ClaimObject& claim) {
  const char* const mode = claim.shared ? "ReadWriteMany" : "ReadWriteOnce";
  return {{"apiVersion", "v1"},
          {"kind", "PersistentVolumeClaim"},
          {"metadata", {{"name", claim.name}}},
          {"spec",
           {{"accessModes", {mode}}, {"resources", {{"requests", {{"storage", kClaimSize}}}}}}}};
}

}  // namespace thaw::applied
