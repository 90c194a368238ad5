// Kubernetes Services as they lead to pods, and by which names one calls them.
#pragma once

#include <string>
#include <string_view>

#include "engine/scenario/manifest.hpp"

namespace thaw {

bool selects_pods_of(const ServiceObject& service, const Workload& workload);

// The container port that a Service's port leads to; a name is looked up in the pod. 0 if the pod
// has no such name.
int target_port(const ServicePort& port, const Workload& workload);

// Whether `host`, as a pod of `ns` says it, is the Service `service` of `service_ns`: "redis",
// "redis.stores", "redis.stores.svc", "redis.stores.svc.cluster.local".
bool names_service(std::string_view host, const std::string& service, const std::string& service_ns,
                   const std::string& ns);

}  // namespace thaw
