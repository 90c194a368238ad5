// What the simulated world leaves out or makes simpler, of what a scenario relies on: a notice
// each, at the end of every run. What a manifest says and nobody models is told where it is read,
// and so is what hangs on a setting that is checked there.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/scenario.hpp"

namespace thaw::sim {

std::vector<std::string> simplifications_of(const Scenario& scenario);

}  // namespace thaw::sim
