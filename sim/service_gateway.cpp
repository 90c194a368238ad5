#include "sim/service_gateway.hpp"

#include "sim/front_doors.hpp"

namespace thaw::sim {

ServiceGateway::ServiceGateway(World& world, Requests& requests, Serving& serving,
                               GatewayListener& listener)
    : world_(world),
      requests_(requests),
      serving_(serving),
      listener_(listener),
      last_call_(world.scenario.functions.size()) {}

Call ServiceGateway::resolve(Method method, std::string_view path) const {
  return call_of_function(world_.scenario, method, path);
}

void ServiceGateway::accept(RequestId id, const Call& call) {
  if (call.kind != Call::Kind::function)
    return listener_.answered(id, {404, Outcome::rejected, CutBy::gateway});
  Request& request = requests_.get(id);
  request.function = static_cast<std::uint32_t>(call.function);
  last_call_[call.function] = world_.now();
  if (serving_.offer(id)) return;
  listener_.activity_at_zero(call.function);
  listener_.answered(id, {503, Outcome::failed, CutBy::gateway});
}

}  // namespace thaw::sim
