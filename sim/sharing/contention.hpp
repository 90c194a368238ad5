// How fast pods on one card are while several of them are at work.
//
// Max-min fair under caps: each gets its cap or an equal part of what the capped ones leave,
// whichever is less. A pod alone on its card runs at full speed, whatever its cap: HAMi's default
// policy limits only while more than one is active. Speeds are fractions of a card's, exact.
//
// Source: HAMi-core's utilisation policy. A model, not its controller: there the cap is held by a
// feedback loop of 120 ms on utilisation of about a second, which ripples by 5 to 15 points.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "sim/sharing/vgpu.hpp"

namespace thaw::sim {

struct Speed {
  std::uint32_t numerator = 1, denominator = 1;

  friend bool operator==(const Speed&, const Speed&) = default;
  bool below(const Speed& other) const {
    return std::uint64_t{numerator} * other.denominator <
           std::uint64_t{other.numerator} * denominator;
  }
};

// Of the pods at work on one card, by their caps: 1 … 100 percent, 0 for none. Same order.
std::vector<Speed> fair_speeds(const std::vector<int>& caps_percent);

// Of each pod of `active`; one on several cards goes at the pace of its slowest.
std::map<std::uint64_t, Speed> speeds_on(const SharedCards& cards,
                                         const std::vector<std::uint64_t>& active);

}  // namespace thaw::sim
