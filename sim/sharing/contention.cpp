#include "sim/sharing/contention.hpp"

#include <algorithm>
#include <numeric>

namespace thaw::sim {
namespace {

constexpr std::uint32_t kWholeCard = 100;

}  // namespace

std::vector<Speed> fair_speeds(const std::vector<int>& caps_percent) {
  std::vector<Speed> speeds(caps_percent.size());
  if (speeds.size() <= 1) return speeds;
  const auto cap = [&](std::size_t i) {
    return caps_percent[i] > 0 ? static_cast<std::uint32_t>(caps_percent[i]) : kWholeCard;
  };
  std::vector<std::size_t> order(speeds.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return cap(a) < cap(b); });
  // Smallest caps first: whoever's cap is below an equal part of what is left leaves the rest more.
  std::uint32_t left = kWholeCard;
  auto sharers = static_cast<std::uint32_t>(speeds.size());
  for (const std::size_t i : order) {
    if (cap(i) * sharers <= left) {
      speeds[i] = {cap(i), kWholeCard};
      left -= cap(i);
      --sharers;
    } else {
      speeds[i] = {left, kWholeCard * sharers};
    }
  }
  return speeds;
}

std::map<std::uint64_t, Speed> speeds_on(const SharedCards& cards,
                                         const std::vector<std::uint64_t>& active) {
  std::map<std::uint64_t, Speed> speeds;
  for (std::size_t card = 0; card < cards.cards().size(); ++card) {
    std::vector<std::uint64_t> here;
    std::vector<int> caps;
    for (const std::uint64_t pod : active) {
      const auto* share = cards.share_of(pod);
      if (!share || std::find(share->cards.begin(), share->cards.end(), card) == share->cards.end())
        continue;
      here.push_back(pod);
      caps.push_back(share->ask.cores_percent);
    }
    const std::vector<Speed> fair = fair_speeds(caps);
    for (std::size_t i = 0; i < here.size(); ++i) {
      const auto [known, is_new] = speeds.emplace(here[i], fair[i]);
      if (!is_new && fair[i].below(known->second)) known->second = fair[i];
    }
  }
  return speeds;
}

}  // namespace thaw::sim
