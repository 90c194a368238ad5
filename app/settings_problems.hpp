// What the policies say of the settings that manifests give them, without a run.
#pragma once

#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::app {

// Of every function that something scales: what its policy refuses, each with its place.
std::vector<Diagnostic> settings_problems(const Scenario& scenario);

}  // namespace thaw::app
