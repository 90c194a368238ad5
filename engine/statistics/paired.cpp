#include "engine/statistics/paired.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/invariant.hpp"
#include "engine/statistics/student_t.hpp"
#include "engine/statistics/sum.hpp"

namespace thaw {
namespace {

std::vector<double> less(std::span<const double> a, std::span<const double> b, double times) {
  THAW_CHECK(a.size() == b.size(), "each value has its partner");
  std::vector<double> rest;
  for (std::size_t i = 0; i < a.size(); ++i) rest.push_back(a[i] - times * b[i]);
  return rest;
}

double covariance(std::span<const double> x, double x_mean, std::span<const double> y,
                  double y_mean) {
  Sum products;
  for (std::size_t i = 0; i < x.size(); ++i) products.add((x[i] - x_mean) * (y[i] - y_mean));
  return products.total() / static_cast<double>(x.size() - 1);
}

}  // namespace

Estimate paired_difference(std::span<const double> a, std::span<const double> b) {
  return estimate(less(a, b, 1));
}

// With r = mean(a)/mean(b), the rests d = a - r b and a ratio r + x: mean(a - (r + x) b) is
// -x mean(b), its variance that of d - x b. Student's interval holds 0 while
//   x² mean(b)² <= t²/n · (var(d) - 2 x cov(d, b) + x² var(b)),
// between two roots if mean(b)² > t²/n · var(b). Written so, nothing cancels where d is small.
std::optional<Estimate> paired_ratio(std::span<const double> a, std::span<const double> b) {
  const double below = estimate(b).mean;
  if (below == 0) return std::nullopt;
  const double ratio = estimate(a).mean / below;
  if (a.size() == 1) return Estimate{ratio, ratio, ratio, 1};
  const std::vector<double> rests = less(a, b, ratio);
  const double rest_mean = estimate(rests).mean;
  const auto n = static_cast<double>(a.size());
  const double t = student_t(a.size() - 1);
  const double width = t * t / n;
  const double square = below * below - width * covariance(b, below, b, below);
  if (square <= 0) return std::nullopt;
  const double half = width * covariance(rests, rest_mean, b, below);
  const double rest = width * covariance(rests, rest_mean, rests, rest_mean);
  const double reach = std::sqrt(std::max(0.0, half * half + square * rest));
  return Estimate{ratio, ratio + (-half - reach) / square, ratio + (-half + reach) / square,
                  a.size()};
}

bool told_apart(const Estimate& difference) {
  return difference.n >= 2 && (difference.low > 0 || difference.high < 0);
}

}  // namespace thaw
