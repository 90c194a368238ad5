// Kubernetes YAML → Manifests. Errors are what `kubectl apply` would refuse or what thaw cannot go
// on with; what an object says and thaw does not model is one notice per kind of thing.
#pragma once

#include <string>
#include <vector>

#include "engine/scenario/manifest.hpp"

namespace thaw {

// Reads each file (may hold many documents and `kind: List`). Reading order is kept; a second
// object of the same kind, namespace and name replaces the first, as a second `kubectl apply` does,
// with a notice.
Manifests read_manifests(const std::vector<std::string>& files, const Place& blame,
                         Diagnostics& diagnostics);

}  // namespace thaw
