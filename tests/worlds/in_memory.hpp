// The worlds that need nothing but this process.
#pragma once

#include "tests/worlds/world.hpp"

namespace thaw::worlds {

std::unique_ptr<World> make_fake();
std::unique_ptr<World> make_simulated();

}  // namespace thaw::worlds
