// How many replications are enough: until a mean is known to within a share of itself.
//
// A rule that stops at the first interval that is narrow enough stops where the spread happened to
// come out small, and then covers the truth less often than it says. Three means against that: the
// half width is held against share / (1 + share), so that the share is one of the true mean; at
// least 10 replications; and a look only each time their number has grown by half, not after each
// one. What is left was measured (tests/statistics/stopping_test.cpp): 93.5 % at worst.
// Units: shares within 0 … 1, exclusive. Errors: none.
// Source: Law, "Simulation modeling and analysis" (5th ed., 2015), 9.4.1 (relative error, at least
// 10); Glynn and Whitt, "The asymptotic validity of sequential stopping rules for stochastic
// simulations", Annals of applied probability 2 (1992) (why early stops must be barred).
#pragma once

#include <cstddef>

#include "engine/statistics/estimate.hpp"

namespace thaw {

inline constexpr std::size_t kLeastReplications = 10;

// Half the interval's width over the mean: 0 for a mean that does not vary, infinite for one that
// varies about 0 or is of one replication alone.
double relative_half_width(const Estimate& estimate);

// Whether such a half width is as narrow as `share` of the true mean asks for.
bool precise(double relative_half_width, double share);

// At how many replications to look next, after `done` of at most `most`; `most` when done is there.
std::size_t next_look(std::size_t done, std::size_t most);

}  // namespace thaw
