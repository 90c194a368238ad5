// A lognormal fitted to what was observed, with intervals for what a scenario says of it.
//
// The logarithms' mean and deviation are the estimates. Intervals are 95 %, by generalised pivots:
// the mean and deviation that could have given these estimates, drawn many times, and the quantile
// of what follows from them. For median, p95 and cv they are exact, but for the draws; for the mean
// nearly so. Same observations, same bytes. Units: as observed. Errors: none.
// Sources: Krishnamoorthy and Mathew, "Inferences on the means of lognormal distributions using
// generalized p-values and generalized confidence intervals", J. Stat. Planning and Inference 115
// (2003); Wilson and Hilferty, "The distribution of chi-square", PNAS 17 (1931), for many
// observations.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace thaw::calibration {

struct Interval {
  double value = 0, low = 0, high = 0;
  bool holds(double truth) const { return low <= truth && truth <= high; }
};

struct LogNormal {
  std::size_t observed = 0;
  Interval median, p95, mean, cv;
};

// Of fewer than three, of one that is not above zero, or of none that differs, nothing can be said.
std::optional<LogNormal> fit_log_normal(std::span<const double> observed);

}  // namespace thaw::calibration
