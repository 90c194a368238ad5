// The cards of one node: which of them a pod gets, how fast it works there beside others, and how
// much of their memory it may take.
//
// What all modes have in common: who has which cards, who is at work on them, who has allocated
// what. A mode says the rest; each is a file of its own, listed in modes.cpp. A pod on several
// cards goes at the pace of its slowest and spreads its memory evenly over them.
//
// Units: MiB and percent of a card where HAMi has them, else bytes. Errors: none; what does not fit
// is told as a refusal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/scenario/manifest.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/scenario/vgpu_request.hpp"
#include "sim/sharing/contention.hpp"

namespace thaw::sim {

struct Card {
  int pods = 0;
  std::int64_t memory_mib = 0;
  int cores_percent = 0;              // all of these: given away
  Bytes allocated{};                  // by programs
  std::vector<std::uint64_t> active;  // pods at work, in the order in which they began
};

// Why a card does not take a pod; HAMi looks in the order of the first five.
enum class CardRefusal : std::uint8_t {
  none,
  pods,           // it carries as many as it is split for
  not_empty,      // the pod wants all cores, and somebody is there
  memory,         // too little is left
  cores,          // too few are left
  no_cores,       // none is left for a pod that asks for none
  too_few_cards,  // distinct cards for a pod that wants several
  one_share,      // the pod wants several shares where one is the most
};
std::string_view to_words(CardRefusal refusal);  // "its memory is taken"

class Cards {
 public:
  Cards(int cards, Bytes memory, const GpuSharing& sharing);
  virtual ~Cards() = default;

  // --- which cards ---
  struct Choice {
    std::vector<std::size_t> cards;  // empty unless refusal is none; one may be there twice
    CardRefusal refusal = CardRefusal::none;
    std::vector<std::size_t> parts;  // of each card, where it is cut: which instance
  };
  virtual Choice choose(const Resources& request) const = 0;
  // A choice must have been possible just before. `owner` is a pod; 0: what stays for ever.
  void take(std::uint64_t owner, const Resources& request);
  void free(std::uint64_t owner);

  // What the kubelet counts of a request.
  virtual Resources counted(const Resources& request) const { return request; }
  // Where a scheduler of the mode's own takes the pods that want a card: the highest score wins.
  virtual bool own_scheduler() const { return false; }
  virtual double node_score() const { return 0; }

  // --- how fast ---
  using Paces = std::vector<std::pair<std::uint64_t, Speed>>;
  // Whether pods at work may be slower than a card.
  virtual bool contends() const { return true; }
  // The pod begins to work, or ends: the speeds of all at work on its cards.
  Paces work(std::uint64_t owner, bool begins);

  // --- how much memory ---
  struct Allocation {
    bool done = false;
    Bytes wanted{}, left{};  // on the card that has too little
  };
  // All of what the pod's program wants, or nothing.
  Allocation allocate(std::uint64_t owner, Bytes bytes);

  struct Share {
    std::vector<std::size_t> cards;
    CardAsk ask;
    std::vector<std::size_t> parts;
    std::vector<std::pair<std::size_t, Bytes>> allocated;  // on distinct cards
    bool on(std::size_t card) const;
  };
  const Share* share_of(std::uint64_t owner) const;  // nullptr: has none
  const std::vector<Card>& cards() const { return cards_; }
  const GpuSharing& sharing() const { return sharing_; }

 protected:
  virtual CardAsk ask_of(const Resources& request) const;
  // Of pods at work on one card, given their shares; same order.
  virtual std::vector<Speed> speeds(std::size_t card,
                                    const std::vector<const Share*>& active) const;
  // Of a card's memory for one pod; 0: no limit is known.
  virtual Bytes limit(const Share&, std::size_t) const { return memory_; }

  Bytes memory() const { return memory_; }  // of one card; 0: not known
  const std::map<std::uint64_t, Share>& shares() const { return shares_; }
  std::vector<std::size_t> fewest_pods_first() const;

 private:
  Bytes memory_;
  GpuSharing sharing_;
  std::vector<Card> cards_;
  std::map<std::uint64_t, Share> shares_;
};

std::int64_t asked_of(const Resources& request, const char* resource);  // 0: not asked for

}  // namespace thaw::sim
