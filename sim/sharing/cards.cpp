#include "sim/sharing/cards.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "engine/invariant.hpp"

namespace thaw::sim {

std::int64_t asked_of(const Resources& request, const char* resource) {
  const auto found = request.extended.find(resource);
  return found == request.extended.end() ? 0 : found->second;
}

std::string_view to_words(CardRefusal refusal) {
  switch (refusal) {
    case CardRefusal::none:
      break;
    case CardRefusal::pods:
      return "it carries as many pods as it is split for";
    case CardRefusal::not_empty:
      return "the pod wants a card to itself";
    case CardRefusal::memory:
      return "too little of its memory is left";
    case CardRefusal::cores:
      return "too few of its cores are left";
    case CardRefusal::no_cores:
      return "none of its cores are left";
    case CardRefusal::too_few_cards:
      return "the pod wants more cards than there are";
    case CardRefusal::one_share:
      return "the pod wants more than one share";
  }
  return "";
}

bool Cards::Share::on(std::size_t card) const {
  return std::find(cards.begin(), cards.end(), card) != cards.end();
}

Cards::Cards(int cards, Bytes memory, const GpuSharing& sharing)
    : memory_(memory), sharing_(sharing), cards_(static_cast<std::size_t>(cards)) {}

CardAsk Cards::ask_of(const Resources& request) const {
  return {static_cast<int>(asked_of(request, kGpuCards)), 0, 0};
}

std::vector<std::size_t> Cards::fewest_pods_first() const {
  std::vector<std::size_t> order(cards_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return cards_[a].pods < cards_[b].pods; });
  return order;
}

void Cards::take(std::uint64_t owner, const Resources& request) {
  Choice choice = choose(request);
  THAW_CHECK(choice.refusal == CardRefusal::none, "a pod takes a card that has no room for it");
  if (choice.cards.empty()) return;
  const CardAsk ask = ask_of(request);
  for (const std::size_t i : choice.cards) {
    ++cards_[i].pods;
    cards_[i].memory_mib += ask.memory_mib;
    cards_[i].cores_percent += ask.cores_percent;
  }
  shares_[owner] = {std::move(choice.cards), ask, std::move(choice.parts), {}};
}

void Cards::free(std::uint64_t owner) {
  const auto found = shares_.find(owner);
  if (found == shares_.end()) return;
  const Share& share = found->second;
  for (const std::size_t i : share.cards) {
    --cards_[i].pods;
    cards_[i].memory_mib -= share.ask.memory_mib;
    cards_[i].cores_percent -= share.ask.cores_percent;
    std::erase(cards_[i].active, owner);
  }
  for (const auto& [card, bytes] : share.allocated) cards_[card].allocated -= bytes;
  shares_.erase(found);
}

const Cards::Share* Cards::share_of(std::uint64_t owner) const {
  const auto found = shares_.find(owner);
  return found == shares_.end() ? nullptr : &found->second;
}

std::vector<Speed> Cards::speeds(std::size_t, const std::vector<const Share*>& active) const {
  return std::vector<Speed>(active.size());
}

Cards::Paces Cards::work(std::uint64_t owner, bool begins) {
  const Share* const share = share_of(owner);
  if (!share) return {};
  std::set<std::size_t> touched;
  std::set<std::uint64_t> around;
  for (const std::size_t i : share->cards) {
    std::vector<std::uint64_t>& active = cards_[i].active;
    std::erase(active, owner);
    if (begins) active.push_back(owner);
    around.insert(active.begin(), active.end());
  }
  for (const std::uint64_t pod : around)
    touched.insert(shares_.at(pod).cards.begin(), shares_.at(pod).cards.end());
  std::map<std::uint64_t, Speed> slowest;
  for (const std::size_t i : touched) {
    std::vector<const Share*> active;
    for (const std::uint64_t pod : cards_[i].active) active.push_back(&shares_.at(pod));
    const std::vector<Speed> here = speeds(i, active);
    for (std::size_t a = 0; a < active.size(); ++a) {
      const Speed speed =
          active.size() > 1 ? slowed(here[a], sharing_.interference_milli) : here[a];
      const auto [known, is_new] = slowest.emplace(cards_[i].active[a], speed);
      if (!is_new && speed.below(known->second)) known->second = speed;
    }
  }
  Paces paces;
  for (const std::uint64_t pod : around) paces.emplace_back(pod, slowest.at(pod));
  return paces;
}

Cards::Allocation Cards::allocate(std::uint64_t owner, Bytes bytes) {
  const auto found = shares_.find(owner);
  if (found == shares_.end()) return {true, {}, {}};
  Share& share = found->second;
  const std::set<std::size_t> distinct(share.cards.begin(), share.cards.end());
  const auto count = static_cast<std::int64_t>(distinct.size());
  const Bytes each{(bytes.count + count - 1) / count};
  for (const std::size_t card : distinct) {
    const Bytes most = limit(share, card);
    if (most == Bytes{}) continue;
    const Bytes left = std::min(most, memory_ == Bytes{} ? most : memory_ - cards_[card].allocated);
    if (each > left) return {false, each, left};
  }
  for (const std::size_t card : distinct) {
    cards_[card].allocated += each;
    share.allocated.emplace_back(card, each);
  }
  return {true, {}, {}};
}

}  // namespace thaw::sim
