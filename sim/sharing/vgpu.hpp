// HAMi's vGPU: several pods on one card, each with a part of its memory and of its cores.
//
// Source: HAMi 2.10 and its documentation of 2.4 (the fit test and its order, the policies, the
// defaults). A pod's nvidia.com/gpu is a number of distinct cards; gpumem (MiB), gpumem-percentage
// and gpucores (percent) are of each of them. Left out: the annotations that choose a type or a
// UUID, scaled memory and cores, and the lock that makes placements on one node wait for each
// other.
//
// Units: MiB and percent of a card. Errors: none; what does not fit is told as a refusal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "engine/scenario/manifest.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/scenario/vgpu_request.hpp"

namespace thaw::sim {

struct Card {
  int pods = 0;
  std::int64_t memory_mib = 0;
  int cores_percent = 0;  // all of these: in use
};

// Why a card does not take a pod, in the order in which HAMi looks.
enum class CardRefusal : std::uint8_t {
  none,
  pods,           // it carries as many as it is split for
  not_empty,      // the pod wants all cores, and somebody is there
  memory,         // too little is left
  cores,          // too few are left
  no_cores,       // none is left for a pod that asks for none
  too_few_cards,  // distinct cards for a pod that wants several
};
std::string_view to_words(CardRefusal refusal);  // "its memory is taken"

// The cards of one node.
class SharedCards {
 public:
  SharedCards(int cards, std::int64_t memory_mib, const GpuSharing& sharing);

  struct Choice {
    std::vector<std::size_t> cards;  // empty unless refusal is none
    CardRefusal refusal = CardRefusal::none;
  };
  // Distinct cards, the emptiest first (card policy spread), the first of equals.
  Choice choose(const Resources& request) const;
  // A choice must have been possible just before. `owner` is a pod; 0: what stays for ever.
  void take(std::uint64_t owner, const Resources& request);
  void free(std::uint64_t owner);

  // What the kubelet counts of a request: cards, and everything that is not HAMi's.
  Resources counted(const Resources& request) const;
  // How full the node is: pods, cores and memory in use, each as a part of the whole, 0 … 3. The
  // node policy binpack prefers the highest.
  double used_score() const;

  struct Share {
    std::vector<std::size_t> cards;
    CardAsk ask;
  };
  const Share* share_of(std::uint64_t owner) const;  // nullptr: has none
  const std::vector<Card>& cards() const { return cards_; }

 private:
  CardRefusal refusal_of(const Card& card, const CardAsk& ask) const;
  double score_of(const Card& card) const;

  std::int64_t memory_mib_;  // of one card
  GpuSharing sharing_;
  std::vector<Card> cards_;
  std::map<std::uint64_t, Share> shares_;
};

}  // namespace thaw::sim
