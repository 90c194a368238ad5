#include "engine/calibration/log_normal.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/math.hpp"
#include "engine/random.hpp"

namespace thaw::calibration {
namespace {

constexpr std::size_t kDraws = 2000;
constexpr std::size_t kSummed = 60;  // chi-squares of more degrees of freedom are approximated
constexpr double kLower = 0.025, kUpper = 0.975;

double chi_square(Random& random, std::size_t freedom) {
  if (freedom <= kSummed) {
    double sum = 0;
    for (std::size_t i = 0; i < freedom; ++i) {
      const double z = random.normal();
      sum += z * z;
    }
    return sum;
  }
  const double of = 2.0 / (9.0 * static_cast<double>(freedom));
  const double root = 1 - of + random.normal() * std::sqrt(of);
  return static_cast<double>(freedom) * root * root * root;
}

// What the parameters of ln X say of X.
struct Told {
  double median, p95, mean, cv;
};

Told told_by(double mu, double sigma) {
  const double square = sigma * sigma;
  return {math::exp(mu), math::exp(mu + math::normal_quantile(0.95) * sigma),
          math::exp(mu + square / 2), std::sqrt(math::exp(square) - 1)};
}

Interval interval_of(double value, std::vector<double>& drawn) {
  std::sort(drawn.begin(), drawn.end());
  const auto at = [&](double share) {
    return drawn[static_cast<std::size_t>(share * static_cast<double>(drawn.size() - 1) + 0.5)];
  };
  return {value, at(kLower), at(kUpper)};
}

}  // namespace

std::optional<LogNormal> fit_log_normal(std::span<const double> observed) {
  const std::size_t n = observed.size();
  if (n < 3 || !std::ranges::all_of(observed, [](double x) { return x > 0; })) return std::nullopt;
  const auto count = static_cast<double>(n);
  double sum = 0, squares = 0;
  for (const double x : observed) sum += math::log(x);
  const double mean = sum / count;
  for (const double x : observed) {
    const double off = math::log(x) - mean;
    squares += off * off;
  }
  const double deviation = std::sqrt(squares / (count - 1));
  // A constant, written with more digits than it has.
  if (!(deviation > 1e-9)) return std::nullopt;
  Random random(n, "calibration");
  std::vector<double> medians, p95s, means, cvs;
  for (std::size_t i = 0; i < kDraws; ++i) {
    const double z = random.normal();
    const double sigma = deviation * std::sqrt((count - 1) / chi_square(random, n - 1));
    const Told drawn = told_by(mean - z * sigma / std::sqrt(count), sigma);
    medians.push_back(drawn.median);
    p95s.push_back(drawn.p95);
    means.push_back(drawn.mean);
    cvs.push_back(drawn.cv);
  }
  const Told told = told_by(mean, deviation);
  return LogNormal{n, interval_of(told.median, medians), interval_of(told.p95, p95s),
                   interval_of(told.mean, means), interval_of(told.cv, cvs)};
}

}  // namespace thaw::calibration
