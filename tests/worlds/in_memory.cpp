#include "tests/worlds/in_memory.hpp"

namespace thaw::worlds {

std::vector<Offer> worlds_here() { return {{"Fake", make_fake}, {"Simulated", make_simulated}}; }

}  // namespace thaw::worlds
