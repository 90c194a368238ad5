// TH206: autoscalers whose scaleTargetRef names nothing.
//
// The controller looks in its own namespace for the kind within the group of apiVersion; the
// version of the group does not matter to it.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "engine/lint/hpa_metrics.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::no_target {
namespace {

constexpr std::array<std::string_view, 3> kOfApps{"Deployment", "StatefulSet", "ReplicaSet"};

struct Reference {
  std::string who, kind, name, ns;
  Place place;  // of the name
};

std::string_view group_of(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
}

// Only kinds that are among the files in their own right can be missed.
bool can_be_missed(const Reference& wanted) {
  return wanted.kind == "Deployment" || wanted.kind == "StatefulSet";
}

std::string kind_of(const Workload& workload) {
  return workload.kind == Workload::Kind::openfaas_function ? "Deployment"
                                                            : std::string(name_of(workload.kind));
}

void check_group(const Object& object, Report& report) {
  const yaml::Node* const target = at(*object.node, "spec.scaleTargetRef");
  const yaml::Node* const kind = target ? target->find("kind") : nullptr;
  if (!kind || std::ranges::find(kOfApps, kind->scalar) == kOfApps.end()) return;
  const yaml::Node* const version = target->find("apiVersion");
  const std::string written = version ? version->scalar : "";
  if (group_of(written) == "apps") return;
  const bool keda = object.kind == "ScaledObject";
  if (keda && !version) return;  // KEDA takes apps/v1
  report.add(version ? version->place : kind->place,
             "apiVersion " + (version ? "\"" + written + "\"" : std::string("is missing")) +
                 ": the controller looks for a " + kind->scalar + " in the group \"" +
                 std::string(group_of(written)) + "\", where there is none",
             "apiVersion: apps/v1");
}

void check_name(const Reference& wanted, const Subject& subject, Report& report) {
  const auto& workloads = subject.manifests.workloads;
  const auto missing = wanted.kind + " " + wanted.name;
  std::vector<std::string> names;
  for (const Workload& other : workloads) {
    const bool here = may_share_namespace(other.ns, wanted.ns);
    if (other.name == wanted.name && here) {
      if (kind_of(other) == wanted.kind) return;
      const bool knative = other.kind == Workload::Kind::knative_service;
      report.add(wanted.place,
                 wanted.who + " scales " + missing + ", and " + wanted.name + " is a " +
                     (knative ? "Knative " : "") + kind_of(other),
                 knative ? "leave the scaling to Knative's annotations" : "kind: " + kind_of(other),
                 {{other.place, kind_of(other) + " " + other.name}});
      return;
    }
    if (kind_of(other) != wanted.kind) continue;
    if (other.name == wanted.name) {
      report.add(subject.scenario ? Severity::error : Severity::warning, wanted.place,
                 wanted.who + " is in namespace " + wanted.ns + " and " + missing + " in " +
                     other.ns + ": it looks in its own alone",
                 "metadata.namespace: " + other.ns, {{other.place, missing}});
      return;
    }
    if (here) names.push_back(other.name);
  }
  const std::string near = nearest(wanted.name, names);
  if (near.empty() && !subject.scenario) return;  // it may well be in the cluster
  report.add(subject.scenario ? Severity::error : Severity::warning, wanted.place,
             wanted.who + " scales " + missing + ", which is not there",
             near.empty() ? "the name of a workload that there is" : "write " + near);
}

void check(const Subject& subject, Report& report) {
  for (const Object& object : subject.objects) {
    const bool hpa = object.kind == "HorizontalPodAutoscaler";
    const bool keda = object.kind == "ScaledObject" && object.api_version.starts_with("keda.sh/");
    if (!hpa && !keda) continue;
    check_group(object, report);
    const yaml::Node* const target = at(*object.node, "spec.scaleTargetRef");
    const yaml::Node* const name = target ? target->find("name") : nullptr;
    const yaml::Node* const kind = target ? target->find("kind") : nullptr;
    if (!name || subject.manifests.workloads.empty()) continue;
    std::string ns = object.ns;
    for (const HpaObject& typed : subject.manifests.hpas)
      if (hpa && same_place(typed.place, object.place)) ns = typed.ns;
    const Reference wanted{object.kind + " " + object.name, kind ? kind->scalar : "Deployment",
                           name->scalar, ns, name->place};
    if (can_be_missed(wanted)) check_name(wanted, subject, report);
  }
}

}  // namespace

Rule rule() {
  return {"TH206", "no-target", Severity::error, "an autoscaler whose target is not there", check};
}

}  // namespace thaw::lint::no_target
