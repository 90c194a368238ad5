#include "engine/arrivals.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <vector>

namespace thaw {
namespace arrivals_test {

using Kind = ArrivalProcess::Kind;

constexpr TimePoint kMonday{Duration{1'767'571'200'000'000'000}};  // 2026-01-05T00:00:00Z

// Of 1000 statements that hold, 999 stay within so many deviations; with a fixed seed, a statement
// that holds holds for ever.
constexpr double kNormal999 = 3.2905;
constexpr double kStudent29Of999 = 3.6594;  // with 29 degrees of freedom, published as 3.659

ArrivalProcess renewal(const Distribution& gap) {
  ArrivalProcess p;
  p.gap = gap;
  return p;
}

ArrivalProcess mmpp(std::vector<ArrivalProcess::State> states) {
  ArrivalProcess p;
  p.kind = Kind::mmpp;
  p.states = std::move(states);
  return p;
}

ArrivalProcess diurnal(double rate, double amplitude_ratio, Duration period, Duration peak) {
  ArrivalProcess p;
  p.kind = Kind::diurnal;
  p.rate = rate;
  p.amplitude_ratio = amplitude_ratio;
  p.period = period;
  p.peak = peak;
  return p;
}

ArrivalStream stream_of(const ArrivalProcess& process, std::uint64_t index = 0) {
  return {process, Random(70, "arrivals", index), kMonday};
}

// The stream only refers to its process.
ArrivalStream stream_of(ArrivalProcess&& process, std::uint64_t index = 0) = delete;

double arrivals_within(const ArrivalProcess& process, Duration length, std::uint64_t index) {
  ArrivalStream stream = stream_of(process, index);
  double n = 0;
  while (stream.next() < kMonday + length) ++n;
  return n;
}

struct Moments {
  double mean, variance;
};

Moments moments_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double v : values) sum += v;
  for (const double v : values) squares += (v - sum / n) * (v - sum / n);
  return {sum / n, squares / (n - 1)};
}

// 30 streams: the true rate lies within Student's interval around their mean in 999 of 1000 cases,
// and the interval is asked to be narrow enough to say something.
void expect_rate(const ArrivalProcess& process, double rate, Duration length, double tolerance) {
  std::vector<double> rates;
  for (std::uint64_t i = 0; i < 30; ++i) {
    rates.push_back(arrivals_within(process, length, i) / seconds(length));
  }
  const auto [mean, variance] = moments_of(rates);
  const double bound = kStudent29Of999 * std::sqrt(variance / 30);
  EXPECT_NEAR(process.mean_rate(), rate, 1e-9 * rate);
  EXPECT_NEAR(mean, rate, bound);
  EXPECT_LT(bound, tolerance * rate);
}

double cv_of_gaps(const ArrivalProcess& process, int n) {
  ArrivalStream stream = stream_of(process);
  std::vector<double> gaps;
  TimePoint last = kMonday;
  for (int i = 0; i < n; ++i) {
    const TimePoint next = stream.next();
    gaps.push_back(seconds(next - last));
    last = next;
  }
  const auto [mean, variance] = moments_of(gaps);
  return std::sqrt(variance) / mean;
}

// The standard deviation of a sample cv times sqrt(n), by the delta method: cv · sqrt((kurtosis -
// 1)/4 - skewness·cv + cv²), from the moments E X, E X², E X³, E X⁴.
double spread_of_cv(const std::array<double, 4>& moments) {
  const auto [m1, m2, m3, m4] = moments;
  const double variance = m2 - m1 * m1, deviation = std::sqrt(variance), cv = deviation / m1;
  const double third = m3 - 3 * m2 * m1 + 2 * m1 * m1 * m1;
  const double fourth = m4 - 4 * m3 * m1 + 6 * m2 * m1 * m1 - 3 * m1 * m1 * m1 * m1;
  const double kurtosis = fourth / (variance * variance), skewness = third / (variance * deviation);
  return cv * std::sqrt((kurtosis - 1) / 4 - skewness * cv + cv * cv);
}

TEST(Renewal, KeepsTheRateOfItsGaps) {
  expect_rate(renewal(Distribution::exponential(100ms)), 10, 1000s, 0.01);
  expect_rate(renewal(Distribution::uniform(50ms, 150ms)), 10, 1000s, 0.01);
  expect_rate(renewal(Distribution::gamma_mean_cv(100ms, 0.5)), 10, 1000s, 0.01);
  expect_rate(renewal(Distribution::gamma_mean_cv(100ms, 3)), 10, 4000s, 0.02);
  expect_rate(renewal(Distribution::weibull_mean_cv(100ms, 2)), 10, 2000s, 0.02);
  expect_rate(renewal(Distribution::lognormal_mean_cv(100ms, 1.5)), 10, 2000s, 0.02);
}

