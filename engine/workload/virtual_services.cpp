#include "engine/workload/virtual_services.hpp"

#include <algorithm>
#include <string>

#include "engine/scenario/services.hpp"

namespace thaw::workload {
namespace {

bool leads_to_plain(const Scenario& scenario, const VirtualServiceRoute& route,
                    const Workload& workload, const std::string& ns) {
  const auto& services = scenario.manifests.services;
  return std::any_of(services.begin(), services.end(), [&](const ServiceObject& service) {
    return names_service(route.host, service.name, service.ns, ns) &&
           selects_pods_of(service, workload) &&
           (route.port == 0 ||
            std::any_of(service.ports.begin(), service.ports.end(),
                        [&](const ServicePort& port) { return port.port == route.port; }));
  });
}

MeshRoute destination(const Scenario& scenario, const VirtualServiceRoute& route,
                      const std::string& ns) {
  bool of_knative = false;
  for (std::size_t f = 0; f < scenario.functions.size(); ++f) {
    const Workload& workload = scenario.manifests.workloads[scenario.functions[f].workload];
    if (workload.kind == Workload::Kind::knative_service) {
      if (names_service(route.authority, workload.name, workload.ns, ns))
        return {f, 0, route.timeout};
      of_knative = of_knative || names_service(route.host, workload.name, workload.ns, ns);
    } else if (leads_to_plain(scenario, route, workload, ns)) {
      return {f, 0, route.timeout};
    }
  }
  return {std::nullopt, of_knative ? 404 : 503, route.timeout};
}

}  // namespace

std::optional<MeshRoute> mesh_route(const Scenario& scenario, std::string_view path) {
  for (const VirtualServiceObject& service : scenario.manifests.virtual_services) {
    for (const VirtualServiceRoute& route : service.routes) {
      const bool matches =
          std::any_of(route.prefixes.begin(), route.prefixes.end(),
                      [&](const std::string& prefix) { return path.starts_with(prefix); });
      if (matches) return destination(scenario, route, service.ns);
    }
  }
  return std::nullopt;
}

}  // namespace thaw::workload
