// Whether a cluster is what a scenario begins with: the nodes that its pools have always.
#pragma once

#include <functional>

#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/reader.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::trial {

// Until each pool has as many nodes that are Ready as it has at least. Throws std::runtime_error
// that says which are missing after two minutes, applied::Interrupted where `stopped`; ApiError.
Awaitable<void> until_nodes(kubernetes::Reader& reader, const Scenario& scenario,
                            std::function<bool()> stopped);

}  // namespace thaw::trial