TEST(Renewal, OfConstantGapsIsAClock) {
  const ArrivalProcess process = renewal(Distribution::constant(250ms));
  ArrivalStream stream = stream_of(process);
  for (int i = 1; i <= 1000; ++i) EXPECT_EQ(stream.next(), kMonday + i * 250ms);
  EXPECT_EQ(process.mean_rate(), 4);
}

// Moments of gamma with scale 1: E X^j = shape (shape + 1) … (shape + j - 1); of Weibull with scale
// 1: Γ(1 + j/k); of lognormal with mean 1 and w = 1 + cv²: w^(j(j - 1)/2).
TEST(Renewal, KeepsTheCvOfItsGaps) {
  constexpr int n = 200'000;
  const auto expect_cv = [](const Distribution& gap, double cv,
                            const std::array<double, 4>& moments) {
    EXPECT_NEAR(cv_of_gaps(renewal(gap), n), cv, kNormal999 * spread_of_cv(moments) / std::sqrt(n));
  };
  expect_cv(Distribution::exponential(1s), 1, {1, 2, 6, 24});
  for (const double cv : {0.5, 3.0}) {
    const double a = 1 / (cv * cv);
    expect_cv(Distribution::gamma_mean_cv(1s, cv), cv,
              {a, a * (a + 1), a * (a + 1) * (a + 2), a * (a + 1) * (a + 2) * (a + 3)});
  }
  // 1/k = 2 has cv² = Γ(5)/Γ(3)² - 1 = 5 and E X^j = (2j)!.
  expect_cv(Distribution::weibull_mean_cv(1s, std::sqrt(5.0)), std::sqrt(5.0), {2, 24, 720, 40320});
  const double w = 1 + 0.8 * 0.8;
  expect_cv(Distribution::lognormal_mean_cv(1s, 0.8), 0.8, {1, w, w * w * w, std::pow(w, 6)});
}

// Gaps of 0 would stay on one instant for ever.
TEST(Renewal, MovesOnByANanosecondAtLeast) {
  const ArrivalProcess process = renewal(Distribution::exponential(1ns));
  ArrivalStream stream = stream_of(process);
  TimePoint last = kMonday;
  for (int i = 0; i < 1000; ++i) {
    const TimePoint next = stream.next();
    ASSERT_GT(next, last);
    last = next;
  }
}

// Long-run rate: the mean of the rates, weighted by the holding times.
TEST(Mmpp, KeepsItsLongRunRate) {
  // (50·2 + 5·5) / 7
  expect_rate(mmpp({{50, 2s}, {5, 5s}}), 125. / 7, 5000s, 0.02);
  // (20·1 + 0·2 + 100·0.5) / 3.5
  expect_rate(mmpp({{20, 1s}, {0, 2s}, {100, 500ms}}), 20, 5000s, 0.02);
  // One state is Poisson; so are two of the same rate.
  expect_rate(mmpp({{10, 1s}}), 10, 1000s, 0.01);
  expect_rate(mmpp({{10, 1ms}, {10, 3s}}), 10, 1000s, 0.01);
}

// The variance of the count in a window over its mean; for two states of rates r and s, left with
// rates x and y, 1 + 2xy(r - s)² / ((x + y)² (ry + sx)) · (1 - (1 - e^-(x + y)t) / ((x + y)t))
// (Fischer and Meier-Hellstern, section 4).
std::vector<double> indices_of_dispersion(const ArrivalProcess& process, Duration window) {
  constexpr int kWindows = 500;
  std::vector<double> indices;
  for (std::uint64_t i = 0; i < 30; ++i) {
    ArrivalStream stream = stream_of(process, i);
    std::vector<double> counts(kWindows);
    for (TimePoint t = stream.next(); t < kMonday + kWindows * window; t = stream.next()) {
      ++counts[static_cast<std::size_t>((t - kMonday) / window)];
    }
    const auto [mean, variance] = moments_of(counts);
    indices.push_back(variance / mean);
  }
  return indices;
}

TEST(Mmpp, IsAsDispersedAsItsStatesAskFor) {
  const double r = 50, s = 5, x = 1 / 2., y = 1 / 5., t = 20, decay = (x + y) * t;
  const double expected = 1 + 2 * x * y * (r - s) * (r - s) /
                                  ((x + y) * (x + y) * (r * y + s * x)) *
                                  (1 - (1 - std::exp(-decay)) / decay);
  const auto found = moments_of(indices_of_dispersion(mmpp({{50, 2s}, {5, 5s}}), 20s));
  const double bound = kStudent29Of999 * std::sqrt(found.variance / 30);
  EXPECT_NEAR(found.mean, expected, bound);  // 62.3
  EXPECT_LT(bound, 0.05 * expected);
}

