#include "sim/service_gateway.hpp"

#include "engine/workload/call_paths.hpp"

namespace thaw::sim {

ServiceGateway::ServiceGateway(World& world, Requests& requests, Serving& serving,
                               GatewayListener& listener)
    : world_(world),
      requests_(requests),
      serving_(serving),
      listener_(listener),
      last_call_(world.scenario.functions.size()),
      endpoints_(world.scenario.functions.size()) {
  for (const FunctionSpec& function : world.scenario.functions)
    choice_.push_back(world.random("connection/" + function.name));
}

Call ServiceGateway::resolve(Method method, std::string_view path) const {
  return call_of_function(world_.scenario, method, path);
}

void ServiceGateway::accept(RequestId id, const Call& call) {
  if (call.kind != Call::Kind::function)
    return listener_.answered(id, {404, Outcome::rejected, CutBy::gateway});
  Request& request = requests_.get(id);
  request.function = static_cast<std::uint32_t>(call.function);
  last_call_[call.function] = world_.now();
  const Service& service = world_.scenario.functions[call.function].service;
  const auto& ready = endpoints_[call.function];
  if (service.dispatch == Dispatch::random && service.queue == QueuePlace::replica &&
      !ready.empty())
    return serving_.offer_to(ready[choice_[call.function].below(ready.size())], id);
  if (serving_.offer(id)) return;
  listener_.activity_at_zero(call.function);
  listener_.answered(id, {503, Outcome::failed, CutBy::gateway});
}

void ServiceGateway::pod_ready(const Pod& pod) { endpoints_[pod.function].push_back(pod.id); }

void ServiceGateway::pod_not_ready(const Pod& pod) { std::erase(endpoints_[pod.function], pod.id); }

}  // namespace thaw::sim
