// Durations (and other positive quantities) as named distributions, drawn by inversion from one uniform
// each, so that two runs that share a stream share their luck (common random numbers).
//
// Units: whatever `mean` is in; durations use nanoseconds. Source of the formulas: distribution.cpp.
#pragma once

#include <cstdint>
#include <string>

#include "engine/random.hpp"
#include "engine/time.hpp"

namespace thaw {

struct Distribution {
  enum class Kind : std::uint8_t { constant, exponential, uniform, lognormal };
  Kind kind = Kind::constant;
  // constant: a = value.  exponential: a = mean.  uniform: a = least, b = most.
  // lognormal: a = mean of ln X (X in ns), b = standard deviation of ln X.
  double a = 0, b = 0;

  static Distribution constant(Duration value);
  static Distribution exponential(Duration mean);
  static Distribution uniform(Duration least, Duration most);
  static Distribution lognormal_mean_cv(Duration mean, double cv);        // cv: standard deviation / mean
  static Distribution lognormal_median_p95(Duration median, Duration p95);

  double mean() const;                 // in ns
  Duration draw(Random& random) const;  // rounded to the nearest ns, at least 0, at most 100 years
};

}  // namespace thaw
