// Durations (and other positive quantities) as named distributions, drawn by inversion from one
// uniform each, so that two runs that share a stream share their luck (common random numbers): a
// larger uniform is a longer duration whatever the kind, and a constant uses one up as well. Gamma
// is the exception: it has no cheap inverse and is drawn by rejection, from a varying number of
// uniforms, so that two gammas of different cv on one stream soon have nothing in common.
//
// Units: whatever `mean` is in; durations use nanoseconds. As a and b are doubles, durations above
// 2^53 ns (104 days) lose their last nanoseconds. Errors: parameters outside the stated ranges are
// a bug of the caller, the loader refuses them. Source of the formulas: distribution.cpp.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/random.hpp"
#include "engine/time.hpp"

namespace thaw {

struct Distribution {
  enum class Kind : std::uint8_t { constant, exponential, uniform, lognormal, gamma, weibull };
  static constexpr double kLongest = 100 * 365.25 * 86400e9;  // 100 years in ns
  static constexpr double kMostCv = 100;                      // of gamma and weibull
  static constexpr double kLeastWeibullCv = 0.01;

  Kind kind = Kind::constant;
  // constant: a = value.  exponential: a = mean.  uniform: a = least, b = most.
  // lognormal: a = mean of ln X (X in ns), b = standard deviation of ln X.
  // gamma: a = shape, b = scale.  weibull: a = scale, b = 1 / shape.
  double a = 0, b = 0;

  static Distribution constant(Duration value);                // 0 <= value
  static Distribution exponential(Duration mean);              // 0 <= mean
  static Distribution uniform(Duration least, Duration most);  // 0 <= least <= most
  // cv = standard deviation / mean; 0 < mean, 0 <= cv
  static Distribution lognormal_mean_cv(Duration mean, double cv);
  static Distribution lognormal_median_p95(Duration median, Duration p95);  // 0 < median <= p95
  static Distribution gamma_mean_cv(Duration mean, double cv);  // 0 < mean, 0 < cv <= kMostCv
  // 0 < mean, kLeastWeibullCv <= cv <= kMostCv; the cv is met to a relative 1e-9.
  static Distribution weibull_mean_cv(Duration mean, double cv);

  double mean() const;  // in ns
  // Whole nanoseconds, as `rounded` has them.
  Duration draw(Random& random) const;

  // To the nearest ns, at most 100 years; 0 <= ns.
  static Duration rounded(double ns) {
    return Duration{static_cast<std::int64_t>(std::min(ns, kLongest) + 0.5)};  // NOLINT: 0 <= ns
  }
};

}  // namespace thaw
