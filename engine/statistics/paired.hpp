// Two systems under the same random numbers, replication by replication: how far they are apart.
//
// What both have in common (a busy morning, a slow node) cancels in each pair, so the interval of a
// difference is narrower than two intervals side by side would suggest. Units: those of the values;
// a ratio has none. Errors: spans of different lengths, no values or one that is not finite are
// bugs of the caller.
// Source: Law, "Simulation modeling and analysis" (5th ed., 2015), 10.2.1 (paired-t); Fieller,
// "Some problems in interval estimation", Journal of the Royal Statistical Society B 16 (1954).
#pragma once

#include <optional>
#include <span>

#include "engine/statistics/estimate.hpp"

namespace thaw {

// The mean of a - b with Student's 95 % interval.
Estimate paired_difference(std::span<const double> a, std::span<const double> b);

// mean(a) / mean(b) with Fieller's 95 % interval: all r for which Student's interval of a - r b
// holds 0. So it excludes 1 just when paired_difference's excludes 0, and the interval of b / a is
// its reciprocal. Empty where the mean of b is not told apart from 0: then there is no such
// interval.
std::optional<Estimate> paired_ratio(std::span<const double> a, std::span<const double> b);

// Whether the interval of a difference excludes 0. One pair alone says nothing.
bool told_apart(const Estimate& difference);

}  // namespace thaw
