#include "sim/ingress.hpp"

#include "engine/workload/entrance.hpp"

namespace thaw::sim {

Ingress::Ingress(World& world, Requests& requests, Gateway& gateway,
                 std::vector<const Workload*> gateways, IngressListener& listener)
    : world_(world),
      requests_(requests),
      gateway_(gateway),
      gateways_(std::move(gateways)),
      listener_(listener) {}

Route Ingress::resolve(Method method, std::string_view path) {
  const Entrance entrance = entrance_of(world_.scenario, gateways_, path);
  Route route{entrance.through_ingress, entrance.read_timeout, entrance.refused,
              gateway_.resolve(method, path)};
  if (entrance.function) route.call = {Call::Kind::function, *entrance.function, method, false};
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
