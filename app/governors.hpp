// Who scales each function of a scenario: the policies that its manifests ask for, or what --policy
// says instead. Errors go to `problems`: a policy that is not there, or settings that are wrong.
#pragma once

#include <string>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/scenario.hpp"
#include "sim/simulation.hpp"

namespace thaw::app {

// `chosen`: the arguments of --policy.
std::vector<sim::Governor> governors_of(const Scenario& scenario,
                                        const std::vector<std::string>& chosen,
                                        Diagnostics& problems);

}  // namespace thaw::app
