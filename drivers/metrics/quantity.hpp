// Values as metrics APIs write them, in thousandths.
//
// Exact: decimal text to an integer, no double in between. Empty result: not of this form, or
// beyond 64 bits.
#pragma once

#include <optional>
#include <string_view>

#include "engine/policy.hpp"

namespace thaw::metrics {

// A Kubernetes quantity, of either sign, rounded away from zero as resource.Quantity.MilliValue
// does: "70500m" → 70500, "1u" → 1, "-1500u" → -2.
std::optional<Milli> quantity_milli(std::string_view text);

// What Prometheus writes of a sample: Go's shortest decimal of a double, to the nearest thousandth.
// Not a number is what it calls NaN, and the infinities.
struct SampleValue {
  Presence presence = Presence::error;  // ok, nan; error: no number at all, or beyond 64 bits
  Milli milli = 0;
};
SampleValue sample_value(std::string_view text);

}  // namespace thaw::metrics
