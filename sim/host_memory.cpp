#include "sim/host_memory.hpp"

#include <algorithm>

namespace thaw::sim {

bool HostMemory::holds(std::size_t function) const {
  return std::any_of(held_.begin(), held_.end(),
                     [&](const Held& held) { return held.function == function; });
}

void HostMemory::keep(std::size_t function, Bytes size, Bytes room) {
  std::erase_if(held_, [&](const Held& held) { return held.function == function; });
  held_.push_back({function, size});
  Bytes all{};
  for (const Held& held : held_) all += held.size;
  while (all > room) {
    all -= held_.front().size;
    held_.erase(held_.begin());
  }
}

}  // namespace thaw::sim
