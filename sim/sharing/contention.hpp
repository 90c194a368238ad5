// How fast pods at work on one card are: max-min fair under caps.
//
// Each gets its cap or an equal part of what the capped ones leave, whichever is less. Speeds are
// fractions of a card's, exact. Source: Bertsekas and Gallager, Data Networks, 1992, section 6.5.2;
// held against SimGrid's solver by tests/sim/sharing/solver_test.cpp.
#pragma once

#include <cstdint>
#include <vector>

namespace thaw::sim {

struct Speed {
  std::uint32_t numerator = 1, denominator = 1;

  friend bool operator==(const Speed&, const Speed&) = default;
  bool below(const Speed& other) const {
    return std::uint64_t{numerator} * other.denominator <
           std::uint64_t{other.numerator} * denominator;
  }
};

// By caps of 1 … 100 percent, 0 for none. Same order.
std::vector<Speed> max_min_fair(const std::vector<int>& caps_percent);

// The speed of work that takes so many thousandths as long.
Speed slowed(const Speed& speed, int milli);

}  // namespace thaw::sim
