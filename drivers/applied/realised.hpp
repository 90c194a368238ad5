// A function that a cluster knows no kind for, as a Deployment and a Service of Kubernetes itself.
//
// What the typed workload holds is kept: replicas, labels, resources, placement, runtime class,
// environment, ports, grace, the volume of a claim, annotations of the pods. A Deployment's
// selector is the manifest's, else the label "app" with the function's name. What a runtime class
// adds by itself (overhead, placement) is left to the API server, which does it again.
#pragma once

#include <string>

#include "drivers/kubernetes/json.hpp"
#include "engine/scenario/manifest.hpp"

namespace thaw::applied {

// `template_json`: the pod template of the Knative Service that the workload was read from, used as
// it is but for Knative's own fields; empty: the template is made from the workload.
kubernetes::Json deployment_of(const Workload& workload, const Manifests& manifests,
                               const std::string& template_json = {});

// Replicas that a workload begins with: a Knative Service with its initial scale, at least its
// minimum; others with what they say.
Replicas begins_with(const Workload& workload, const Manifests& manifests);

// Of the function's name; port 80 leads to the first port of its containers, else 8080.
kubernetes::Json service_of(const Workload& workload);
int container_port(const Workload& workload);

// Of a chart. A claim has the size that the chart ollama gives it, and the cluster's own class.
inline constexpr const char* kClaimSize = "30Gi";
kubernetes::Json service_of(const ServiceObject& service);
kubernetes::Json claim_of(const ClaimObject& claim);

}  // namespace thaw::applied
