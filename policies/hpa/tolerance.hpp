// How far a ratio of usage to target may be from 1 without a change of replicas.
//
// Units: shares, 0.1 is 10 %. Source: autoscaling/v2 `tolerance`, a Kubernetes quantity, and the
// flag --horizontal-pod-autoscaler-tolerance. Errors: text that is no quantity of at least 0 reads
// as empty.
#pragma once

#include <optional>
#include <string_view>

namespace thaw::hpa {

inline constexpr double kDefaultTolerance = 0.1;

struct Tolerance {
  double up = kDefaultTolerance, down = kDefaultTolerance;

  bool holds(double ratio) const { return 1.0 - down <= ratio && ratio <= 1.0 + up; }
};

// A quantity as the float that the controller makes of it: its digits times a power of ten, which
// is not always the nearest one to the decimal text.
std::optional<double> parse_tolerance(std::string_view text);

}  // namespace thaw::hpa
