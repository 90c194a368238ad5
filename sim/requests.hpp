// Requests are the load's (engine/workload), and the simulated world speaks of them in its words.
#pragma once

#include "engine/workload/requests.hpp"

namespace thaw::sim {

using namespace workload;  // NOLINT(google-build-using-namespace): all of its words

}  // namespace thaw::sim
