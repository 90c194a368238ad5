#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/scenario/manifest_kinds.hpp"

namespace thaw {

namespace {

std::string to_text(const std::map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [key, value] : labels) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", key, value);
  }
  return text.empty() ? "no labels" : text;
}

void read_selector(Fields& spec, Workload& workload) {
  if (!spec.has("selector")) {
    spec.error("selector", "is missing");
    return;
  }
  Fields selector = spec.child("selector", "selector.");
  workload.selector = values_of(selector.texts("matchLabels"));
  if (workload.selector.empty() && selector.unread().empty()) {
    spec.error("selector", "must not be empty");
  }
  selector.finish();
}

void check_selector(Fields& spec, const Workload& workload) {
  const bool matches = std::ranges::all_of(workload.selector, [&](const auto& wanted) {
    const auto label = workload.labels.find(wanted.first);
    return label != workload.labels.end() && label->second == wanted.second;
  });
  if (matches) return;
  spec.error("selector", fmt::format("{} does not match the labels of the template ({})",
                                     to_text(workload.selector), to_text(workload.labels)));
}

// A volume for each replica of a StatefulSet.
void read_claim_templates(Fields& spec, Workload& workload) {
  if (workload.kind != Workload::Kind::stateful_set) return;
  for (Fields& item : spec.items("volumeClaimTemplates", "volumeClaimTemplates.")) {
    Fields metadata = item.child("metadata");
    metadata.required_text("name");
    Fields claim = item.child("spec");
    is_shared(claim);
    workload.storage = Storage::own_volume;
    item.ignore({"apiVersion", "kind"});
  }
}

// A mistake that costs an afternoon: SlimFaas reads the template's annotations only.
void tell_misplaced_annotations(const ObjectHead& head, Fields& object) {
  const auto misplaced = std::ranges::find_if(
      head.annotations, [](const auto& entry) { return entry.first.starts_with("SlimFaas/"); });
  if (misplaced == head.annotations.end()) return;
  object.report().notice(
      fmt::format("{} is on the object itself and has no effect there; SlimFaas "
                  "reads the annotations of the pod template",
                  misplaced->first));
}

}  // namespace

std::string_view name_of(Workload::Kind kind) {
  switch (kind) {
    case Workload::Kind::deployment:
      return "Deployment";
    case Workload::Kind::stateful_set:
      return "StatefulSet";
    case Workload::Kind::knative_service:
      return "Service";
    case Workload::Kind::openfaas_function:
      return "Function";
    case Workload::Kind::pod:
      return "Pod";
  }
  return "";
}

Workload read_workload(Workload::Kind kind, const ObjectHead& head, Fields& object) {
  Workload workload;
  workload.kind = kind;
  workload.place = head.place;
  workload.name = head.name;
  workload.ns = head.ns;
  tell_misplaced_annotations(head, object);
  if (!object.has("spec")) {
    object.error("spec", "is missing");
    return workload;
  }
  Fields spec = object.child("spec");
  constexpr std::int64_t kMostReplicas = std::numeric_limits<std::int32_t>::max();
  workload.replicas =
      Replicas(static_cast<std::int32_t>(spec.integer("replicas", 1, 0, kMostReplicas)));
  read_selector(spec, workload);
  spec.ignore({"revisionHistoryLimit", "progressDeadlineSeconds", "serviceName", "ordinals",
               "persistentVolumeClaimRetentionPolicy"});
  read_claim_templates(spec, workload);
  if (!spec.has("template")) spec.error("template", "is missing");
  if (spec.has("template")) {
    Fields pod_template = spec.child("template");
    Fields metadata = pod_template.child("metadata");
    workload.labels = values_of(metadata.texts("labels"));
    workload.annotations = metadata.texts("annotations");
    check_selector(spec, workload);
    if (!pod_template.has("spec")) pod_template.error("spec", "is missing");
    if (pod_template.has("spec")) {
      Fields pod = pod_template.child("spec");
      read_pod(pod, workload);
    }
    pod_template.finish();
  }
  spec.finish();
  return workload;
}

}  // namespace thaw
