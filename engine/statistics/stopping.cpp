#include "engine/statistics/stopping.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace thaw {

double relative_half_width(const Estimate& estimate) {
  const double half = (estimate.high - estimate.low) / 2;
  if (estimate.n < 2) return std::numeric_limits<double>::infinity();
  if (half == 0) return 0;
  if (estimate.mean == 0) return std::numeric_limits<double>::infinity();
  return half / std::fabs(estimate.mean);
}

bool precise(double relative_half_width, double share) {
  return relative_half_width <= share / (1 + share);
}

std::size_t next_look(std::size_t done, std::size_t most) {
  return std::min(most, std::max(kLeastReplications, done + (done + 1) / 2));
}

}  // namespace thaw
