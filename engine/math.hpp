// Transcendental functions with the same bits on every machine: libm picks its code by processor,
// these use only +, -, *, / and sqrt, which IEEE 754 fixes to the last bit (compiled with
// -ffp-contract=off, rounding to nearest).
//
// Error: stated for each function, in units in the last place (ulp), relative or absolute, and
// tested against long double libm. None throws; what has no value is NaN.
// Source: the reductions are derived in math.cpp; normal_quantile is Wichura, "Algorithm AS 241:
// The percentage points of the normal distribution", Applied Statistics 37 (1988), routine PPND16.
#pragma once

#include <array>
#include <cstddef>

namespace thaw::math {

double log(double x);  // natural; < 1 ulp; log(0) = -inf; x < 0 or NaN: NaN

// The logarithm of each of sixteen positive normal numbers (from 2^-1022 on, finite), in place: the
// same bits as one by one, in less than half of the time.
constexpr std::size_t kLanes = 16;
using Lanes = std::array<double, kLanes>;
void log_each(Lanes& x);

double exp(double x);  // < 1 ulp; overflows to inf, underflows by way of subnormals to 0

// x >= 0 (else NaN); relative error < 1e-14 for results within 1e-300 … 1e300. Special values as in
// C: pow(x, 0) = pow(1, y) = 1 even for NaN, pow(0, y < 0) = inf, infinite y by the side of 1.
double pow(double x, double y);

// cos(2π·turns), absolute error < 2^-52; exactly 1, 0, -1, 0 at each quarter of a turn. The turns
// are reduced without loss, however many; NaN for an infinite number of them.
double cos_turns(double turns);

// Γ(x) for x > 0 (else NaN); relative error < 2e-14 up to 170; from 171.624… on infinite.
double gamma_function(double x);

// Inverse of the normal distribution: mean 0, deviation 1. Relative error < 1e-15 for 0 < p < 1;
// normal_quantile(0) = -inf, normal_quantile(1) = inf; NaN outside.
double normal_quantile(double p);

}  // namespace thaw::math
