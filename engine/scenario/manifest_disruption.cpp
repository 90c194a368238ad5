// PodDisruptionBudgets, and Pods that no controller owns. Source: Kubernetes, "Specifying a
// Disruption Budget for your Application" and "Pod disruption conditions".
#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "engine/scenario/manifest_kinds.hpp"
#include "engine/scenario/units.hpp"

namespace thaw {
namespace {

// A number of pods, or per cent of those that there should be.
CountOrRatio read_limit(Fields& spec, std::string_view key) {
  constexpr std::string_view kForm = "a number of pods such as 1, or a part of them such as 50%";
  CountOrRatio limit;
  const yaml::Node* const node = spec.find(key);
  if (!node || node->kind != yaml::Node::Kind::scalar) {
    spec.expected(key, kForm);
    return limit;
  }
  std::string_view text = node->scalar;
  const bool part = text.ends_with('%');
  if (part) text.remove_suffix(1);
  const auto value = units::integer(text);
  const std::int64_t most = part ? 100 : std::numeric_limits<std::int32_t>::max();
  if (!value || *value < 0 || *value > most || part != is_text(*node)) {
    spec.expected(key, kForm);
  } else if (part) {
    limit.ratio = static_cast<double>(*value) / 100;
  } else {
    limit.count = *value;
  }
  return limit;
}

}  // namespace

DisruptionBudgetObject read_disruption_budget(const ObjectHead& head, Fields& object) {
  DisruptionBudgetObject budget{head.place, head.name, head.ns, {}, false, {}};
  if (!object.has("spec")) {
    object.error("spec", "is missing");
    return budget;
  }
  Fields spec = object.child("spec");
  budget.pods = read_label_selector(spec.child("selector", "selector."));
  budget.says_unavailable = spec.has("maxUnavailable");
  if (budget.says_unavailable == spec.has("minAvailable")) {
    spec.error("minAvailable", "expected exactly one of minAvailable and maxUnavailable");
  } else {
    budget.limit = read_limit(spec, budget.says_unavailable ? "maxUnavailable" : "minAvailable");
  }
  const std::string policy = spec.text("unhealthyPodEvictionPolicy", "IfHealthyBudget");
  if (policy == "AlwaysAllow") {
    spec.report().not_modelled("unhealthyPodEvictionPolicy AlwaysAllow");
  } else if (policy != "IfHealthyBudget") {
    spec.expected("unhealthyPodEvictionPolicy", "IfHealthyBudget or AlwaysAllow");
  }
  spec.finish();
  return budget;
}

Workload read_bare_pod(const ObjectHead& head, Fields& object) {
  Workload workload;
  workload.kind = Workload::Kind::pod;
  workload.place = head.place;
  workload.name = head.name;
  workload.ns = head.ns;
  workload.annotations = head.annotations;
  workload.labels = values_of(object.child("metadata").texts("labels"));
  if (!object.has("spec")) {
    object.error("spec", "is missing");
    return workload;
  }
  Fields pod = object.child("spec");
  read_pod(pod, workload);
  return workload;
}

}  // namespace thaw
