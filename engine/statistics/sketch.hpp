// Quantiles of durations in bounded memory: a histogram whose buckets come from an integer's bits.
//
// A value's bucket is its highest set bit and the six bits below it, so a bucket is at most 1/64 of
// its lower edge wide (1.6 %), and its middle within 1/128 of each value in it; values below 128 ns
// are exact. Sketches merge by addition: the result does not depend on the order. Mean and maximum
// are exact. Size: 29 KiB, whatever is added. Errors: none.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/time.hpp"

namespace thaw {

class Sketch {
 public:
  // ISO C++ has no 128-bit integer; GCC and Clang do. 2^64 values of 2^63 ns fit.
  __extension__ typedef unsigned __int128 Wide;

  void add(Duration value, std::uint64_t times = 1);  // negative values count as 0
  void merge(const Sketch& other);

  std::uint64_t count() const { return count_; }
  Wide sum() const { return sum_; }  // exact, in ns
  double mean() const;               // in ns; 0 when empty
  Duration max() const;              // exact; 0 when empty
  // The middle of the bucket of the ceil(p·n)-th smallest value, at most max(); 0 <= p <= 1, and
  // p = 0 asks for the smallest. 0 when empty.
  Duration quantile(double p) const;

  struct Bin {
    Duration from, to;  // from <= value < to
    std::uint64_t count;
  };
  // How the values are spread: eight neighbouring buckets together, at most an eighth of its lower
  // edge wide; in rising order, empty ones left out.
  std::vector<Bin> bins() const;

 private:
  static std::uint32_t bucket(std::uint64_t value);
  static std::uint64_t lower_edge(std::uint32_t bucket);
  static std::uint64_t middle(std::uint32_t bucket);

  // 128 values that are their own bucket, then 64 buckets for each highest bit from 7 to 62.
  std::array<std::uint64_t, 128 + 64 * 56> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  Wide sum_ = 0;
};

}  // namespace thaw
