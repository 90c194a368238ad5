// One seed, a named stream for each purpose: a draw added in one place never shifts another's luck.
//
// Source: xoshiro256++ 1.0 (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
// 2019), its state filled by splitmix64 from a hash of seed, purpose (FNV-1a) and index. The
// standard library's distributions differ between vendors; ours do not.
// Errors: none; below(0) is a bug of the caller. Not thread-safe; a copy repeats its original.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "engine/math.hpp"

namespace thaw {

class Random {
 public:
  Random(std::uint64_t seed, std::string_view purpose, std::uint64_t index = 0);

  std::uint64_t bits() {  // 64 fair bits
    auto& s = state_;
    const std::uint64_t result = std::rotl(s[0] + s[3], 23) + s[0];
    const std::uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = std::rotl(s[3], 45);
    return result;
  }
  // Within (0, 1), never 0, never 1: the middles of 2^52 equal steps, so 1 - uniform() is exact.
  // 52 bits and not 53: the largest of 2^53 middles is no double, it would round to 1.
  double uniform() { return (static_cast<double>(bits() >> 12) + 0.5) * 0x1p-52; }
  std::uint64_t below(std::uint64_t bound);  // 0 … bound-1, exactly fair; bound >= 1
  // Both by inversion, one uniform a draw; the larger it is, the larger the draw.
  double exponential() { return -math::log(1 - uniform()); }    // mean 1
  double normal() { return math::normal_quantile(uniform()); }  // mean 0, deviation 1

 private:
  std::uint64_t state_[4];
};

}  // namespace thaw
