#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "engine/scenario/manifest_kinds.hpp"

namespace thaw {

namespace {

void add(Amounts& sum, const Amounts& more) {
  for (const auto& [name, amount] : more) sum[name] += amount;
}

void raise(Amounts& most, const Amounts& other) {
  for (const auto& [name, amount] : other) most[name] = std::max(most[name], amount);
}

// A name that comes twice has its last value, as in the container.
std::vector<EnvVar> read_env(Fields& container) {
  std::vector<EnvVar> env;
  std::map<std::string, std::size_t> index;
  for (Fields& item : container.items("env", "env.")) {
    EnvVar variable{item.required_text("name"), {}, item.place()};
    const yaml::Node* const value = item.find("value");
    if (value && !is_text(*value)) item.expected("value", "text (in quotes, or it is not text)");
    if (value) variable.value = value->scalar;
    const bool elsewhere = item.unread() == std::vector<std::string>{"valueFrom"};
    item.finish();
    if (elsewhere) continue;
    const auto [known, is_new] = index.emplace(variable.name, env.size());
    if (is_new) {
      env.push_back(std::move(variable));
    } else {
      env[known->second] = std::move(variable);
    }
  }
  return env;
}

void read_ports(Fields& container, Workload& workload) {
  for (Fields& item : container.items("ports", "ports.")) {
    if (!item.has("containerPort")) item.error("containerPort", "is missing");
    const auto port = static_cast<int>(item.integer("containerPort", 0, 1, kMostPort));
    const std::string name = item.text("name");
    if (port > 0) workload.container_ports.push_back(port);
    if (port > 0 && !name.empty()) workload.named_ports.emplace(name, port);
    item.ignore({"protocol", "hostIP"});
    item.finish();
  }
}

// Fields that change neither what a container asks for nor how long it takes to be ready or to
// stop.
void ignore_inert(Fields& container) {
  container.ignore({"name", "command", "args", "workingDir", "imagePullPolicy", "securityContext",
                    "terminationMessagePath", "terminationMessagePolicy", "stdin", "stdinOnce",
                    "tty", "volumeMounts", "volumeDevices", "resizePolicy"});
}

void read_container_basics(Fields& container, Workload& workload) {
  // Knative gives a name to a container that has none.
  if (workload.kind != Workload::Kind::knative_service) container.required_text("name");
  workload.images.push_back(container.required_text("image"));
  ignore_inert(container);
}

Amounts read_containers(Fields& pod, Workload& workload) {
  std::vector<Fields> containers = pod.items("containers");
  if (containers.empty()) pod.error("containers", "a pod needs at least one container");
  Amounts sum;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    Fields& container = containers[i];
    read_container_basics(container, workload);
    add(sum, read_container_requests(container));
    std::vector<EnvVar> env = read_env(container);
    if (i == 0) workload.env = std::move(env);
    read_ports(container, workload);
    container.finish();
  }
  return sum;
}

// Init containers run one after another before the others, except those that restart always: they
// stay (sidecars), and all that comes later runs beside them.
Amounts read_init_containers(Fields& pod, Workload& workload, Amounts& running) {
  Amounts most, sidecars;
  for (Fields& container : pod.items("initContainers")) {
    read_container_basics(container, workload);
    Amounts own = read_container_requests(container);
    read_env(container);
    container.ignore({"ports"});
    const std::string restart = container.text("restartPolicy");
    container.finish();
    add(own, sidecars);
    if (restart == "Always") {
      sidecars = own;
    }
    raise(most, own);
  }
  add(running, sidecars);
  return most;
}

Toleration read_toleration(Fields& item) {
  Toleration toleration;
  toleration.key = item.text("key");
  toleration.value = item.text("value");
  const std::string operation = item.text("operator", "Equal");
  toleration.exists = operation == "Exists";
  if (!toleration.exists && operation != "Equal") item.expected("operator", "Exists or Equal");
  if (!toleration.exists && toleration.key.empty()) {
    item.error("operator", "must be Exists where no key is given");
  }
  if (toleration.exists && !toleration.value.empty()) {
    item.error("value", "must be empty where the operator is Exists");
  }
  if (const std::string effect = item.text("effect"); !effect.empty()) {
    toleration.effect = effect_named(effect);
    if (!toleration.effect) item.expected("effect", "NoSchedule, PreferNoSchedule or NoExecute");
  }
  item.finish();
  return toleration;
}

void read_volume(Fields& volume, Workload& workload) {
  const std::string name_of_volume = volume.required_text("name");
  // What these hold is small and comes with the pod.
  volume.ignore({"configMap", "secret", "projected", "downwardAPI"});
  if (volume.has("persistentVolumeClaim")) {
    Fields claim = volume.child("persistentVolumeClaim", "persistentVolumeClaim.");
    const std::string name = claim.required_text("claimName");
    if (workload.claim.empty()) workload.claim = name;
    claim.ignore({"readOnly"});
    claim.finish();
  }
  if (volume.has("hostPath")) {  // for the node autoscaler alone: what is on it comes at once
    workload.local_volumes.push_back(name_of_volume);
    Fields host_path = volume.child("hostPath", "hostPath.");
    host_path.ignore({"path", "type"});
    host_path.finish();
  }
  if (volume.has("emptyDir")) {
    Fields empty_dir = volume.child("emptyDir", "emptyDir.");
    const std::string medium = empty_dir.text("medium");
    if (medium.empty()) {
      workload.disk_empty_dir = true;
      workload.local_volumes.push_back(name_of_volume);
    }
    if (medium.starts_with("HugePages")) {
      volume.report().not_modelled("emptyDir.medium");
    } else if (!medium.empty() && medium != "Memory") {
      empty_dir.expected("medium", "Memory or nothing");
    }
    empty_dir.finish();
  }
  volume.finish();
}

}  // namespace

