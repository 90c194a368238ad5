#include "engine/lint/pods.hpp"

#include <algorithm>
#include <array>

namespace thaw::lint {
namespace {

using yaml::Node;

constexpr std::array<std::string_view, 6> kTemplated{"Deployment", "StatefulSet", "DaemonSet",
                                                     "ReplicaSet", "Job",         "Service"};

bool is_map(const Node* node) { return node && node->kind == Node::Kind::map; }

const Node* pod_spec_of(const Object& object) {
  if (object.kind == "Pod") return at(*object.node, "spec");
  if (object.kind == "CronJob") return at(*object.node, "spec.jobTemplate.spec.template.spec");
  if (object.kind == "Service" && !object.api_version.starts_with("serving.knative.dev/"))
    return nullptr;
  const bool templated = std::ranges::find(kTemplated, object.kind) != kTemplated.end();
  return templated ? at(*object.node, "spec.template.spec") : nullptr;
}

bool same_object(const Object& a, const Object& b) {
  return a.kind == b.kind && a.name == b.name && may_share_namespace(a.ns, b.ns);
}

void add_resources(const Node& pod_spec, std::vector<const Node*>& resources) {
  for (const Node* const container : containers_of(pod_spec))
    if (const Node* const own = container->find("resources"); is_map(own)) resources.push_back(own);
}

}  // namespace

std::vector<PodSpec> pods_of(const Subject& subject) {
  std::vector<PodSpec> pods;
  for (std::size_t i = 0; i < subject.objects.size(); ++i) {
    const Object& object = subject.objects[i];
    const Node* const spec = pod_spec_of(object);
    if (!is_map(spec)) continue;
    const bool replaced = subject.scenario &&
                          std::any_of(subject.objects.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                      subject.objects.end(), [&](const Object& later) {
                                        return same_object(object, later);
                                      });
    if (!replaced) pods.push_back({&object, spec});
  }
  return pods;
}

std::vector<const Node*> containers_of(const Node& pod_spec) {
  std::vector<const Node*> containers;
  for (const char* key : {"containers", "initContainers"}) {
    const Node* const list = pod_spec.find(key);
    if (!list) continue;
    for (const Node& item : list->list)
      if (is_map(&item)) containers.push_back(&item);
  }
  return containers;
}

Source source_of(const Subject& subject, const Workload& workload) {
  Source source;
  const Object* const object = object_at(subject, workload.place);
  if (const Node* const spec = object ? pod_spec_of(*object) : nullptr; is_map(spec)) {
    source.pod = spec;
    add_resources(*spec, source.resources);
  }
  for (const Values& values : subject.values) {
    if (!same_place(values.node->place, workload.place)) continue;
    source.pod = values.node;
    if (const Node* const own = values.node->find("resources"); is_map(own))
      source.resources.push_back(own);
  }
  for (const Node* const stack : subject.stacks) {
    const Node* const functions = stack->find("functions");
    if (!is_map(functions)) continue;
    for (const auto& [key, function] : functions->map)
      if (same_place(key.place, workload.place)) source.resources.push_back(&function);
  }
  return source;
}

Place place_of_resource(const Source& source, std::string_view name, const Place& otherwise) {
  for (const char* key : {"limits", "requests"}) {
    for (const Node* const resources : source.resources) {
      const Node* const amounts = resources->find(key);
      if (is_map(amounts) && amounts->find(name)) return place_of_key(*amounts, name);
    }
  }
  return otherwise;
}

Place place_of_part(const Source& source, std::string_view key, const Place& otherwise) {
  return source.pod && source.pod->find(key) ? place_of_key(*source.pod, key) : otherwise;
}

}  // namespace thaw::lint
