// The role that only looks: it holds no Writer, and nothing that it includes knows of one.
#pragma once

#include <memory>

#include "drivers/world/role.hpp"

namespace thaw::world {

std::unique_ptr<Role> make_shadow(const Surroundings& around);

}  // namespace thaw::world
