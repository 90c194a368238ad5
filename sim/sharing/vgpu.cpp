#include "sim/sharing/vgpu.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "engine/invariant.hpp"

namespace thaw::sim {
namespace {

constexpr std::int64_t kWholeCard = 100;

}  // namespace

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
  }
  return "";
}

SharedCards::SharedCards(int cards, std::int64_t memory_mib, const GpuSharing& sharing)
    : memory_mib_(memory_mib), sharing_(sharing), cards_(static_cast<std::size_t>(cards)) {}

CardRefusal SharedCards::refusal_of(const Card& card, const CardAsk& ask) const {
  if (card.pods >= sharing_.per_card) return CardRefusal::pods;
  if (ask.cores_percent == kWholeCard && card.pods > 0) return CardRefusal::not_empty;
  if (memory_mib_ - card.memory_mib < ask.memory_mib) return CardRefusal::memory;
  if (kWholeCard - card.cores_percent < ask.cores_percent) return CardRefusal::cores;
  if (ask.cores_percent == 0 && card.cores_percent == kWholeCard) return CardRefusal::no_cores;
  return CardRefusal::none;
}

double SharedCards::score_of(const Card& card) const {
  const auto part = [](auto used, auto all) {
    return static_cast<double>(used) / static_cast<double>(all);
  };
  return part(card.pods, sharing_.per_card) + part(card.cores_percent, kWholeCard) +
         part(card.memory_mib, memory_mib_);
}

double SharedCards::used_score() const {
  double sum = 0;
  for (const Card& card : cards_) sum += score_of(card);
  return sum / static_cast<double>(cards_.size());
}

SharedCards::Choice SharedCards::choose(const Resources& request) const {
  const CardAsk ask = card_ask_of(request, sharing_, memory_mib_);
  const auto wanted = static_cast<std::size_t>(ask.cards);
  if (wanted > cards_.size()) return {{}, CardRefusal::too_few_cards};
  std::vector<std::size_t> order(cards_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return score_of(cards_[a]) < score_of(cards_[b]);
  });
  Choice choice;
  for (const std::size_t i : order) {
    if (choice.cards.size() == wanted) break;
    const CardRefusal refusal = refusal_of(cards_[i], ask);
    if (refusal == CardRefusal::none)
      choice.cards.push_back(i);
    else if (choice.refusal == CardRefusal::none)
      choice.refusal = refusal;
  }
  if (choice.cards.size() == wanted)
    choice.refusal = CardRefusal::none;
  else
    choice.cards.clear();
  return choice;
}

void SharedCards::take(std::uint64_t owner, const Resources& request) {
  const Choice choice = choose(request);
  THAW_CHECK(choice.refusal == CardRefusal::none, "a pod takes a card that has no room for it");
  if (choice.cards.empty()) return;
  const CardAsk ask = card_ask_of(request, sharing_, memory_mib_);
  for (const std::size_t i : choice.cards) {
    ++cards_[i].pods;
    cards_[i].memory_mib += ask.memory_mib;
    cards_[i].cores_percent += ask.cores_percent;
  }
  shares_[owner] = {choice.cards, ask};
}

void SharedCards::free(std::uint64_t owner) {
  const auto found = shares_.find(owner);
  if (found == shares_.end()) return;
  const auto& [cards, ask] = found->second;
  for (const std::size_t i : cards) {
    --cards_[i].pods;
    cards_[i].memory_mib -= ask.memory_mib;
    cards_[i].cores_percent -= ask.cores_percent;
  }
  shares_.erase(found);
}

Resources SharedCards::counted(const Resources& request) const {
  Resources counted = request;
  for (const char* name : {kGpuCores, kGpuMemory, kGpuMemoryPercent}) counted.extended.erase(name);
  if (const int cards = card_ask_of(request, sharing_, memory_mib_).cards; cards > 0)
    counted.extended[kGpuCards] = cards;
  return counted;
}

const SharedCards::Share* SharedCards::share_of(std::uint64_t owner) const {
  const auto found = shares_.find(owner);
  return found == shares_.end() ? nullptr : &found->second;
}

}  // namespace thaw::sim
