#include "engine/statistics/student_t.hpp"

#include <cmath>

#include "engine/invariant.hpp"
#include "engine/math.hpp"

namespace thaw {
namespace {

constexpr double kMostConfidence = 0.999999;

// From here on the expansion is good to a relative 1e-10; below, the sum has at most 200 terms.
constexpr std::size_t kMany = 400;

// An angle within 0 … 1/4 of a turn: T = sqrt(n) · tan(angle).
struct Angle {
  double turns;
  double cosine() const { return math::cos_turns(turns); }
  double sine() const { return math::cos_turns(0.25 - turns); }
};

// P(|T| <= sqrt(n) tan(angle)): for even n the sum sin · (1 + 1/2 cos² + 1·3/(2·4) cos⁴ + …), for
// odd n the angle itself plus sin · (cos + 2/3 cos³ + 2·4/(3·5) cos⁵ + …) · 2/π, both up to
// cos^(n-2).
double confidence_at(Angle angle, std::size_t n) {
  constexpr double kTwoOverPi = 0x1.45f306dc9c883p-1;
  const double cos = angle.cosine(), sin = angle.sine();
  const bool odd = n % 2 == 1;
  double term = odd ? cos : 1, sum = 0;
  for (std::size_t power = n % 2; power + 2 <= n; power += 2) {
    sum += term;
    term *= cos * cos * static_cast<double>(power + 1) / static_cast<double>(power + 2);
  }
  return odd ? 4 * angle.turns + kTwoOverPi * sin * sum : sin * sum;
}

// By bisection down to neighbouring doubles: the confidence rises with the angle.
double by_sum(std::size_t n, double confidence) {
  double low = 0, high = 0.25;
  for (;;) {
    const Angle middle{low + (high - low) / 2};
    if (middle.turns <= low || middle.turns >= high) {
      return std::sqrt(static_cast<double>(n)) * middle.sine() / middle.cosine();
    }
    (confidence_at(middle, n) < confidence ? low : high) = middle.turns;
  }
}

// z + g1(z)/n + g2(z)/n² + …, z the normal quantile.
double by_expansion(std::size_t degrees_of_freedom, double confidence) {
  const double z = math::normal_quantile(0.5 + confidence / 2), z2 = z * z;
  const double n = static_cast<double>(degrees_of_freedom);
  const double g1 = (z2 + 1) / 4;
  const double g2 = ((5 * z2 + 16) * z2 + 3) / 96;
  const double g3 = (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
  const double g4 = ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
  return z * (1 + (g1 + (g2 + (g3 + g4 / n) / n) / n) / n);
}

}  // namespace

double student_t(std::size_t degrees_of_freedom, double confidence) {
  THAW_CHECK(degrees_of_freedom >= 1, "Student's distribution has at least one degree of freedom");
  THAW_CHECK(confidence >= 0.5 && confidence <= kMostConfidence, "the confidence is out of range");
  return degrees_of_freedom < kMany ? by_sum(degrees_of_freedom, confidence)
                                    : by_expansion(degrees_of_freedom, confidence);
}

}  // namespace thaw
