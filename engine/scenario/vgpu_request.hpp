// What a pod wants of each card that HAMi splits, after HAMi's defaults.
//
// A pod's nvidia.com/gpu is a number of distinct cards; gpumem (MiB), gpumem-percentage and
// gpucores (percent) are of each of them. Source: HAMi 2.10 and its documentation of 2.4.
#pragma once

#include <cstdint>

#include "engine/scenario/manifest.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw {

inline constexpr const char* kGpuCards = "nvidia.com/gpu";
inline constexpr const char* kGpuCores = "nvidia.com/gpucores";
inline constexpr const char* kGpuMemory = "nvidia.com/gpumem";
inline constexpr const char* kGpuMemoryPercent = "nvidia.com/gpumem-percentage";

// HAMi's device plugin runs on nodes of the label gpu=on alone: without it nobody offers their
// cards.
bool has_hami_label(const Pool& pool);

// Of each of so many cards; 0 cards: nothing.
struct CardAsk {
  int cards = 0;
  std::int64_t memory_mib = 0;
  int cores_percent = 0;  // 0: no share of its own
};

// Any of the four resources.
bool asks_for_cards(const Resources& request);
// The defaults depend on the release.
CardAsk card_ask_of(const Resources& request, const GpuSharing& sharing,
                    std::int64_t card_memory_mib);

}  // namespace thaw
