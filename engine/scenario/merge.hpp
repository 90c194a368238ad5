// Variants and overrides: one YAML tree laid over another. Places stay those of the file each piece
// is from.
//
// Maps merge key by key; a list or a scalar replaces; a map over a list edits its items by their
// `name`; null removes. Problems: removing or editing what is not there.
#pragma once

#include <string>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/yaml.hpp"

namespace thaw::scenario {

// `key` is the dotted path of both.
yaml::Node merge(yaml::Node base, const yaml::Node& changes, const std::string& key,
                 Diagnostics& problems);

// "cluster.pools.gpu.nodes.max=3" as a tree of changes; its places are in "--set cluster.pools…",
// line 1. A null node if the text is not of that form.
yaml::Node parse_override(const std::string& text, Diagnostics& problems);

// The tree of a scenario file: its bases merged below it (at most 8 deep, no circle), then the
// overrides. Throws InputError if a file cannot be read as YAML at all.
yaml::Node assemble(const std::string& path, const std::vector<std::string>& overrides,
                    Diagnostics& problems);

}  // namespace thaw::scenario
