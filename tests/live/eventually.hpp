// Live tests wait for what must come, and never for a fixed time.
#pragma once

#include <unistd.h>

#include <chrono>

namespace thaw::live {

// Asks each 50 ms until the condition holds; false when it never did within the limit.
template <typename Condition>
bool eventually(std::chrono::seconds limit, const Condition& holds) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    usleep(50'000);
  }
  return true;
}

}  // namespace thaw::live
