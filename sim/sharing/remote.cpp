// Remote: pods ask for no GPU, and a process of the host runs their kernels on the node's cards.
//
// Kubernetes knows nothing of it, so every pod of the node may call; it keeps to the card that had
// the fewest pods when it came. Those at work share a card evenly, and its memory is nobody's.
// Source: vAccel's architecture; which card a host's plugin takes is its own affair, this is a
// guess.
#include "sim/sharing/modes.hpp"

namespace thaw::sim {
namespace {

class RemoteCards final : public Cards {
 public:
  using Cards::Cards;

  Choice choose(const Resources&) const override {
    return {{fewest_pods_first().front()}, CardRefusal::none, {}};
  }

 protected:
  std::vector<Speed> speeds(std::size_t, const std::vector<const Share*>& active) const override {
    return max_min_fair(std::vector<int>(active.size(), 0));
  }
};

void offer_nothing(const Pool&, Resources&) {}

}  // namespace

SharingMode remote_sharing() {
  return {GpuSharing::Mode::remote, offer_nothing, make_cards<RemoteCards>, true, false};
}

}  // namespace thaw::sim
