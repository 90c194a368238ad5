#include "engine/math.hpp"

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace thaw::math {
namespace {

static_assert(std::numeric_limits<double>::is_iec559 && FLT_EVAL_METHOD == 0,
              "the same bits everywhere need IEEE 754 doubles without excess precision");

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// ln 2 in two parts. The first has 41 bits, so that its product with any exponent of a double (11
// bits) is exact; together they are good to 94 bits.
constexpr double kLn2Hi = 0x1.62e42fefa3p-1;
constexpr double kLn2Lo = 0x1.3de6af278ece6p-42;
constexpr double kOneOverLn2 = 0x1.71547652b82fep+0;

// Beyond this e^x is infinite, and below its negative 0: ln of the largest double is 709.8, of the
// least 1/2 subnormal -745.1.
constexpr double kExpLimit = 800;

// c[0] + c[1] x + c[2] x² + …
template <std::size_t N>
constexpr double polynomial(double x, const double (&c)[N]) {
  double sum = c[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) sum = sum * x + c[i];
  return sum;
}

// An exact sum of two doubles, the second below the last place of the first.
struct Pair {
  double hi, lo;
};

// a + b without loss (Knuth's two-sum).
Pair exact_sum(double a, double b) {
  const double hi = a + b;
  const double b_seen = hi - a;
  return {hi, (a - (hi - b_seen)) + (b - b_seen)};
}

// a·b without loss (Dekker's product): the factors are cut into halves of 26 bits, whose products
// are exact. Not by fma, a slow library call on processors that lack it. |a|, |b| < 2^990.
Pair exact_product(double a, double b) {
  constexpr double kCut = 0x1p27 + 1;
  const double a_hi = kCut * a - (kCut * a - a), a_lo = a - a_hi;
  const double b_hi = kCut * b - (kCut * b - b), b_lo = b - b_hi;
  const double hi = a * b;
  return {hi, ((a_hi * b_hi - hi) + a_hi * b_lo + a_lo * b_hi) + a_lo * b_lo};
}

// x = mantissa · 2^exponent, the mantissa within sqrt(1/2) … sqrt(2), where the logarithm is small.
struct Scaled {
  double mantissa;
  int exponent;
};

Scaled scaled(double positive) {
  constexpr std::int64_t kRootOfHalf = 0x3fe6a09e667f3bcd;  // the bits of sqrt(1/2)
  int exponent = 0;
  if (positive < std::numeric_limits<double>::min()) {
    positive *= 0x1p54;
    exponent = -54;
  }
  const auto bits = std::bit_cast<std::int64_t>(positive);
  // Seen from sqrt(1/2), the exponent field steps at sqrt(2), sqrt(8), … instead of at 1, 2, 4.
  const std::int64_t steps = (bits - kRootOfHalf) >> 52;
  return {std::bit_cast<double>(bits - steps * (std::int64_t{1} << 52)),
          exponent + static_cast<int>(steps)};
}

// value · 2^exponent, rounded at most once; |exponent| <= 2000, value within 1/2 … 2.
double scale(double value, int exponent) {
  const auto power = [](int e) {
    return std::bit_cast<double>(static_cast<std::int64_t>(e + 1023) << 52);
  };
  if (exponent >= -1021 && exponent <= 1023) return value * power(exponent);
  const int half = exponent / 2;
  return value * power(half) * power(exponent - half);
}

// With s = f / (2 + f), ln(1 + f) = ln((1 + s) / (1 - s)) = 2s + s·(2s²/3 + 2s⁴/5 + 2s⁶/7 + …).
// This is the bracket, for z = s². Here |s| <= 3 - sqrt(8), z < 0.0295, and the first term left out
// is below 2^-60 of 2s.
double log_series(double z) {
  static constexpr double kTwoOverOdd[] = {2. / 3,  2. / 5,  2. / 7,  2. / 9,  2. / 11,
                                           2. / 13, 2. / 15, 2. / 17, 2. / 19, 2. / 21};
  return z * polynomial(z, kTwoOverOdd);
}

// The logarithm to some 57 bits, for pow: the leading 2s is carried in two doubles, the series, at
// most z/3 < 1/100 of it, in one.
Pair log_in_two(double positive) {
  const auto [m, exponent] = scaled(positive);
  const double f = m - 1;
  const Pair divisor = exact_sum(m, 1);
  const double s = f / divisor.hi;
  const Pair back = exact_product(s, divisor.hi);
  const double s_lo = ((f - back.hi) - back.lo - s * divisor.lo) / divisor.hi;
  const double k = exponent;
  const Pair sum = exact_sum(k * kLn2Hi, 2 * s);
  return exact_sum(sum.hi, sum.lo + (k * kLn2Lo + (2 * s_lo + s * log_series(s * s))));
}

// e^(x.hi + x.lo), |x.hi| <= kExpLimit. With x = k·ln 2 + r and |r| <= ln(2)/2 it is 2^k · e^r, and
// e^r is its Taylor series: r^14/14! is below 2^-57 of e^r. r is carried with its rounding error.
double exp_of_pair(Pair x) {
  static constexpr double kOneOverFactorial[] = {
      1. / 2,     1. / 6,      1. / 24,      1. / 120,      1. / 720,       1. / 5040,
      1. / 40320, 1. / 362880, 1. / 3628800, 1. / 39916800, 1. / 479001600, 1. / 6227020800};
  const double turns = x.hi * kOneOverLn2;
  const int k = static_cast<int>(turns < 0 ? turns - 0.5 : turns + 0.5);
  const double above = x.hi - k * kLn2Hi;  // exact: the product is, and the two are near, or k = 0
  const double below = k * kLn2Lo - x.lo;
  const double r = above - below;
  const double r_lo = (above - r) - below;
  return scale(1 + (r + (r_lo + r * r * polynomial(r, kOneOverFactorial))), k);
}

}  // namespace

double log(double x) {
  if (!(x > 0)) return x == 0 ? -kInfinity : kNan;
  if (x == kInfinity) return x;
  const auto [m, exponent] = scaled(x);
  const double f = m - 1;
  const double s = f / (2 + f);
  const double k = exponent;
  // 2s = f - s·f = f - f²/2 + s·f²/2: f is exact, and what is rounded is small beside it.
  const double half_square = 0.5 * f * f;
  const double rest = s * (half_square + log_series(s * s)) + k * kLn2Lo;
  return k * kLn2Hi - ((half_square - rest) - f);
}

double exp(double x) {
  if (!(x <= kExpLimit)) return x > 0 ? kInfinity : kNan;
  if (x < -kExpLimit) return 0;
  return exp_of_pair({x, 0});
}

double pow(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (!(x >= 0) || y != y) return kNan;
  if (x == 0 || x == kInfinity) return (x == 0) == (y < 0) ? kInfinity : 0;
  if (y == kInfinity || y == -kInfinity) return (x > 1) == (y > 0) ? kInfinity : 0;
  const Pair log_x = log_in_two(x);
  // |ln x| > 2^-54 for x other than 1, so a y that passes here is far from exact_product's bound.
  const double about = y * log_x.hi;
  if (about > kExpLimit) return kInfinity;
  if (about < -kExpLimit) return 0;
  const Pair product = exact_product(y, log_x.hi);
  return exp_of_pair({product.hi, product.lo + y * log_x.lo});
}

double normal_quantile(double p) {
  static constexpr double kMiddleAbove[] = {
      3.3871328727963666080e+0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
      1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
      3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr double kMiddleBelow[] = {
      1.0,                      4.2313330701600911252e+1, 6.8718700749205790830e+2,
      5.3941960214247511077e+3, 2.1213794301586595867e+4, 3.9307895800092710610e+4,
      2.8729085735721942674e+4, 5.2264952788528545610e+3};
  static constexpr double kFlankAbove[] = {
      1.42343711074968357734e+0, 4.63033784615654529590e+0, 5.76949722146069140550e+0,
      3.64784832476320460504e+0, 1.27045825245236838258e+0, 2.41780725177450611770e-1,
      2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double kFlankBelow[] = {
      1.0,                       2.05319162663775882187e+0, 1.67638483018380384940e+0,
      6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
      5.47593808499534494600e-4, 1.05075007164441684324e-9};
  static constexpr double kTailAbove[] = {
      6.65790464350110377720e+0, 5.46378491116411436990e+0, 1.78482653991729133580e+0,
      2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
      2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double kTailBelow[] = {
      1.0,                       5.99832206555887937690e-1, 1.36929880922735805310e-1,
      1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
      1.42151175831644588870e-7, 2.04426310338993978564e-15};
  if (!(p > 0 && p < 1)) return p == 0 ? -kInfinity : p == 1 ? kInfinity : kNan;
  const double q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(r, kMiddleAbove) / polynomial(r, kMiddleBelow);
  }
  const double r = std::sqrt(-log(q < 0 ? p : 1 - p));
  const double size = r <= 5 ? polynomial(r - 1.6, kFlankAbove) / polynomial(r - 1.6, kFlankBelow)
                             : polynomial(r - 5, kTailAbove) / polynomial(r - 5, kTailBelow);
  return q < 0 ? -size : size;
}

}  // namespace thaw::math
