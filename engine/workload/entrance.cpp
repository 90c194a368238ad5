#include "engine/workload/entrance.hpp"

#include <algorithm>
#include <string>

#include "engine/scenario/openfaas.hpp"
#include "engine/scenario/services.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"
#include "engine/workload/virtual_services.hpp"

namespace thaw::workload {
namespace {

// The longest prefix wins, as nginx does it.
const IngressRule* rule_for(const Scenario& scenario, std::string_view path,
                            const IngressObject*& object) {
  const IngressRule* best = nullptr;
  for (const IngressObject& ingress : scenario.manifests.ingresses) {
    for (const IngressRule& rule : ingress.rules) {
      if (!path.starts_with(rule.path) || (best && rule.path.size() <= best->path.size())) continue;
      best = &rule;
      object = &ingress;
    }
  }
  return best;
}

bool leads_to(const Scenario& scenario, const Workload& workload, const IngressRule& rule,
              const std::string& ns) {
  const auto& services = scenario.manifests.services;
  return std::any_of(services.begin(), services.end(), [&](const ServiceObject& service) {
    return service.name == rule.service && service.ns == ns && selects_pods_of(service, workload) &&
           std::any_of(service.ports.begin(), service.ports.end(), [&](const ServicePort& port) {
             return rule.port != 0 ? port.port == rule.port : port.name == rule.port_name;
           });
  });
}

std::optional<std::size_t> function_behind(const Scenario& scenario, const IngressRule& rule,
                                           const std::string& ns) {
  const auto& functions = scenario.functions;
  for (std::size_t f = 0; f < functions.size(); ++f) {
    const Workload& workload = scenario.manifests.workloads[functions[f].workload];
    if (!is_slimfaas_function(workload) && leads_to(scenario, workload, rule, ns)) return f;
  }
  return std::nullopt;
}

Entrance through_mesh(const MeshRoute& mesh) {
  Entrance entrance;
  entrance.through_ingress = mesh.timeout > Duration{0};
  entrance.read_timeout = mesh.timeout;
  entrance.function = mesh.function;
  const Outcome outcome = mesh.status == 404 ? Outcome::rejected : Outcome::failed;
  if (!mesh.function) entrance.refused = Answer{mesh.status, outcome, CutBy::ingress};
  return entrance;
}

}  // namespace

std::vector<const Workload*> gateways_of(const Scenario& scenario) {
  std::vector<const Workload*> gateways;
  for (const Workload& workload : scenario.manifests.workloads)
    if (is_slimfaas(workload) || is_openfaas_gateway(workload)) gateways.push_back(&workload);
  return gateways;
}

Entrance entrance_of(const Scenario& scenario, const std::vector<const Workload*>& gateways,
                     std::string_view path) {
  Entrance entrance;
  if (scenario.manifests.ingresses.empty()) {
    const auto mesh = mesh_route(scenario, path);
    return mesh ? through_mesh(*mesh) : entrance;
  }
  entrance.through_ingress = true;
  const IngressObject* object = nullptr;
  const IngressRule* rule = rule_for(scenario, path, object);
  if (!rule) {
    entrance.refused = Answer{404, Outcome::rejected, CutBy::ingress};
    return entrance;
  }
  entrance.read_timeout = object->read_timeout;
  if (std::any_of(gateways.begin(), gateways.end(), [&](const Workload* gateway) {
        return leads_to(scenario, *gateway, *rule, object->ns);
      }))
    return entrance;
  entrance.function = function_behind(scenario, *rule, object->ns);
  if (!entrance.function) entrance.refused = Answer{503, Outcome::failed, CutBy::ingress};
  return entrance;
}

}  // namespace thaw::workload
