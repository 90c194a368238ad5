#include "engine/moments.hpp"

#include <cmath>

#include "engine/invariant.hpp"
#include "engine/math.hpp"

namespace thaw {
namespace {

using Kind = Distribution::Kind;

Distribution lognormal_of(double mean, double square_deviation) {
  return Distribution::lognormal_mean_cv(Distribution::rounded(mean),
                                         std::sqrt(square_deviation) / mean);
}

}  // namespace

double variance(const Distribution& of) {
  const double mean = of.mean();
  switch (of.kind) {
    case Kind::constant:
      return 0;
    case Kind::exponential:
      return mean * mean;
    case Kind::uniform:
      return (of.b - of.a) * (of.b - of.a) / 12;
    case Kind::lognormal:
      return mean * mean * (math::exp(of.b * of.b) - 1);
    case Kind::gamma:
      return of.a * of.b * of.b;
    case Kind::weibull:
      return of.a * of.a * math::gamma_function(1 + 2 * of.b) - mean * mean;
  }
  THAW_CHECK(false, "a distribution has one of the kinds");
}

double quantile(const Distribution& of, double p) {
  THAW_CHECK(p > 0 && p < 1, "a quantile is strictly between the ends");
  switch (of.kind) {
    case Kind::constant:
      return of.a;
    case Kind::exponential:
      return -of.a * math::log(1 - p);
    case Kind::uniform:
      return of.a + (of.b - of.a) * p;
    case Kind::lognormal:
      return math::exp(of.a + of.b * math::normal_quantile(p));
    case Kind::gamma:
      return quantile(lognormal_of(of.mean(), variance(of)), p);
    case Kind::weibull:
      return of.a * math::pow(-math::log(1 - p), of.b);
  }
  THAW_CHECK(false, "a distribution has one of the kinds");
}

Distribution sum_of(std::span<const Distribution> parts) {
  double mean = 0, square_deviation = 0;
  for (const Distribution& part : parts) {
    mean += part.mean();
    square_deviation += variance(part);
  }
  if (square_deviation <= 0 || mean < 1) return Distribution::constant(Distribution::rounded(mean));
  return lognormal_of(mean, square_deviation);
}

}  // namespace thaw
