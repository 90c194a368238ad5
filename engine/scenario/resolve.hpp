// The last stage of loading: what the document says is held against the manifests and against
// itself. Problems are added to the reading; nothing throws.
#pragma once

#include <string>

#include "engine/scenario/cursor.hpp"
#include "engine/scenario/sections.hpp"

namespace thaw::scenario {

// Reads the manifests that `path` (the scenario's file) names and finds each function's workload.
void read_workloads(Document& document, const std::string& path, Diagnostics& problems);

// Names that are referred to exist, and no step waits for itself.
void check_references(const Scenario& scenario, const Reading& reading);

// What a reader of the results must know: guesses in use, prices nobody verified.
void add_notices(const Scenario& scenario, const Reading& reading);

}  // namespace thaw::scenario
