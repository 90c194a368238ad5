#include "sim/services.hpp"

#include <algorithm>

namespace thaw::sim {

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

}  // namespace thaw::sim
