// The quantiles behind confidence intervals: how many standard errors a mean of few values may be
// off.
//
// Units: none. Error: relative, < 1e-9 for the confidences that student_t accepts; tested against
// published tables and against an independent computation with 50 digits.
// Errors: arguments out of range are a bug of the caller.
// Source: Abramowitz and Stegun, "Handbook of mathematical functions" (1964), 26.7.3 and 26.7.4
// (the distribution as a finite sum), 26.7.5 (the expansion for many degrees of freedom).
#pragma once

#include <cstddef>

namespace thaw {

// The t with P(|T| <= t) = confidence, for T of Student's distribution with so many degrees of
// freedom (at least 1); 0.5 <= confidence <= 0.999999.
double student_t(std::size_t degrees_of_freedom, double confidence = 0.95);

}  // namespace thaw
