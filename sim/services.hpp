// Kubernetes Services as they lead to pods.
#pragma once

#include "engine/scenario/manifest.hpp"

namespace thaw::sim {

bool selects_pods_of(const ServiceObject& service, const Workload& workload);

// The container port that a Service's port leads to; a name is looked up in the pod. 0 if the pod
// has no such name.
int target_port(const ServicePort& port, const Workload& workload);

}  // namespace thaw::sim
