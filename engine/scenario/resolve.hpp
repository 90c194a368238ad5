// The last stage of loading: what the document says is held against the manifests and against
// itself. Problems are added to the reading; nothing throws.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/cursor.hpp"
#include "engine/scenario/manifest_reader.hpp"
#include "engine/scenario/sections.hpp"

namespace thaw::scenario {

// The files that the document's patterns find, each once.
std::vector<ManifestSource> find_manifests(const Document& document, const std::string& path,
                                           Diagnostics& problems);

// Reads the manifests that `path` (the scenario's file) names and finds each function's workload.
void read_workloads(Document& document, const std::string& path, Diagnostics& problems);

// Makes the copies that `count` asks for; from here on their names exist. Returns the names that
// are gone.
std::vector<std::string> multiply_functions(Scenario& scenario);

// Names that are referred to exist, and no step waits for itself. `groups`: what multiply_functions
// returned; a stream may still name them.
void check_references(const Scenario& scenario, const std::vector<std::string>& groups,
                      const Reading& reading);

// Traces lie beside the scenario's file.
void find_traces(Scenario& scenario, const std::string& path, Diagnostics& problems);

// What a reader of the results must know: guesses in use, prices nobody verified.
void add_notices(const Scenario& scenario, const Reading& reading);

}  // namespace thaw::scenario
