// Source of the formulas: Johnson, Kotz, Balakrishnan, "Continuous univariate distributions",
// volume 1 (1994), chapters 14 (lognormal) and 19 (exponential).
#include "engine/distribution.hpp"

#include <algorithm>
#include <cmath>

#include "engine/invariant.hpp"
#include "engine/math.hpp"

namespace thaw {
namespace {

constexpr double kLongest = 100 * 365.25 * 86400e9;  // 100 years in ns
constexpr double kNormalP95 = 1.6448536269514722;    // normal_quantile(0.95)

double ns(Duration d) { return static_cast<double>(d.count()); }

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

double Distribution::mean() const {
  switch (kind) {
    case Kind::constant:
    case Kind::exponential:
      return a;
    case Kind::uniform:
      return a + (b - a) / 2;
    case Kind::lognormal:
      return math::exp(a + b * b / 2);
  }
  THAW_CHECK(false, "a distribution has one of the four kinds");
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
  }
  return Duration{static_cast<std::int64_t>(std::min(drawn, kLongest) + 0.5)};
}

}  // namespace thaw
