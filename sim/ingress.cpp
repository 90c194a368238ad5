#include "sim/ingress.hpp"

#include <algorithm>

#include "engine/scenario/services.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"
#include "sim/virtual_services.hpp"

namespace thaw::sim {

Ingress::Ingress(World& world, Requests& requests, Gateway& gateway,
                 std::vector<const Workload*> gateways, IngressListener& listener)
    : world_(world),
      requests_(requests),
      gateway_(gateway),
      gateways_(std::move(gateways)),
      listener_(listener) {}

// The longest prefix wins, as nginx does it.
const IngressRule* Ingress::rule_for(std::string_view path, const IngressObject*& object) const {
  const IngressRule* best = nullptr;
  for (const IngressObject& ingress : world_.scenario.manifests.ingresses) {
    for (const IngressRule& rule : ingress.rules) {
      if (!path.starts_with(rule.path) || (best && rule.path.size() <= best->path.size())) continue;
      best = &rule;
      object = &ingress;
    }
  }
  return best;
}

bool Ingress::leads_to(const Workload& workload, const IngressRule& rule,
                       const std::string& ns) const {
  const auto& services = world_.scenario.manifests.services;
  return std::any_of(services.begin(), services.end(), [&](const ServiceObject& service) {
    return service.name == rule.service && service.ns == ns && selects_pods_of(service, workload) &&
           std::any_of(service.ports.begin(), service.ports.end(), [&](const ServicePort& port) {
             return rule.port != 0 ? port.port == rule.port : port.name == rule.port_name;
           });
  });
}

std::optional<std::size_t> Ingress::function_behind(const IngressRule& rule,
                                                    const std::string& ns) const {
  const auto& functions = world_.scenario.functions;
  for (std::size_t f = 0; f < functions.size(); ++f) {
    const Workload& workload = world_.scenario.manifests.workloads[functions[f].workload];
    if (!is_slimfaas_function(workload) && leads_to(workload, rule, ns)) return f;
  }
  return std::nullopt;
}

Route Ingress::resolve(Method method, std::string_view path) const {
  Route route;
  route.call = gateway_.resolve(method, path);
  if (world_.scenario.manifests.ingresses.empty()) {
    if (const auto mesh = mesh_route(world_.scenario, path)) {
      route.through_ingress = mesh->timeout > Duration{0};
      route.read_timeout = mesh->timeout;
      if (mesh->function) {
        route.call = {Call::Kind::function, *mesh->function, method, false};
      } else {
        const bool unknown = mesh->status == 404;
        route.refused =
            Answer{mesh->status, unknown ? Outcome::rejected : Outcome::failed, CutBy::ingress};
      }
    }
    return route;
  }
  route.through_ingress = true;
  const IngressObject* object = nullptr;
  const IngressRule* rule = rule_for(path, object);
  if (!rule) {
    route.refused = Answer{404, Outcome::rejected, CutBy::ingress};
    return route;
  }
  route.read_timeout = object->read_timeout;
  if (std::any_of(gateways_.begin(), gateways_.end(),
                  [&](const Workload* gateway) { return leads_to(*gateway, *rule, object->ns); }))
    return route;
  if (const auto function = function_behind(*rule, object->ns)) {
    route.call = {Call::Kind::function, *function, method, false};
  } else {
    route.refused = Answer{503, Outcome::failed, CutBy::ingress};
  }
  return route;
}

void Ingress::accept(RequestId id, const Route& route) {
  if (route.refused) return listener_.replied(id, *route.refused);
  if (!gateway_.up(route.call))
    return listener_.replied(id, {503, Outcome::failed, CutBy::ingress});
  if (route.through_ingress)
    requests_.get(id).ingress_limit = world_.events.after(route.read_timeout, *this, 0, id);
  gateway_.accept(id, route.call);
}

void Ingress::fire(std::uint32_t, std::uint64_t arg) {
  const auto id = static_cast<RequestId>(arg);
  gateway_.abort(id);
  listener_.replied(id, {504, Outcome::timed_out, CutBy::ingress});
}

void Ingress::answered(RequestId id, const Answer& answer) {
  world_.events.cancel(requests_.get(id).ingress_limit);
  listener_.replied(id, answer);
}

void Ingress::gateway_crashed(const std::vector<RequestId>& orphans) {
  for (const RequestId id : orphans) {
    world_.events.cancel(requests_.get(id).ingress_limit);
    listener_.replied(id, {502, Outcome::failed, CutBy::crash});
  }
}

}  // namespace thaw::sim
