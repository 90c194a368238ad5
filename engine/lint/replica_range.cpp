#include "engine/lint/replica_range.hpp"

#include <algorithm>
#include <initializer_list>

#include "engine/scenario/units.hpp"

namespace thaw::lint {
namespace {

const Params::Entry* annotation(const Workload& workload,
                                std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto found = workload.annotations.find(name);
    if (found != workload.annotations.end()) return &found->second;
  }
  return nullptr;
}

std::optional<std::int64_t> number(const Params::Entry* entry) {
  return entry ? units::integer(entry->value) : std::nullopt;
}

// 0 is no limit, to Knative as to SlimFaas.
void set_most(ReplicaRange& range, const Params::Entry* entry) {
  range.most = number(entry);
  if (range.most == 0) range.most.reset();
  if (range.most) range.place = entry->place;
}

// The scenario's own policy takes the place of what the manifests say.
bool governed_elsewhere(const Subject& subject, const Workload& workload) {
  if (!subject.scenario) return false;
  return std::ranges::any_of(subject.scenario->functions, [&](const FunctionSpec& function) {
    return function.name == workload.name && !function.policy.empty();
  });
}

}  // namespace

ReplicaRange replica_range(const Subject& subject, const Workload& workload) {
  ReplicaRange range{0, std::nullopt, workload.place};
  if (governed_elsewhere(subject, workload)) return range;
  for (const HpaObject& hpa : subject.manifests.hpas) {
    if (hpa.target_name != workload.name || !may_share_namespace(hpa.ns, workload.ns)) continue;
    range.least = number(hpa.spec.find("minReplicas")).value_or(1);
    set_most(range, hpa.spec.find("maxReplicas"));
    return range;
  }
  if (workload.kind == Workload::Kind::knative_service) {
    const auto* const least = annotation(
        workload, {"autoscaling.knative.dev/min-scale", "autoscaling.knative.dev/minScale"});
    range.least = number(least).value_or(0);
    set_most(range, annotation(workload, {"autoscaling.knative.dev/max-scale",
                                          "autoscaling.knative.dev/maxScale"}));
  } else if (workload.kind == Workload::Kind::openfaas_function) {
    range.least = workload.replicas.count;
    set_most(range, workload.scale_labels.find("max"));
  } else if (annotation(workload, {"SlimFaas/Function"})) {
    range.least = number(annotation(workload, {"SlimFaas/ReplicasMin"})).value_or(0);
  } else {
    range.least = workload.replicas.count;
    range.most = workload.replicas.count;
  }
  return range;
}

}  // namespace thaw::lint
