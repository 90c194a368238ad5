// Transcendental functions with the same bits on every machine: libm picks its code by processor, these
// use only +, -, *, / and sqrt, which IEEE 754 fixes to the last bit (compiled with -ffp-contract=off).
//
// Error: stated for each function, in units in the last place (ulp), and tested against long double libm.
#pragma once

namespace thaw::math {

double log(double x);             // natural; < 2 ulp; log(0) = -inf, x < 0 or NaN: NaN
double exp(double x);             // < 2 ulp; overflows to inf, underflows to 0
double pow(double x, double y);   // x >= 0; relative error < 1e-13 for results within 1e-300 … 1e300
double normal_quantile(double p);  // inverse of the normal distribution, 0 < p < 1; relative error < 1e-15 (AS 241)

}  // namespace thaw::math