std::optional<TaintEffect> effect_named(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, TaintEffect>, 3> kEffects{
      {{"NoSchedule", TaintEffect::no_schedule},
       {"PreferNoSchedule", TaintEffect::prefer_no_schedule},
       {"NoExecute", TaintEffect::no_execute}}};
  for (const auto& [known, effect] : kEffects) {
    if (known == name) return effect;
  }
  return std::nullopt;
}

Resources to_resources(const Amounts& amounts) {
  Resources result;
  for (const auto& [name, amount] : amounts) {
    if (name == "cpu") {
      result.cpu = Millicores(amount);
    } else if (name == "memory") {
      result.memory = Bytes(amount);
    } else {
      result.extended.emplace(name, amount);
    }
  }
  return result;
}

std::vector<Toleration> read_tolerations(Fields& pod) {
  std::vector<Toleration> tolerations;
  for (Fields& item : pod.items("tolerations", "tolerations."))
    tolerations.push_back(read_toleration(item));
  return tolerations;
}

void read_placement(Fields& pod, Workload& workload) {
  workload.node_selector = values_of(pod.texts("nodeSelector"));
  workload.tolerations = read_tolerations(pod);
  Fields affinity = pod.child("affinity", "affinity.");
  read_pod_anti_affinity(affinity, workload);
  affinity.finish();
}

void read_pod(Fields& pod, Workload& workload) {
  Amounts running = read_containers(pod, workload);
  const Amounts starting = read_init_containers(pod, workload, running);
  raise(running, starting);
  workload.requests = to_resources(running);
  read_placement(pod, workload);
  workload.runtime_class = pod.text("runtimeClassName");
  for (Fields& item : pod.items("volumes", "volumes.")) read_volume(item, workload);
  constexpr std::int64_t kMostGrace = 366LL * 24 * 3600;
  workload.grace =
      std::chrono::seconds(pod.integer("terminationGracePeriodSeconds", 30, 0, kMostGrace));
  if (pod.text("restartPolicy", "Always") != "Always") pod.expected("restartPolicy", "Always");
  pod.ignore({"serviceAccountName", "serviceAccount", "automountServiceAccountToken",
              "securityContext", "imagePullSecrets", "dnsPolicy", "dnsConfig", "enableServiceLinks",
              "hostname", "subdomain", "setHostnameAsFQDN", "hostAliases", "shareProcessNamespace",
              "hostIPC", "hostPID", "hostUsers", "os"});
  pod.finish();
}

}  // namespace thaw