TEST(Mmpp, OfOneRateIsNoMoreDispersedThanPoisson) {
  const auto found = moments_of(indices_of_dispersion(mmpp({{10, 2s}, {10, 5s}}), 20s));
  EXPECT_NEAR(found.mean, 1, kStudent29Of999 * std::sqrt(found.variance / 30));
}

// 1000 a second in the one state, so that a gap above 100 ms (e^-100) is a silence. What a silence
// lasts beyond its first 100 ms is exponential of mean 10 s again, and the gaps of a millisecond at
// its two ends are part of it.
TEST(Mmpp, IsSilentInAStateOfRateZero) {
  const ArrivalProcess process = mmpp({{1000, 1s}, {0, 10s}});
  ArrivalStream stream = stream_of(process);
  std::vector<double> silences;
  TimePoint last = kMonday;
  while (silences.size() < 2000) {
    const TimePoint next = stream.next();
    if (next - last > 100ms) silences.push_back(seconds(next - last) - 0.1);
    last = next;
  }
  const double n = static_cast<double>(silences.size());
  EXPECT_NEAR(moments_of(silences).mean, 10.002, kNormal999 * 10 / std::sqrt(n));
}

// 1 µs each of 1000 a second and of nothing: a thousand changes of state between two arrivals.
TEST(Mmpp, MayChangeItsStateFarMoreOftenThanItArrives) {
  const ArrivalProcess process = mmpp({{1000, 1us}, {0, 1us}});
  EXPECT_NEAR(process.mean_rate(), 500, 1e-9);
  const double n = arrivals_within(process, 4s, 0);
  EXPECT_NEAR(n, 2000, kNormal999 * std::sqrt(2000));
}

// Poisson of rate·(1 + a·cos 2π(t - peak)/period): an hour expects rate · (3600 s + a·period/2π ·
// (sin 2π(to - peak)/period - sin 2π(from - peak)/period)), and a count so large is nearly normal
// with its mean as its variance.
TEST(Diurnal, FollowsItsCosineHourByHour) {
  constexpr int kDays = 60;
  constexpr double kTwoPi = 6.283185307179586;
  for (const double amplitude : {0.0, 0.8, 1.0}) {
    const ArrivalProcess process = diurnal(0.5, amplitude, 24h, 14h);
    ArrivalStream stream = stream_of(process);
    std::array<double, 24> counts{};
    for (TimePoint t = stream.next(); t < kMonday + kDays * 24h; t = stream.next()) {
      ++counts[static_cast<std::size_t>((t - kMonday) / 1h % 24)];
    }
    for (std::size_t hour = 0; hour < 24; ++hour) {
      const double from = kTwoPi * (static_cast<double>(hour) - 14) / 24, to = from + kTwoPi / 24;
      const double swing = 86400 / kTwoPi * (std::sin(to) - std::sin(from));
      const double expected = kDays * 0.5 * (3600 + amplitude * swing);
      EXPECT_NEAR(counts[hour], expected, kNormal999 * std::sqrt(expected)) << hour << "h";
    }
  }
}

TEST(Diurnal, KeepsItsMeanRateOverWholePeriods) {
  expect_rate(diurnal(10, 0.8, 10min, 2min), 10, 20min, 0.01);
}

// 2026-01-05 is the Monday 20458 days after 1970-01-01, a Thursday: a week that begins there is 4
// days old on a Monday. With the peak at 4 days the first day's rate is near its highest.
TEST(Diurnal, CountsItsPeriodsFromTheEpoch) {
  const Duration week = 168h;
  const double at_peak = arrivals_within(diurnal(1, 1, week, 96h), 24h, 0);
  const double at_trough = arrivals_within(diurnal(1, 1, week, 96h + week / 2), 24h, 0);
  EXPECT_GT(at_peak, 1.8 * 86400);
  EXPECT_LT(at_trough, 0.2 * 86400);
}

