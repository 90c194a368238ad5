// A card is one pod's. Source: NVIDIA's device plugin without sharing.
#include "sim/sharing/modes.hpp"

namespace thaw::sim {
namespace {

class ExclusiveCards final : public Cards {
 public:
  using Cards::Cards;

  Choice choose(const Resources& request) const override {
    const auto wanted = static_cast<std::size_t>(ask_of(request).cards);
    if (wanted > cards().size()) return {{}, CardRefusal::too_few_cards, {}};
    Choice choice;
    for (std::size_t i = 0; i < cards().size() && choice.cards.size() < wanted; ++i)
      if (cards()[i].pods == 0) choice.cards.push_back(i);
    if (choice.cards.size() < wanted) return {{}, CardRefusal::not_empty, {}};
    return choice;
  }
  bool contends() const override { return false; }
};

}  // namespace

SharingMode exclusive_sharing() {
  return {GpuSharing::Mode::whole, offer_shares, make_cards<ExclusiveCards>, true, false};
}

}  // namespace thaw::sim
