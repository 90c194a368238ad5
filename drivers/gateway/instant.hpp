// Instants of the data path: the steady clock, so that no change of the date moves a deadline.
#pragma once

#include <chrono>

namespace thaw::gateway {

using Instant = std::chrono::steady_clock::time_point;

inline Instant now() { return std::chrono::steady_clock::now(); }

}  // namespace thaw::gateway
