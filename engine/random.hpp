// One seed, a named stream for each purpose: a draw added in one place never shifts another's luck.
//
// Source: xoshiro256++ 1.0 (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
// 2019), its state filled by splitmix64 from a hash of seed, purpose (FNV-1a) and index. The
// standard library's distributions differ between vendors; ours do not.
// Errors: none; below(0) is a bug of the caller. Not thread-safe; a copy repeats its original.
#pragma once

#include <cstdint>
#include <string_view>

namespace thaw {

class Random {
 public:
  Random(std::uint64_t seed, std::string_view purpose, std::uint64_t index = 0);

  std::uint64_t bits();  // 64 fair bits
  // Within (0, 1), never 0, never 1: the middles of 2^52 equal steps, so 1 - uniform() is exact.
  double uniform();
  std::uint64_t below(std::uint64_t bound);  // 0 … bound-1, exactly fair; bound >= 1
  // Both by inversion, one uniform a draw.
  double exponential();  // mean 1
  double normal();       // mean 0, deviation 1

 private:
  std::uint64_t state_[4];
};

}  // namespace thaw
