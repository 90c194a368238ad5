// Machines that can be bought, by the name that a scenario uses: "scaleway/L4-1-24G".
// Prices are inputs, not facts of the program: each line of presets.cpp says where it comes from.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/scenario/scenario.hpp"

namespace thaw::scenario {

// Name and machine, in the order of the table.
const std::vector<std::pair<std::string, Machine>>& machine_presets();

}  // namespace thaw::scenario
