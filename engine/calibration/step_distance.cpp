#include "engine/calibration/step_distance.hpp"

#include <algorithm>

namespace thaw::calibration {

double step_distance(std::span<const double> shares) {
  const auto n = static_cast<double>(shares.size());
  double most = 0;
  for (std::size_t i = 0; i < shares.size(); ++i)
    most = std::max(
        {most, static_cast<double>(i + 1) / n - shares[i], shares[i] - static_cast<double>(i) / n});
  return most;
}

}  // namespace thaw::calibration
