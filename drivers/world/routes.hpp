// Where calls go: the functions that are known, and the replicas of each that are ready.
//
// A function is called whoever scales it, also one that is refused; only what its annotations say
// of calls must be understood. Pods of functions may call what is private, unless their function
// says that they are not to be trusted.
#pragma once

#include <string>
#include <vector>

#include "drivers/gateway/routes.hpp"
#include "drivers/world/endpoints.hpp"
#include "drivers/world/functions.hpp"

namespace thaw::world {

// `inside`: further addresses that may call what is private.
gateway::Routes routes_of(const Functions& functions, const Inventory& inventory,
                          const Endpoints& endpoints, std::vector<std::string> inside);

}  // namespace thaw::world
