// One seed, a named stream for each purpose: adding a draw in one place never shifts another's luck.
//
// Generator: xoshiro256++ 1.0 (Blackman and Vigna, 2019), its state filled by splitmix64 from
// hash(seed, purpose, index). The standard library's distributions differ between vendors; ours do not.
#pragma once

#include <cstdint>
#include <string_view>

namespace thaw {

class Random {
 public:
  Random(std::uint64_t seed, std::string_view purpose, std::uint64_t index = 0);

  std::uint64_t bits();                     // 64 fair bits
  double uniform();                         // (0, 1): never 0, never 1; multiples of 2^-53 (offset by half)
  std::uint64_t below(std::uint64_t bound);  // 0 … bound-1, exactly fair; bound >= 1
  double exponential();                     // mean 1
  double normal();                          // mean 0, deviation 1, by inversion: one uniform a draw

 private:
  std::uint64_t state_[4];
};

}  // namespace thaw
