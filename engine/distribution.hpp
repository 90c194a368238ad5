// Durations (and other positive quantities) as named distributions, drawn by inversion from one
// uniform each, so that two runs that share a stream share their luck (common random numbers): a
// larger uniform is a longer duration whatever the kind, and a constant uses one up as well.
//
// Units: whatever `mean` is in; durations use nanoseconds. As a and b are doubles, durations above
// 2^53 ns (104 days) lose their last nanoseconds. Errors: parameters outside the stated ranges are
// a bug of the caller, the loader refuses them. Source of the formulas: distribution.cpp.
#pragma once

#include <cstdint>

#include "engine/random.hpp"
#include "engine/time.hpp"

namespace thaw {

struct Distribution {
  enum class Kind : std::uint8_t { constant, exponential, uniform, lognormal };
  Kind kind = Kind::constant;
  // constant: a = value.  exponential: a = mean.  uniform: a = least, b = most.
  // lognormal: a = mean of ln X (X in ns), b = standard deviation of ln X.
  double a = 0, b = 0;

  static Distribution constant(Duration value);                // 0 <= value
  static Distribution exponential(Duration mean);              // 0 <= mean
  static Distribution uniform(Duration least, Duration most);  // 0 <= least <= most
  // cv = standard deviation / mean; 0 < mean, 0 <= cv
  static Distribution lognormal_mean_cv(Duration mean, double cv);
  static Distribution lognormal_median_p95(Duration median, Duration p95);  // 0 < median <= p95

  double mean() const;  // in ns
  // Rounded to the nearest ns, at least 0, at most 100 years.
  Duration draw(Random& random) const;
};

}  // namespace thaw
