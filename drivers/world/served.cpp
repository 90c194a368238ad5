#include "drivers/world/served.hpp"

#include <utility>

#include "engine/scenario/slimfaas_annotations.hpp"
#include "engine/scenario/slimfaas_calls.hpp"

namespace thaw::world {

gateway::Route route_of(const Workload& workload, const gateway::FunctionName& name,
                        const std::optional<DriveConfig::Gateway>& gateway, bool& trusted,
                        Diagnostics& problems) {
  gateway::Route route;
  route.name = name;
  if (gateway) {
    route.timeout = gateway->timeout;
    route.per_replica = static_cast<std::uint32_t>(gateway->per_replica);
    route.queue = static_cast<std::uint32_t>(gateway->queue);
  }
  const Params annotations = slimfaas_params(workload, problems);
  slimfaas::Visibility visibility = slimfaas::visibility_of(annotations, problems);
  route.visibility = {visibility.is_private, std::move(visibility.paths)};
  slimfaas::Calls calls = slimfaas::calls_of(annotations, problems);
  trusted = calls.trusted;
  if (calls.timeout) route.timeout = *calls.timeout;
  route.async = {calls.parallel, calls.per_replica, calls.async_timeout, std::move(calls.retries),
                 std::move(calls.retried)};
  return route;
}

void settle(const DriveConfig::Function& own, gateway::Route& route) {
  if (own.timeout) route.timeout = *own.timeout;
  if (own.per_replica) route.per_replica = static_cast<std::uint32_t>(*own.per_replica);
  if (own.queue) route.queue = static_cast<std::uint32_t>(*own.queue);
  if (own.hidden) {
    route.visibility.hidden = *own.hidden;
    route.visibility.paths.clear();
  }
}

}  // namespace thaw::world
