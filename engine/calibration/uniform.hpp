// A uniform distribution fitted to what was observed, with intervals of its least and its width:
// how old a sampled value is when it is seen, where looks and samples are not in step.
//
// The estimates are the unbiased ones of the extremes; the 95 % intervals are exact: the range of n
// observations is a share of the width that is Beta(n - 1, 2), and the distance from the least
// observation to the true least, in ranges, exceeds t with probability (1 + t)^-(n - 1). Both
// follow from the joint density of the extremes (David and Nagaraja, "Order Statistics", 2003,
// 2.3). Looks that are in step after all see the same few ages again and again, so those that are
// closer than a thousandth of the range count once. Units: as observed. Errors: none.
#pragma once

#include <optional>
#include <span>

#include "engine/calibration/log_normal.hpp"

namespace thaw::calibration {

struct Uniform {
  std::size_t different = 0;  // observations, of those that are the same one
  Interval least, width;
  // Kolmogorov and Smirnov's distance of what lies between the extremes, and the distance that one
  // in twenty uniform ones exceed (Stephens, J. American Statistical Association 69, 1974, table
  // 1A).
  double distance = 0, critical = 0;
};

// Of fewer than five different ones nothing is said.
std::optional<Uniform> fit_uniform(std::span<const double> observed);

}  // namespace thaw::calibration
