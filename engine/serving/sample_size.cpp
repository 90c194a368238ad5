#include "engine/serving/sample_size.hpp"

#include <cmath>

namespace thaw::serving {

std::int32_t sample_size(std::int32_t population) {
  if (population <= 3) return population;
  constexpr double kQuantile = 1.96, kVariance = 100, kErrorSquared = 25;
  constexpr double x = kQuantile * kQuantile * kVariance / kErrorSquared;
  const double n = population;
  return static_cast<std::int32_t>(std::ceil(n * x / (n + x - 1)));
}

}  // namespace thaw::serving
