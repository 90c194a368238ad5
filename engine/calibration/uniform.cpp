#include "engine/calibration/uniform.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/calibration/step_distance.hpp"
#include "engine/math.hpp"

namespace thaw::calibration {
namespace {

constexpr std::size_t kLeast = 5;
constexpr double kSame = 1e-3;  // of the range
constexpr double kNarrowest = 0.025, kWidest = 0.975, kBelow = 0.05;

// The share of the width that the range of n observations is, with probability p: Beta(n - 1, 2)'s
// quantile, whose distribution function is n x^(n-1) - (n-1) x^n.
double range_quantile(double n, double p) {
  double low = 0, high = 1;
  for (int i = 0; i < 60; ++i) {
    const double x = (low + high) / 2;
    const double share = math::pow(x, n - 1) * (n - (n - 1) * x);
    (share < p ? low : high) = x;
  }
  return (low + high) / 2;
}

// Ascending, none closer to the one before than kSame of the range.
std::vector<double> different_ones(std::span<const double> observed) {
  std::vector<double> sorted(observed.begin(), observed.end());
  std::sort(sorted.begin(), sorted.end());
  if (sorted.empty()) return sorted;
  const double apart = kSame * (sorted.back() - sorted.front());
  std::vector<double> different;
  for (const double x : sorted)
    if (different.empty() || x - different.back() > apart) different.push_back(x);
  return different;
}

// Given the extremes, those between are uniform between them.
double distance_between(const std::vector<double>& sorted) {
  const double range = sorted.back() - sorted.front();
  std::vector<double> shares;
  for (std::size_t i = 1; i + 1 < sorted.size(); ++i)
    shares.push_back((sorted[i] - sorted.front()) / range);
  return step_distance(shares);
}

}  // namespace

std::optional<Uniform> fit_uniform(std::span<const double> observed) {
  const std::vector<double> sorted = different_ones(observed);
  if (sorted.size() < kLeast) return std::nullopt;
  const auto n = static_cast<double>(sorted.size());
  const double range = sorted.back() - sorted.front(), least = sorted.front();
  const double below = range * (math::pow(kBelow, -1 / (n - 1)) - 1);
  Uniform fit;
  fit.different = sorted.size();
  fit.least = {least - range / (n - 1), least - below, least};
  fit.width = {range * (n + 1) / (n - 1), range / range_quantile(n, kWidest),
               range / range_quantile(n, kNarrowest)};
  fit.distance = distance_between(sorted);
  const double root = std::sqrt(n - 2);
  fit.critical = 1.358 / (root + 0.12 + 0.11 / root);
  return fit;
}

}  // namespace thaw::calibration
