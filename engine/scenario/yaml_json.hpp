// YAML as JSON, typed as sigs.k8s.io/yaml does it, by which kubectl and the API server read it.
//
// Plain scalars by YAML 1.1: y, yes, on and their kin are booleans, 0644 is octal, 1_000 has no
// underscore; what looks like a time is text; a float that is whole is written without a fraction.
// Errors: .inf and .nan, of which JSON has none, at their place.
// Source: kubernetes-sigs/yaml, yaml.go and goyaml.v2/resolve.go.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/scenario/yaml.hpp"

namespace thaw::yaml {

nlohmann::json to_json(const Node& node, Diagnostics& problems);

}  // namespace thaw::yaml
