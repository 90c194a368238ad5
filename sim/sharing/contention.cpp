#include "sim/sharing/contention.hpp"

#include <algorithm>
#include <numeric>

namespace thaw::sim {
namespace {

constexpr std::uint32_t kWholeCard = 100;
constexpr std::uint64_t kMilli = 1000;

}  // namespace

std::vector<Speed> max_min_fair(const std::vector<int>& caps_percent) {
  std::vector<Speed> speeds(caps_percent.size());
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

Speed slowed(const Speed& speed, int milli) {
  const std::uint64_t numerator = speed.numerator * kMilli;
  const std::uint64_t denominator = speed.denominator * static_cast<std::uint64_t>(milli);
  const std::uint64_t common = std::gcd(numerator, denominator);
  return {static_cast<std::uint32_t>(numerator / common),
          static_cast<std::uint32_t>(denominator / common)};
}

}  // namespace thaw::sim
