// The role that writes: elected by a Lease, one of several replicas at a time.
//
// Whoever gains the Lease reads the state that was kept, once every watch is synced, and decides
// from then on; who loses it stops at once. The state goes into one ConfigMap when it has changed,
// at most once a period, and on leaving.
#pragma once

#include <memory>

#include "drivers/world/role.hpp"

namespace thaw::world {

std::unique_ptr<Role> make_leader(const Surroundings& around);

}  // namespace thaw::world
