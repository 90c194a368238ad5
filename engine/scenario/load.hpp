// From files to a Scenario. The only way in.
//
// `path` is a folder (its scenario.yaml), a file, or a variant without its ending
// ("scenarios/suse-hpa/as-written"). Overrides are `--set PATH=VALUE`, applied in order after the
// variant's base was merged. Throws InputError with everything that is wrong; reads nothing twice;
// writes nothing.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/scenario.hpp"

namespace thaw {

Scenario load_scenario(const std::string& path, const std::vector<std::string>& overrides = {});

// JSON Schema (draft 2020-12) of the scenario file, made from the same description that
// load_scenario reads by.
std::string scenario_schema();

}  // namespace thaw
