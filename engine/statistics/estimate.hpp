// An estimate from replications: the mean of independent values and its 95 % confidence interval.
//
// Units: those of the values. Sums run in the order of the values and carry their rounding errors,
// so the same values in the same order are the same bits. Errors: no values at all, or one that is
// not finite, is a bug of the caller.
#pragma once

#include <cstddef>
#include <span>

namespace thaw {

struct Estimate {
  double mean = 0;
  // Student's interval; one value alone says nothing of its spread: low = high = mean.
  double low = 0, high = 0;
  std::size_t n = 0;
};

Estimate estimate(std::span<const double> values);

}  // namespace thaw
