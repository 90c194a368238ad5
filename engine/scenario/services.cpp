#include "engine/scenario/services.hpp"

#include <algorithm>

namespace thaw {

bool selects_pods_of(const ServiceObject& service, const Workload& workload) {
  return service.ns == workload.ns && !service.selector.empty() &&
         std::all_of(service.selector.begin(), service.selector.end(), [&](const auto& wanted) {
           const auto label = workload.labels.find(wanted.first);
           return label != workload.labels.end() && label->second == wanted.second;
         });
}

int target_port(const ServicePort& port, const Workload& workload) {
  if (port.target_name.empty()) return port.target != 0 ? port.target : port.port;
  const auto named = workload.named_ports.find(port.target_name);
  return named == workload.named_ports.end() ? 0 : named->second;
}

bool names_service(std::string_view host, const std::string& service, const std::string& service_ns,
                   const std::string& ns) {
  if (host == service) return service_ns == ns;
  const std::string in_ns = service + "." + service_ns;
  return host == in_ns || host == in_ns + ".svc" || host == in_ns + ".svc.cluster.local";
}

}  // namespace thaw
