// Source of the formulas: Johnson, Kotz, Balakrishnan, "Continuous univariate distributions",
// volume 1 (1994), chapters 14 (lognormal), 17 (gamma), 19 (exponential) and 21 (Weibull). Gamma is
// drawn as Marsaglia and Tsang, "A simple method for generating gamma variables", ACM Transactions
// on Mathematical Software 26 (2000), have it.
#include "engine/distribution.hpp"

#include <cmath>

#include "engine/invariant.hpp"
#include "engine/math.hpp"

namespace thaw {
namespace {

constexpr double kNormalP95 = 1.6448536269514722;  // normal_quantile(0.95)

// From this shape on, a gamma's cv is below 1e-15: to a double it is a constant.
constexpr double kGreatestShape = 1e30;

double ns(Duration d) { return static_cast<double>(d.count()); }

// (standard deviation / mean)² of a Weibull of shape 1/t: Γ(1 + 2t) / Γ(1 + t)² - 1, which rises
// with t.
double weibull_cv_squared(double t) {
  const double mean = math::gamma_function(1 + t);
  return math::gamma_function(1 + 2 * t) / (mean * mean) - 1;
}

// The 1/shape that has this cv, by bisection down to neighbouring doubles. 1/shape = 8 has a cv of
// 113, which is above kMostCv.
double inverse_weibull_shape(double cv) {
  double low = 0, high = 8;
  for (;;) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    (weibull_cv_squared(middle) < cv * cv ? low : high) = middle;
  }
}

// Scale 1, shape >= 1. d·(1 + x/sqrt(9d))³ with a normal x has nearly the right density; a uniform
// u decides whether this x stays. 19 of 20 do, and the first of the two tests, which needs no
// logarithm, lets nearly all of them through.
double gamma_of_shape_from_one(double shape, Random& random) {
  const double d = shape - 1. / 3;
  const double slope = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = random.normal(), u = random.uniform();
    const double root = 1 + slope * x;
    if (root <= 0) continue;
    const double v = root * root * root, x2 = x * x;
    if (u < 1 - 0.0331 * x2 * x2) return d * v;
    if (math::log(u) < 0.5 * x2 + d * (1 - v + math::log(v))) return d * v;
  }
}

// Below a shape of 1 the density has a pole at 0, and X(shape) = X(shape + 1) · u^(1/shape).
double standard_gamma(double shape, Random& random) {
  if (shape >= 1) return gamma_of_shape_from_one(shape, random);
  const double longer = gamma_of_shape_from_one(shape + 1, random);
  return longer * math::pow(random.uniform(), 1 / shape);
}

}  // namespace

Distribution Distribution::constant(Duration value) {
  THAW_CHECK(value >= 0s, "a duration is not negative");
  return {Kind::constant, ns(value), 0};
}

Distribution Distribution::exponential(Duration mean) {
  THAW_CHECK(mean >= 0s, "a duration is not negative");
  return {Kind::exponential, ns(mean), 0};
}

Distribution Distribution::uniform(Duration least, Duration most) {
  THAW_CHECK(least >= 0s && least <= most, "a range runs from its least to its most");
  return {Kind::uniform, ns(least), ns(most)};
}

// E X = exp(mu + sigma²/2) and Var X = (exp(sigma²) - 1) (E X)², solved for mu and sigma.
Distribution Distribution::lognormal_mean_cv(Duration mean, double cv) {
  THAW_CHECK(mean > 0s && cv >= 0, "a lognormal needs a positive mean and a cv of at least 0");
  const double variance = math::log(1 + cv * cv);
  return {Kind::lognormal, math::log(ns(mean)) - variance / 2, std::sqrt(variance)};
}

// The quantile at p is exp(mu + sigma z(p)), and z(0.5) = 0.
Distribution Distribution::lognormal_median_p95(Duration median, Duration p95) {
  THAW_CHECK(median > 0s && median <= p95, "a lognormal needs 0 < median <= p95");
  const double sigma = math::log(ns(p95) / ns(median)) / kNormalP95;
  return {Kind::lognormal, math::log(ns(median)), sigma};
}

// E X = shape · scale and Var X = shape · scale².
Distribution Distribution::gamma_mean_cv(Duration mean, double cv) {
  THAW_CHECK(mean > 0s && cv > 0 && cv <= kMostCv,
             "a gamma needs a positive mean and a cv in range");
  const double shape = std::min(1 / (cv * cv), kGreatestShape);
  return {Kind::gamma, shape, ns(mean) / shape};
}

// E X = scale · Γ(1 + 1/shape).
Distribution Distribution::weibull_mean_cv(Duration mean, double cv) {
  THAW_CHECK(mean > 0s && cv >= kLeastWeibullCv && cv <= kMostCv,
             "a Weibull needs a positive mean and a cv in range");
  const double inverse_shape = inverse_weibull_shape(cv);
  return {Kind::weibull, ns(mean) / math::gamma_function(1 + inverse_shape), inverse_shape};
}

double Distribution::mean() const {
  switch (kind) {
    case Kind::constant:
    case Kind::exponential:
      return a;
    case Kind::uniform:
      return a + (b - a) / 2;
    case Kind::lognormal:
      return math::exp(a + b * b / 2);
    case Kind::gamma:
      return a * b;
    case Kind::weibull:
      return a * math::gamma_function(1 + b);
  }
  THAW_CHECK(false, "a distribution has one of the kinds");
}

Duration Distribution::draw(Random& random) const {
  double drawn = a;
  switch (kind) {
    case Kind::constant:
      random.uniform();
      break;
    case Kind::exponential:
      drawn = a * random.exponential();
      break;
    case Kind::uniform:
      drawn = a + (b - a) * random.uniform();
      break;
    case Kind::lognormal:
      drawn = math::exp(a + b * random.normal());
      break;
    case Kind::gamma:
      drawn = b * standard_gamma(a, random);
      break;
    case Kind::weibull:
      drawn = a * math::pow(random.exponential(), b);
      break;
  }
  return rounded(drawn);
}

}  // namespace thaw
