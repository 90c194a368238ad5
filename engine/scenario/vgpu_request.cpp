#include "engine/scenario/vgpu_request.hpp"

#include <algorithm>
#include <array>

namespace thaw {
namespace {

constexpr std::int64_t kWholeCard = 100;
constexpr std::int64_t kMiB = std::int64_t{1} << 20;

// From here on a pod that asks for all of a card's memory, or for nothing but cards, gets all of
// its cores too, and so the card to itself.
constexpr Version kExclusiveByDefault{2, 7, 0};

std::int64_t asked(const Resources& request, const char* name) {
  const auto found = request.extended.find(name);
  return found == request.extended.end() ? 0 : found->second;
}

}  // namespace

bool has_hami_label(const Pool& pool) {
  const auto label = pool.labels.find("gpu");
  return label != pool.labels.end() && label->second == "on";
}

bool asks_for_cards(const Resources& request) {
  constexpr std::array kAll{kGpuCards, kGpuCores, kGpuMemory, kGpuMemoryPercent};
  return std::any_of(kAll.begin(), kAll.end(),
                     [&](const char* name) { return asked(request, name) > 0; });
}

CardAsk card_ask_of(const Resources& request, const GpuSharing& sharing,
                    std::int64_t card_memory_mib) {
  CardAsk ask;
  if (!asks_for_cards(request)) return ask;
  // The webhook adds one card where only a part of one is asked for.
  ask.cards = static_cast<int>(std::max<std::int64_t>(asked(request, kGpuCards), 1));
  ask.cores_percent = static_cast<int>(std::min(asked(request, kGpuCores), kWholeCard));
  const std::int64_t mib = asked(request, kGpuMemory), percent = asked(request, kGpuMemoryPercent);
  const bool says_no_memory = mib == 0 && percent == 0;
  if (mib > 0) {
    ask.memory_mib = mib;
  } else if (percent > 0) {
    ask.memory_mib = card_memory_mib * percent / kWholeCard;
  } else {
    ask.memory_mib =
        sharing.default_memory == Bytes{} ? card_memory_mib : sharing.default_memory.count / kMiB;
  }
  if (sharing.hami >= kExclusiveByDefault && ask.cores_percent == 0 &&
      (says_no_memory || percent == kWholeCard))
    ask.cores_percent = static_cast<int>(kWholeCard);
  return ask;
}

}  // namespace thaw
