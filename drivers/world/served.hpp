// How a function is called: its annotations, as SlimFaas's users write them, over the gateway's
// defaults; and what the configuration says of it alone, over both.
#pragma once

#include <optional>

#include "drivers/gateway/routes.hpp"
#include "engine/diagnostic.hpp"
#include "engine/scenario/drive_config.hpp"

namespace thaw::world {

// `trusted`: whether its pods may call what is private.
gateway::Route route_of(const Workload& workload, const gateway::FunctionName& name,
                        const std::optional<DriveConfig::Gateway>& gateway, bool& trusted,
                        Diagnostics& problems);
void settle(const DriveConfig::Function& own, gateway::Route& route);

}  // namespace thaw::world
