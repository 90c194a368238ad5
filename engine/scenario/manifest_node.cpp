// Node: what kubectl prints of a cluster's own, for the pools of a scenario to be like it.
#include <algorithm>

#include "engine/scenario/manifest_kinds.hpp"

namespace thaw {
namespace {

// They come and go with a node's state: not-ready, unschedulable, about to be removed.
bool is_passing(std::string_view taint) {
  return taint.starts_with("node.kubernetes.io/") || taint.starts_with("node.cloudprovider.") ||
         taint.starts_with("startup-taint.cluster-autoscaler.") ||
         taint == "ToBeDeletedByClusterAutoscaler" ||
         taint == "DeletionCandidateOfClusterAutoscaler";
}

std::vector<Taint> read_taints(Fields& spec) {
  std::vector<Taint> taints;
  for (Fields& item : spec.items("taints", "taints.")) {
    Taint taint{item.required_text("key"), item.text("value"), {}};
    const auto effect = effect_named(item.required_text("effect"));
    if (!effect) item.expected("effect", "NoSchedule, PreferNoSchedule or NoExecute");
    item.ignore({"timeAdded"});
    item.finish();
    taint.effect = effect.value_or(TaintEffect::no_schedule);
    if (!is_passing(taint.key)) taints.push_back(std::move(taint));
  }
  return taints;
}

// A node also counts pods, volumes, huge pages and storage, which no scheduler here looks at.
bool is_placed_by(std::string_view resource) {
  return resource == "cpu" || resource == "memory" || resource.find('/') != std::string_view::npos;
}

Resources read_allocatable(Fields& status) {
  const char* const key = status.has("allocatable") ? "allocatable" : "capacity";
  const yaml::Node* const written = status.find(key);
  if (!written || written->kind != yaml::Node::Kind::map) {
    if (written) status.expected(key, "a map");
    return {};
  }
  yaml::Node used = *written;
  std::erase_if(used.map, [](const auto& pair) { return !is_placed_by(pair.first.scalar); });
  return to_resources(
      read_amounts(Fields(&used, used.place, status.path() + "." + key, "", status.report())));
}

}  // namespace

NodeObject read_node(const ObjectHead& head, Fields& object) {
  NodeObject node{head.place, head.name, head.ns, values_of(head.labels), {}, {}};
  Fields spec = object.child("spec"), status = object.child("status");
  node.taints = read_taints(spec);
  node.allocatable = read_allocatable(status);
  return node;
}

}  // namespace thaw
