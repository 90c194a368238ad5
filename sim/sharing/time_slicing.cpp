// Time-slicing: a card is offered as so many replicas, and the processes that have work take turns.
//
// Pods at work share a card equally, however many replicas one has: two give it a place on another
// card if there is one, not twice the time. Memory is nobody's: whoever asks for more than is left
// on the card goes without. Replicas are taken from the card of which the fewest are taken. Source:
// NVIDIA's device plugin, README and allocation policy `distributed`.
#include <algorithm>
#include <vector>

#include "sim/sharing/modes.hpp"

namespace thaw::sim {
namespace {

class TimeSlicedCards final : public Cards {
 public:
  using Cards::Cards;

  Choice choose(const Resources& request) const override {
    std::vector<int> pods;
    for (const Card& card : cards()) pods.push_back(card.pods);
    Choice choice;
    for (int left = ask_of(request).cards; left > 0; --left) {
      const auto emptiest = std::min_element(pods.begin(), pods.end());
      if (emptiest == pods.end() || *emptiest >= sharing().per_card)
        return {{}, CardRefusal::pods, {}};
      ++*emptiest;
      choice.cards.push_back(static_cast<std::size_t>(emptiest - pods.begin()));
    }
    return choice;
  }

 protected:
  std::vector<Speed> speeds(std::size_t, const std::vector<const Share*>& active) const override {
    return max_min_fair(std::vector<int>(active.size(), 0));
  }
};

}  // namespace

SharingMode time_slicing_sharing() {
  return {GpuSharing::Mode::time_slicing, offer_shares, make_cards<TimeSlicedCards>, true, true};
}

}  // namespace thaw::sim
