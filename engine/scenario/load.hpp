// From files to a Scenario. The only way in.
//
// `path` is a folder (its scenario.yaml), a file, or a variant without its ending
// ("scenarios/suse-hpa/as-written"). Overrides are `--set PATH=VALUE`, applied in order after the
// variant's base was merged. Throws InputError with everything that is wrong; reads nothing twice;
// writes nothing.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/manifest_reader.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw {

Scenario load_scenario(const std::string& path, const std::vector<std::string>& overrides = {});

// The files that its `manifests` name, whatever is wrong with the rest of it.
std::vector<ManifestSource> manifests_of_scenario(const std::string& path, Diagnostics& problems);

// JSON Schema (draft 2020-12) of the scenario file, made from the same description that
// load_scenario reads by.
std::string scenario_schema();

}  // namespace thaw
