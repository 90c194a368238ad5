// The key gpuSharing of a pool: which mode, with which settings, and what its cards must be for it.
#pragma once

#include <optional>
#include <string>

#include "engine/diagnostic.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/scenario/shape.hpp"

namespace thaw::scenario {

Shape<GpuSharing> gpu_sharing();

// Fills in what depends on the pool's machine (MIG's instances and label). What is wrong with it,
// if anything is.
std::optional<std::string> settle_gpu_sharing(Pool& pool);

// What a run with this pool leaves out or takes for granted.
void notice_gpu_sharing(const Pool& pool, Diagnostics& problems);

}  // namespace thaw::scenario