TEST(ArrivalStream, EndsAHundredYearsAfterItsBegin) {
  const Duration years40{40 * 31'557'600'000'000'000};
  const ArrivalProcess process = renewal(Distribution::constant(years40));
  ArrivalStream clock = stream_of(process);
  EXPECT_EQ(clock.next(), kMonday + years40);
  EXPECT_EQ(clock.next(), kMonday + 2 * years40);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(clock.next(), TimePoint::never());
}

// The odds of an arrival within the 100 years are below one in 100,000 for each: the streams say so
// instead of searching on.
TEST(ArrivalStream, EndsWithoutAnArrivalWhereNoneComes) {
  const ArrivalProcess rare_gap = renewal({Distribution::Kind::exponential, 1e30, 0});
  const ArrivalProcess rare_state = mmpp({{1e-300, 1s}, {1e-15, 876'600h}, {0, 876'600h}});
  const ArrivalProcess rare_day = diurnal(1e-18, 0.5, 24h, 0h);
  for (const ArrivalProcess* process : {&rare_gap, &rare_state, &rare_day}) {
    ArrivalStream stream = stream_of(*process);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(stream.next(), TimePoint::never());
  }
}

TEST(ArrivalStream, EndsWhereTimeEnds) {
  const ArrivalProcess process = mmpp({{1, 1h}});
  const TimePoint near_the_end = TimePoint::never() - 1s * 3600;
  ArrivalStream stream(process, Random(71, "x"), near_the_end);
  int n = 0;
  while (stream.next() < TimePoint::never()) ++n;
  EXPECT_NEAR(n, 3600, kNormal999 * 60);
}

TEST(ArrivalStream, RepeatsItselfAndNobodyElse) {
  for (const ArrivalProcess& process : {renewal(Distribution::gamma_mean_cv(1s, 2)),
                                        mmpp({{5, 1s}, {1, 2s}}), diurnal(1, 0.5, 24h, 14h)}) {
    ArrivalStream first = stream_of(process), second = stream_of(process);
    ArrivalStream other = stream_of(process, 1);
    for (int i = 0; i < 100; ++i) {
      const TimePoint t = first.next();
      ASSERT_EQ(t, second.next());
      ASSERT_NE(t, other.next());
    }
  }
}

// Results of this very code, in ns after the begin.
TEST(ArrivalStream, BringsTheArrivalsThatItAlwaysBrought) {
  using Arrivals = std::array<std::int64_t, 4>;
  const auto expect_first = [](const ArrivalProcess& process, const Arrivals& expected) {
    ArrivalStream stream = stream_of(process);
    for (const std::int64_t ns : expected) EXPECT_EQ((stream.next() - kMonday).count(), ns);
  };
  expect_first(renewal(Distribution::exponential(1s)),
               Arrivals{159132232, 251828178, 1862218386, 2421281743});
  expect_first(renewal(Distribution::gamma_mean_cv(1s, 2)),
               Arrivals{384600469, 1221522247, 1735473087, 2032719386});
  expect_first(mmpp({{5, 1s}, {0, 2s}}), Arrivals{18539189, 1535995960, 1751806293, 2190754058});
  expect_first(diurnal(1, 0.8, 24h, 14h), Arrivals{88406795, 8999533031, 10087508101, 10314468432});
}

TEST(ArrivalProcess, KnowsWhatCannotBe) {
  EXPECT_TRUE(renewal(Distribution::constant(1ns)).possible());
  EXPECT_FALSE(renewal(Distribution::constant(0s)).possible());
  EXPECT_TRUE(mmpp({{0, 1s}, {1e-6, 1s}}).possible());
  EXPECT_FALSE(mmpp({}).possible());
  EXPECT_FALSE(mmpp({{0, 1s}, {0, 2s}}).possible());
  EXPECT_FALSE(mmpp({{9e-7, 1s}, {0, 2s}}).possible());  // a million circles for an arrival
  EXPECT_FALSE(mmpp({{1, 1s}, {-1, 1s}}).possible());
  EXPECT_FALSE(mmpp({{1, 1s}, {1, 0s}}).possible());
  EXPECT_TRUE(diurnal(1, 1, 24h, 0h).possible());
  EXPECT_FALSE(diurnal(0, 1, 24h, 0h).possible());
  EXPECT_FALSE(diurnal(1, 1.01, 24h, 0h).possible());
  EXPECT_FALSE(diurnal(1, -0.01, 24h, 0h).possible());
  EXPECT_FALSE(diurnal(1, 1, 0h, 0h).possible());
  for (const double bad :
       {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_FALSE(mmpp({{bad, 1s}, {1, 1s}}).possible());
    EXPECT_FALSE(diurnal(bad, 1, 24h, 0h).possible());
    EXPECT_FALSE(diurnal(1, bad, 24h, 0h).possible());
  }
}

TEST(ArrivalStreamDeathTest, RefusesWhatTheLoaderMustNotLetThrough) {
  const ArrivalProcess silent = mmpp({{0, 1s}, {0, 2s}});
  EXPECT_DEATH(stream_of(silent), "no impossible arrivals");
}

}  // namespace arrivals_test
}  // namespace thaw
