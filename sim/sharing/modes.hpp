// The ways to share cards. A new one is a file here, which ends with its SharingMode, and a line in
// modes.cpp.
#pragma once

#include <memory>

#include "sim/sharing/cards.hpp"

namespace thaw::sim {

struct SharingMode {
  GpuSharing::Mode mode = GpuSharing::Mode::whole;
  // What one node of the pool offers of GPUs, by the names of resources.
  void (*offer)(const Pool& pool, Resources& capacity) = nullptr;
  std::unique_ptr<Cards> (*make)(const Pool& pool) = nullptr;  // nullptr: the node has none
  // Whether DCGM_FI_DEV_GPU_UTIL is there, and whether a pod is told the whole card's activity
  // instead of its own.
  bool has_utilisation = true, tells_the_card = false;
};

const SharingMode& sharing_mode(GpuSharing::Mode mode);

// Shares of every card as nvidia.com/gpu, which most modes offer.
void offer_shares(const Pool& pool, Resources& capacity);

template <class T>
std::unique_ptr<Cards> make_cards(const Pool& pool) {
  return std::make_unique<T>(pool.machine.gpus, pool.machine.gpu_memory, pool.gpu_sharing);
}

}  // namespace thaw::sim
