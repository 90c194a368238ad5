// HAMi's vGPU: several pods on one card, each with a part of its memory and of its cores.
//
// A pod's nvidia.com/gpu is a number of distinct cards; gpumem (MiB), gpumem-percentage and
// gpucores (percent) are of each of them. Cores bind only while more than one pod is at work on a
// card; memory is a hard limit. Left out: the annotations that choose a type or a UUID, scaled
// memory and cores, priorities, the lock that makes placements on one node wait for each other,
// and the feedback loop of 120 ms by which cores are held. Source: HAMi 2.10 and its documentation
// of 2.4 (the fit test and its order, the policies, the defaults); HAMi-core's utilisation policy.
#pragma once

#include "sim/sharing/cards.hpp"

namespace thaw::sim {

class VgpuCards final : public Cards {
 public:
  VgpuCards(int cards, Bytes memory, const GpuSharing& sharing);

  // Distinct cards; card policy spread: the emptiest first, binpack: the fullest; the first of
  // equals.
  Choice choose(const Resources& request) const override;
  // Cards, and everything that is not HAMi's.
  Resources counted(const Resources& request) const override;
  bool own_scheduler() const override { return true; }
  double node_score() const override;
  // How full the node is: pods, cores and memory given away, each as a part of the whole, 0 … 3.
  double used_score() const;

 protected:
  CardAsk ask_of(const Resources& request) const override;
  std::vector<Speed> speeds(std::size_t, const std::vector<const Share*>& active) const override;
  Bytes limit(const Share& share, std::size_t) const override;

 private:
  CardRefusal refusal_of(const Card& card, const CardAsk& ask) const;
  double score_of(const Card& card) const;

  std::int64_t memory_mib_;  // of one card
};

}  // namespace thaw::sim
