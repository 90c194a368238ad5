// Knative Service: the revision that its template makes. Routes and traffic splits are not
// modelled.
#include "engine/scenario/manifest_kinds.hpp"

namespace thaw {
namespace {

// Knative's own limits (config-defaults): calls at once, and the longest a call may take, in
// seconds.
constexpr std::int64_t kMostConcurrency = 1000;
constexpr std::int64_t kMostTimeout = 600;
constexpr std::int64_t kDefaultTimeout = 300;  // also for 0

}  // namespace

Workload read_knative_service(const ObjectHead& head, Fields& object) {
  Workload workload;
  workload.kind = Workload::Kind::knative_service;
  workload.place = head.place;
  workload.name = head.name;
  workload.ns = head.ns;
  workload.replicas = Replicas(0);  // until the autoscaler has decided
  if (!object.has("spec")) {
    object.error("spec", "is missing");
    return workload;
  }
  Fields spec = object.child("spec");
  if (!spec.has("template")) spec.error("template", "is missing");
  if (spec.has("template")) {
    Fields revision = spec.child("template");
    Fields metadata = revision.child("metadata");
    workload.labels = values_of(metadata.texts("labels"));
    workload.annotations = metadata.texts("annotations");
    if (!revision.has("spec")) revision.error("spec", "is missing");
    if (revision.has("spec")) {
      Fields pod = revision.child("spec");
      workload.container_concurrency =
          static_cast<std::uint32_t>(pod.integer("containerConcurrency", 0, 0, kMostConcurrency));
      const std::int64_t timeout = pod.integer("timeoutSeconds", kDefaultTimeout, 0, kMostTimeout);
      workload.request_timeout = std::chrono::seconds(timeout == 0 ? kDefaultTimeout : timeout);
      read_pod(pod, workload);
    }
    revision.finish();
  }
  spec.finish();
  return workload;
}

}  // namespace thaw
