// What a RuntimeClass adds to every pod that names it, as the API server does on admission: its
// overhead to the requests, its node selector and tolerations to the pod's own.
//
// A pod whose class is not among the manifests runs without any of it, which is a notice.
// Errors: a node selector that contradicts the pod's own, at the workload's place.
#pragma once

#include "engine/diagnostic.hpp"
#include "engine/scenario/manifest.hpp"

namespace thaw {

void apply_runtime_classes(Manifests& manifests, Diagnostics& problems);

}  // namespace thaw
