#include "sim/sharing/vgpu.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "sim/sharing/modes.hpp"

namespace thaw::sim {
namespace {

constexpr std::int64_t kAllCores = 100;
constexpr std::int64_t kBytesOfMiB = std::int64_t{1} << 20;

void offer_if_labelled(const Pool& pool, Resources& capacity) {
  if (has_hami_label(pool)) offer_shares(pool, capacity);
}

std::unique_ptr<Cards> make_if_labelled(const Pool& pool) {
  return has_hami_label(pool) ? make_cards<VgpuCards>(pool) : nullptr;
}

}  // namespace

VgpuCards::VgpuCards(int cards, Bytes memory, const GpuSharing& sharing)
    : Cards(cards, memory, sharing), memory_mib_(memory.count / kBytesOfMiB) {}

CardAsk VgpuCards::ask_of(const Resources& request) const {
  return card_ask_of(request, sharing(), memory_mib_);
}

CardRefusal VgpuCards::refusal_of(const Card& card, const CardAsk& ask) const {
  if (card.pods >= sharing().per_card) return CardRefusal::pods;
  if (ask.cores_percent == kAllCores && card.pods > 0) return CardRefusal::not_empty;
  if (memory_mib_ - card.memory_mib < ask.memory_mib) return CardRefusal::memory;
  if (kAllCores - card.cores_percent < ask.cores_percent) return CardRefusal::cores;
  if (ask.cores_percent == 0 && card.cores_percent == kAllCores) return CardRefusal::no_cores;
  return CardRefusal::none;
}

double VgpuCards::score_of(const Card& card) const {
  const auto part = [](auto used, auto all) {
    return static_cast<double>(used) / static_cast<double>(all);
  };
  return part(card.pods, sharing().per_card) + part(card.cores_percent, kAllCores) +
         part(card.memory_mib, memory_mib_);
}

double VgpuCards::used_score() const {
  double sum = 0;
  for (const Card& card : cards()) sum += score_of(card);
  return sum / static_cast<double>(cards().size());
}

double VgpuCards::node_score() const {
  return sharing().nodes == GpuSharing::Packing::binpack ? used_score() : -used_score();
}

Cards::Choice VgpuCards::choose(const Resources& request) const {
  const CardAsk ask = ask_of(request);
  const auto wanted = static_cast<std::size_t>(ask.cards);
  if (wanted > cards().size()) return {{}, CardRefusal::too_few_cards, {}};
  std::vector<std::size_t> order(cards().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const bool fullest = sharing().cards == GpuSharing::Packing::binpack;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return fullest ? score_of(cards()[a]) > score_of(cards()[b])
                   : score_of(cards()[a]) < score_of(cards()[b]);
  });
  Choice choice;
  for (const std::size_t i : order) {
    if (choice.cards.size() == wanted) break;
    const CardRefusal refusal = refusal_of(cards()[i], ask);
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

Resources VgpuCards::counted(const Resources& request) const {
  Resources counted = request;
  for (const char* name : {kGpuCores, kGpuMemory, kGpuMemoryPercent}) counted.extended.erase(name);
  if (const int cards = ask_of(request).cards; cards > 0) counted.extended[kGpuCards] = cards;
  return counted;
}

// Alone at work a pod has all of the card, whatever its cores: HAMi's default policy.
std::vector<Speed> VgpuCards::speeds(std::size_t, const std::vector<const Share*>& active) const {
  if (active.size() == 1) return {Speed{}};
  std::vector<int> caps;
  for (const Share* share : active) caps.push_back(share->ask.cores_percent);
  return max_min_fair(caps);
}

Bytes VgpuCards::limit(const Share& share, std::size_t) const {
  return Bytes{share.ask.memory_mib * kBytesOfMiB};
}

SharingMode vgpu_sharing() {
  return {GpuSharing::Mode::vgpu, offer_if_labelled, make_if_labelled, true, true};
}

}  // namespace thaw::sim
