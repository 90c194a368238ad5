// The fewest and the most replicas that a policy asks for, as its settings say.
//
// Errors: a `min` above its `max`.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/params.hpp"
#include "engine/reason.hpp"

namespace thaw {

struct Bounds {
  std::int32_t min = 0, max = 10;

  static Bounds read(ParamsReader& reader, const std::string& least, const std::string& most,
                     std::int32_t usual_most) {
    constexpr std::int64_t kMost = 10'000;
    Bounds bounds;
    bounds.min = static_cast<std::int32_t>(reader.integer(least, 0, 0, kMost));
    bounds.max = static_cast<std::int32_t>(reader.integer(most, usual_most, 1, kMost));
    if (bounds.min > bounds.max)
      reader.error(least, "expected at most " + most + " " + std::to_string(bounds.max) +
                              ", found " + std::to_string(bounds.min));
    return bounds;
  }
  // Of a whole number that may be too large for replicas.
  std::int32_t within(double asked) const {
    return std::clamp(static_cast<std::int32_t>(std::min<double>(asked, max)), min, max);
  }
  Limit limit(double asked) const {
    return asked > max ? Limit::max : asked < min ? Limit::min : Limit::none;
  }
};

}  // namespace thaw
