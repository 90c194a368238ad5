// The Multi-Process Service as NVIDIA's device plugin sets it up: of N replicas each has 100/N per
// cent of a card's threads, rounded down, and an N-th of its memory in whole MiB, alone at work or
// not. More than one share a pod is refused. Source: k8s-device-plugin, its MPS control daemon.
#include "sim/sharing/modes.hpp"

namespace thaw::sim {
namespace {

constexpr int kAllThreads = 100;
constexpr std::int64_t kMiB = std::int64_t{1} << 20;

class MpsCards final : public Cards {
 public:
  using Cards::Cards;

  Choice choose(const Resources& request) const override {
    const int wanted = ask_of(request).cards;
    if (wanted == 0) return {};
    if (wanted > 1) return {{}, CardRefusal::one_share, {}};
    const std::size_t card = fewest_pods_first().front();
    if (cards()[card].pods >= sharing().per_card) return {{}, CardRefusal::pods, {}};
    return {{card}, CardRefusal::none, {}};
  }

 protected:
  std::vector<Speed> speeds(std::size_t, const std::vector<const Share*>& active) const override {
    return max_min_fair(std::vector<int>(active.size(), kAllThreads / sharing().per_card));
  }
  Bytes limit(const Share&, std::size_t) const override {
    return Bytes{memory().count / sharing().per_card / kMiB * kMiB};
  }
};

}  // namespace

SharingMode mps_sharing() {
  return {GpuSharing::Mode::mps, offer_shares, make_cards<MpsCards>, true, true};
}

}  // namespace thaw::sim
