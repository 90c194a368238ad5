// Objects that are settings of a controller: a ConfigMap's data, a HorizontalPodAutoscaler's spec.
#include <fmt/format.h>

#include "engine/scenario/manifest_kinds.hpp"

namespace thaw {
namespace {

void flatten(const yaml::Node& node, const std::string& path, Params& params) {
  const auto below = [&](const std::string& name) {
    return path.empty() ? name : path + "." + name;
  };
  switch (node.kind) {
    case yaml::Node::Kind::map:  // an empty one is not a missing one
      if (node.map.empty()) params.set(path, "{}", node.place);
      for (const auto& [key, value] : node.map) flatten(value, below(key.scalar), params);
      return;
    case yaml::Node::Kind::list:
      if (node.list.empty()) params.set(path, "[]", node.place);
      for (std::size_t i = 0; i < node.list.size(); ++i)
        flatten(node.list[i], below(std::to_string(i)), params);
      return;
    case yaml::Node::Kind::null:  // what a missing key is
      return;
    case yaml::Node::Kind::scalar:
      params.set(path, node.scalar, node.place);
  }
}

// autoscaling/v1 knows one metric, the CPU's utilisation, which v2 writes at more length.
void from_v1(Params& spec, const Place& place) {
  const Params::Entry* const written = spec.find("targetCPUUtilizationPercentage");
  // The API server's default where there is no other metric.
  const Params::Entry target = written ? *written : Params::Entry{"80", place};
  spec.set("metrics.0.type", "Resource", target.place);
  spec.set("metrics.0.resource.name", "cpu", target.place);
  spec.set("metrics.0.resource.target.type", "Utilization", target.place);
  spec.set("metrics.0.resource.target.averageUtilization", target.value, target.place);
}

}  // namespace

ConfigMapObject read_config_map(const ObjectHead& head, Fields& object) {
  ConfigMapObject config{head.place, head.name, head.ns, object.texts("data")};
  config.data.erase("_example");  // Knative's own documentation of itself
  object.ignore({"binaryData", "immutable"});
  return config;
}

HpaObject read_hpa(const ObjectHead& head, bool v1, Fields& object) {
  HpaObject hpa{head.place, head.name, head.ns, {}, {}, {}};
  if (!object.has("spec")) {
    object.error("spec", "is missing");
    return hpa;
  }
  flatten(*object.find("spec"), "", hpa.spec);
  Fields spec = object.child("spec");
  if (!spec.has("scaleTargetRef")) {
    spec.error("scaleTargetRef", "is missing");
    return hpa;
  }
  Fields target = spec.child("scaleTargetRef");
  hpa.target_kind = target.required_text("kind");
  hpa.target_name = target.required_text("name");
  target.ignore({"apiVersion"});
  target.finish();
  // The policy reads the rest, and tells what it does not know.
  if (v1) from_v1(hpa.spec, head.place);
  Params rest;
  for (const auto& [key, entry] : hpa.spec.entries())
    if (!key.starts_with("scaleTargetRef.") && key != "targetCPUUtilizationPercentage")
      rest.set(key, entry.value, entry.place);
  hpa.spec = std::move(rest);
  return hpa;
}

}  // namespace thaw
