// What a gateway tells Prometheus of calls, under the names of a summary, so that a simulated and a
// live function are read with the same queries; and of what starts took, which are the waits.
#pragma once

#include <vector>

#include "drivers/gateway/async/async.hpp"
#include "drivers/gateway/traffic.hpp"
#include "drivers/world/functions.hpp"
#include "drivers/world/open_metrics.hpp"

namespace thaw::world {

void tell_calls(const std::vector<gateway::Traffic>& traffic, OpenMetrics& metrics);
void tell_async(const gateway::async::Metrics& async, OpenMetrics& metrics);
void tell_starts(const std::vector<gateway::Traffic>& traffic, const Functions& functions,
                 const Inventory& inventory, OpenMetrics& metrics);

}  // namespace thaw::world
