// What the annotations `dapr.io/…` of a pod template mean: a sidecar, for which the pod's readiness
// waits, and which passes on no more calls at once than it is told.
//
// Source: Dapr's reference of arguments and annotations. A call of thaw's meets the sidecar as one
// of another service would.
#pragma once

#include "engine/diagnostic.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw {

void apply_dapr(Scenario& scenario, Diagnostics& problems);

}  // namespace thaw
