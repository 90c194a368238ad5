// Kolmogorov and Smirnov's distance: the largest gap between the steps of what was observed and a
// distribution's curve.
#pragma once

#include <span>

namespace thaw::calibration {

// `shares`: the curve at each observation, ascending. Of none it is 0.
double step_distance(std::span<const double> shares);

}  // namespace thaw::calibration
