// Variances, quantiles and sums of distributions: what a policy asks of a cold start that the world
// only draws.
//
// Units: those of the distribution, nanoseconds for durations. Errors: none. Source: Johnson, Kotz,
// Balakrishnan, "Continuous univariate distributions", volume 1 (1994).
#pragma once

#include <span>

#include "engine/distribution.hpp"

namespace thaw {

double variance(const Distribution& of);

// 0 < p < 1. Exact, but for gamma, which has no closed form: there it is the quantile of the
// lognormal of the same mean and variance.
double quantile(const Distribution& of, double p);

// Of independent ones: a constant where none varies, else the lognormal of the same mean and
// variance, which has the two moments right and the tail nearly so.
Distribution sum_of(std::span<const Distribution> parts);

}  // namespace thaw
