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
  double mantissa, exponent;
};

// Of a positive normal number, times 2^shift. Neither branches nor converts integers, and shifts
// unsigned words only: what every x86 does with two lanes at a time.
inline Scaled scaled_normal(double normal, int shift) {
  constexpr std::uint64_t kRootOfHalf = 0x3fe6a09e667f3bcd;  // the bits of sqrt(1/2)
  constexpr std::uint64_t kDetour = 1024;                    // keeps the steps positive
  const auto bits = std::bit_cast<std::uint64_t>(normal);
  // Seen from sqrt(1/2), the exponent field steps at sqrt(2), sqrt(8), … instead of at 1, 2, 4.
  const std::uint64_t steps = (bits - kRootOfHalf + (kDetour << 52)) >> 52;
  // From 2^52 to 2^53 a double counts in ones: its last bits are the steps.
  const double counted = std::bit_cast<double>(std::bit_cast<std::uint64_t>(0x1p52) + steps);
  return {std::bit_cast<double>(bits - (steps << 52) + (kDetour << 52)),
          counted - (0x1p52 + static_cast<double>(kDetour) - shift)};
}

Scaled scaled(double positive) {
  if (positive >= std::numeric_limits<double>::min()) return scaled_normal(positive, 0);
  return scaled_normal(positive * 0x1p54, -54);
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
inline double log_series(double z) {
  static constexpr double kTwoOverOdd[] = {2. / 3,  2. / 5,  2. / 7,  2. / 9,  2. / 11,
                                           2. / 13, 2. / 15, 2. / 17, 2. / 19, 2. / 21};
  return z * polynomial(z, kTwoOverOdd);
}

// Inline, or the loop over lanes is no vector code.
inline double log_of(Scaled x) {
  const double f = x.mantissa - 1;
  const double s = f / (2 + f);
  // 2s = f - s·f = f - f²/2 + s·f²/2: f is exact, and what is rounded is small beside it.
  const double half_square = 0.5 * f * f;
  const double rest = s * (half_square + log_series(s * s)) + x.exponent * kLn2Lo;
  return x.exponent * kLn2Hi - ((half_square - rest) - f);
}

// The logarithm to some 57 bits, for pow: the leading 2s is carried in two doubles, the series, at
// most z/3 < 1/100 of it, in one.
Pair log_in_two(double positive) {
  const auto [m, k] = scaled(positive);
  const double f = m - 1;
  const Pair divisor = exact_sum(m, 1);
  const double s = f / divisor.hi;
  const Pair back = exact_product(s, divisor.hi);
  const double s_lo = ((f - back.hi) - back.lo - s * divisor.lo) / divisor.hi;
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
  return log_of(scaled(x));
}

void log_each(Lanes& x) {
  double mantissa[kLanes], exponent[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) {
    const Scaled parts = scaled_normal(x[i], 0);
    mantissa[i] = parts.mantissa;
    exponent[i] = parts.exponent;
  }
  for (std::size_t i = 0; i < kLanes; ++i) x[i] = log_of({mantissa[i], exponent[i]});
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

// With a the distance to the nearest whole turn, exact, cos 2πa = -cos 2π(1/2 - a); within 1/8 of a
// turn the Taylor series of cos converges fast, beyond it that of sin 2π(1/4 - a). Both differences
// are exact, so that the quarters come out as 1, 0 and -1.
double cos_turns(double turns) {
  constexpr double kTwoPi = 0x1.921fb54442d18p+2;
  static constexpr double kCos[] = {1.,
                                    -1. / 2,
                                    1. / 24,
                                    -1. / 720,
                                    1. / 40320,
                                    -1. / 3628800,
                                    1. / 479001600,
                                    -1. / 87178291200,
                                    1. / 20922789888000};
  static constexpr double kSin[] = {1.,
                                    -1. / 6,
                                    1. / 120,
                                    -1. / 5040,
                                    1. / 362880,
                                    -1. / 39916800,
                                    1. / 6227020800,
                                    -1. / 1307674368000,
                                    1. / 355687428096000};
  const double size = std::fabs(turns);
  if (!(size < 0x1p52)) return size < kInfinity ? 1 : kNan;  // from 2^52 on doubles are whole
  double a = size - static_cast<double>(static_cast<std::int64_t>(size));
  if (a > 0.5) a = 1 - a;
  const double sign = a > 0.25 ? -1 : 1;
  if (a > 0.25) a = 0.5 - a;
  const double x = kTwoPi * (a <= 0.125 ? a : 0.25 - a);
  return sign * (a <= 0.125 ? polynomial(x * x, kCos) : x * polynomial(x * x, kSin));
}

// Stirling's series, ln Γ(x) = (x - 1/2) ln x - x + ln(2π)/2 + 1/(12x) - 1/(360x³) + …, from 16 on,
// where the first term left out, 3617/(122400 x^15), is below 3e-20; below 16 by way of Γ(x) =
// Γ(x + n) / (x (x + 1) … (x + n - 1)). x^(x - 1/2) alone would overflow from 144 on: it comes as
// the square of its root, with e^-x in between.
double gamma_function(double x) {
  static constexpr double kStirling[] = {1. / 12,   -1. / 360,      1. / 1260, -1. / 1680,
                                         1. / 1188, -691. / 360360, 1. / 156};
  constexpr double kRootOfTwoPi = 0x1.40d931ff62706p+1;
  if (!(x > 0)) return kNan;
  if (x > 172) return kInfinity;
  double product = 1;
  for (; x < 16; x += 1) product *= x;
  const double root = pow(x, 0.5 * x - 0.25);
  const double series = polynomial(1 / (x * x), kStirling) / x;
  return root * (exp(-x) * exp(series) * kRootOfTwoPi) * root / product;
}

double normal_quantile(double p) {
  static constexpr double kMiddleAbove[] = {3.3871328727963666080e+0, 1.3314166789178437745e+2,
                                            1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                            4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                            3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr double kMiddleBelow[] = {1.0,
                                            4.2313330701600911252e+1,
                                            6.8718700749205790830e+2,
                                            5.3941960214247511077e+3,
                                            2.1213794301586595867e+4,
                                            3.9307895800092710610e+4,
                                            2.8729085735721942674e+4,
                                            5.2264952788528545610e+3};
  static constexpr double kFlankAbove[] = {1.42343711074968357734e+0, 4.63033784615654529590e+0,
                                           5.76949722146069140550e+0, 3.64784832476320460504e+0,
                                           1.27045825245236838258e+0, 2.41780725177450611770e-1,
                                           2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double kFlankBelow[] = {1.0,
                                           2.05319162663775882187e+0,
                                           1.67638483018380384940e+0,
                                           6.89767334985100004550e-1,
                                           1.48103976427480074590e-1,
                                           1.51986665636164571966e-2,
                                           5.47593808499534494600e-4,
                                           1.05075007164441684324e-9};
  static constexpr double kTailAbove[] = {6.65790464350110377720e+0, 5.46378491116411436990e+0,
                                          1.78482653991729133580e+0, 2.96560571828504891230e-1,
                                          2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                          2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double kTailBelow[] = {1.0,
                                          5.99832206555887937690e-1,
                                          1.36929880922735805310e-1,
                                          1.48753612908506148525e-2,
                                          7.86869131145613259100e-4,
                                          1.84631831751005468180e-5,
                                          1.42151175831644588870e-7,
                                          2.04426310338993978564e-15};
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
