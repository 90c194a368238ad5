// Quantiles of durations in bounded memory: a histogram whose buckets come from the bits of an integer.
//
// A value's bucket is its highest set bit and the six bits below it, so a bucket is at most 1/64 of its lower edge
// wide (1.6 % relative error; values below 128 ns are exact). Sketches merge by addition: the result does not depend
// on the order. Mean and maximum are exact.
#pragma once

#include <array>
#include <cstdint>

#include "engine/time.hpp"

namespace thaw {

class Sketch {
 public:
  void add(Duration value, std::uint64_t times = 1);  // negative values count as 0
  void merge(const Sketch& other);

  std::uint64_t count() const { return count_; }
  double mean() const;            // in ns; 0 when empty
  Duration max() const;           // exact
  Duration quantile(double p) const;  // the middle of the bucket of the ceil(p·n)-th smallest value, at most max()

 private:
  static std::uint32_t bucket(std::uint64_t value);
  static std::uint64_t middle(std::uint32_t bucket);

  std::array<std::uint64_t, 64 * 58 + 128> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  unsigned __int128 sum_ = 0;
};

}  // namespace thaw
