#include "drivers/world/objects.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "engine/scenario/node_objects.hpp"
#include "engine/scenario/rfc3339.hpp"
#include "engine/scenario/units.hpp"
#include "engine/scenario/yaml.hpp"

namespace thaw::world {
namespace {

using Json = nlohmann::json;

const Json kNothing;

const Json& at(const Json& object, std::string_view key) {
  if (!object.is_object()) return kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

std::string text(const Json& object, std::string_view key) {
  const Json& value = at(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::optional<TimePoint> time(const Json& object, std::string_view key) {
  return scenario::parse_rfc3339(text(object, key));
}

Condition condition_of(std::string_view status) {
  if (status == "True") return Condition::yes;
  if (status == "False") return Condition::no;
  return Condition::unknown;
}

PodPhase phase_of(std::string_view phase) {
  if (phase == "Pending") return PodPhase::pending;
  if (phase == "Running") return PodPhase::running;
  if (phase == "Succeeded") return PodPhase::succeeded;
  if (phase == "Failed") return PodPhase::failed;
  return PodPhase::unknown;
}

const Json* controller_of(const Json& meta) {
  for (const Json& owner : at(meta, "ownerReferences"))
    if (at(owner, "controller").is_boolean() && at(owner, "controller").get<bool>()) return &owner;
  return nullptr;
}

// A ReplicaSet is called DEPLOYMENT-HASH, and its pods carry the hash as a label.
std::optional<WorkloadKey> owner_of(const Json& meta) {
  const Json* const owner = controller_of(meta);
  if (!owner) return std::nullopt;
  const std::string kind = text(*owner, "kind"), name = text(*owner, "name");
  const std::string ns = text(meta, "namespace");
  if (kind == "StatefulSet") return WorkloadKey{true, ns, name};
  const std::string ending = "-" + text(at(meta, "labels"), "pod-template-hash");
  if (kind != "ReplicaSet" || ending.size() == 1 || !name.ends_with(ending)) return std::nullopt;
  return WorkloadKey{false, ns, name.substr(0, name.size() - ending.size())};
}

// As a query takes it: "app=ollama,tier in (a,b),!old".
std::string selector_of(const Json& selector) {
  std::string all;
  const auto add = [&all](const std::string& rule) { all += (all.empty() ? "" : ",") + rule; };
  if (const Json& labels = at(selector, "matchLabels"); labels.is_object())
    for (const auto& [key, value] : labels.items())
      if (value.is_string()) add(key + "=" + value.get<std::string>());
  for (const Json& rule : at(selector, "matchExpressions")) {
    const std::string key = text(rule, "key"), how = text(rule, "operator");
    std::string values;
    for (const Json& value : at(rule, "values"))
      if (value.is_string()) values += (values.empty() ? "" : ",") + value.get<std::string>();
    if (how == "In") add(key + " in (" + values + ")");
    if (how == "NotIn") add(key + " notin (" + values + ")");
    if (how == "Exists") add(key);
    if (how == "DoesNotExist") add("!" + key);
  }
  return all;
}

std::vector<ContainerRequest> requests_of(const Json& spec) {
  std::vector<ContainerRequest> all;
  for (const Json& container : at(spec, "containers")) {
    const Json& requests = at(at(container, "resources"), "requests");
    if (!requests.is_object()) continue;
    for (const auto& [resource, amount] : requests.items()) {
      const auto milli = amount.is_string() ? units::kubernetes_milli(amount.get<std::string>())
                                            : std::optional<std::int64_t>();
      if (milli) all.push_back({text(container, "name"), resource, *milli});
    }
  }
  return all;
}

yaml::Node scalar(std::string value, bool quoted, const Place& place) {
  yaml::Node node;
  node.kind = yaml::Node::Kind::scalar;
  node.scalar = std::move(value);
  node.quoted = quoted;
  node.place = place;
  return node;
}

yaml::Node tree_of(const Json& value, const Place& place) {
  if (value.is_string()) return scalar(value.get<std::string>(), true, place);
  if (value.is_primitive() && !value.is_null()) return scalar(value.dump(), false, place);
  yaml::Node node;
  node.place = place;
  if (value.is_array()) {
    node.kind = yaml::Node::Kind::list;
    for (const Json& item : value) node.list.push_back(tree_of(item, place));
  } else if (value.is_object()) {
    node.kind = yaml::Node::Kind::map;
    for (const auto& [key, item] : value.items())
      node.map.emplace_back(scalar(key, true, place), tree_of(item, place));
  }
  return node;
}

// What a user wrote: no status, nothing that the server keeps for itself.
Json written_of(const Json& object, const char* api_version, const char* kind) {
  const Json& meta = at(object, "metadata");
  Json written = {{"apiVersion", api_version},
                  {"kind", kind},
                  {"metadata", Json::object()},
                  {"spec", at(object, "spec")}};
  for (const char* key : {"name", "namespace", "labels", "annotations"})
    if (const Json& value = at(meta, key); !value.is_null()) written["metadata"][key] = value;
  if (at(written["metadata"], "annotations").is_object()) {
    Json& annotations = written["metadata"]["annotations"];
    annotations.erase("deployment.kubernetes.io/revision");
    annotations.erase("kubectl.kubernetes.io/last-applied-configuration");
    if (annotations.empty()) written["metadata"].erase("annotations");
  }
  return written;
}

}  // namespace

std::string to_text(const WorkloadKey& key) {
  return (key.stateful ? "StatefulSet " : "Deployment ") + key.ns + "/" + key.name;
}

WorkloadState workload_of(const Json& object, bool stateful) {
  const Json& meta = at(object, "metadata");
  WorkloadState state;
  state.key = {stateful, text(meta, "namespace"), text(meta, "name")};
  state.uid = text(meta, "uid");
  state.resource_version = text(meta, "resourceVersion");
  if (const Json& replicas = at(at(object, "spec"), "replicas"); replicas.is_number_integer())
    state.spec = Replicas(replicas.get<std::int32_t>());
  state.selector = selector_of(at(at(object, "spec"), "selector"));
  Json written = written_of(object, "apps/v1", stateful ? "StatefulSet" : "Deployment");
  if (written["spec"].is_object()) written["spec"].erase("replicas");
  state.settings = written.dump();
  if (const Json* const owner = controller_of(meta))
    state.owner = text(*owner, "kind") + " " + text(*owner, "name");
  return state;
}

PodState pod_of(const Json& object) {
  const Json& meta = at(object, "metadata");
  const Json& status = at(object, "status");
  PodState pod;
  pod.ns = text(meta, "namespace");
  pod.name = text(meta, "name");
  pod.uid = text(meta, "uid");
  pod.owner = owner_of(meta);
  pod.phase = phase_of(text(status, "phase"));
  pod.deleting = !at(meta, "deletionTimestamp").is_null();
  pod.created = time(meta, "creationTimestamp").value_or(TimePoint{});
  pod.started = time(status, "startTime");
  pod.node = text(at(object, "spec"), "nodeName");
  pod.requests = requests_of(at(object, "spec"));
  for (const Json& one : at(status, "conditions")) {
    const std::string type = text(one, "type");
    if (type == "Ready") {
      pod.ready = condition_of(text(one, "status"));
      pod.ready_changed = time(one, "lastTransitionTime").value_or(TimePoint{});
    } else if (type == "PodScheduled") {
      pod.unschedulable = text(one, "status") == "False";
      if (text(one, "status") == "True") pod.scheduled = time(one, "lastTransitionTime");
    }
  }
  for (const Json& one : at(status, "podIPs"))
    if (std::string address = text(one, "ip"); !address.empty())
      pod.addresses.push_back(std::move(address));
  if (std::string address = text(status, "podIP"); pod.addresses.empty() && !address.empty())
    pod.addresses.push_back(std::move(address));
  for (const Json& one : at(status, "containerStatuses"))
    if (const auto begun = time(at(at(one, "state"), "running"), "startedAt"))
      pod.running = std::max(pod.running.value_or(*begun), *begun);
  return pod;
}

NodeState node_of(const Json& object) {
  const Json& meta = at(object, "metadata");
  const Json &labels = at(meta, "labels"), &status = at(object, "status");
  NodeState node;
  node.name = text(meta, "name");
  node.type = text(labels, "node.kubernetes.io/instance-type");
  node.pool = node.type;
  for (const char* const label : pool_labels()) {
    if (text(labels, label).empty()) continue;
    node.pool = text(labels, label);
    break;
  }
  node.created = time(meta, "creationTimestamp").value_or(TimePoint{});
  for (const Json& one : at(status, "conditions")) {
    if (text(one, "type") == "Ready" && text(one, "status") == "True")
      node.ready = time(one, "lastTransitionTime");
  }
  // A device's resource has a domain; what each node has of itself has none.
  for (const auto& [resource, count] : at(status, "allocatable").items()) {
    if (resource.find('/') != std::string::npos && count != "0") node.devices = true;
  }
  return node;
}

HpaState hpa_of(const Json& object) {
  const Json& meta = at(object, "metadata");
  HpaState hpa;
  hpa.ns = text(meta, "namespace");
  hpa.name = text(meta, "name");
  const Json& target = at(at(object, "spec"), "scaleTargetRef");
  const std::string kind = text(target, "kind");
  if (kind == "Deployment" || kind == "StatefulSet")
    hpa.target = WorkloadKey{kind == "StatefulSet", hpa.ns, text(target, "name")};
  hpa.settings = written_of(object, "autoscaling/v2", "HorizontalPodAutoscaler").dump();
  return hpa;
}

yaml::Node manifest_of(const std::string& settings, const std::string& name) {
  return tree_of(Json::parse(settings, nullptr, false), {name, 0, 0});
}

}  // namespace thaw::world
