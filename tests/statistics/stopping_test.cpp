#include "engine/statistics/stopping.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/random.hpp"

namespace thaw {
namespace {

TEST(Stopping, MeasuresTheHalfWidthAgainstTheMean) {
  EXPECT_DOUBLE_EQ(relative_half_width({10, 9, 11, 5}), 0.1);
  EXPECT_DOUBLE_EQ(relative_half_width({-10, -11, -9, 5}), 0.1);
  EXPECT_EQ(relative_half_width({10, 10, 10, 5}), 0);
  EXPECT_EQ(relative_half_width({0, 0, 0, 5}), 0) << "never anything else";
  EXPECT_TRUE(std::isinf(relative_half_width({0, -1, 1, 5})));
  EXPECT_TRUE(std::isinf(relative_half_width({10, 10, 10, 1}))) << "one says nothing of its spread";
}

// Law's correction: a half width of 2 % of the true mean is one of 0.02/1.02 of the estimated.
TEST(Stopping, HoldsTheHalfWidthAgainstTheTrueMean) {
  EXPECT_TRUE(precise(0.0196, 0.02));
  EXPECT_FALSE(precise(0.0197, 0.02));
}

TEST(Stopping, LooksAtTenAndThenEachTimeThatTheNumberHasGrownByHalf) {
  std::vector<std::size_t> looks;
  for (std::size_t n = 0; n < 100; looks.push_back(n)) n = next_look(n, 100);
  EXPECT_EQ(looks, (std::vector<std::size_t>{10, 15, 23, 35, 53, 80, 100}));
  EXPECT_EQ(next_look(0, 4), 4u) << "no more than was allowed";
}

// A replication: the mean of 30 exponentials, of deviation 1/sqrt(30) = 18 %.
double replication(Random& random) {
  double sum = 0;
  for (int i = 0; i < 30; ++i) sum += random.exponential();
  return sum / 30;
}

struct Coverage {
  double covered = 0, replications = 0;  // a share of the experiments; on average
};

// `next`: at how many replications it looks; `enough`: by which rule it stops.
template <class Next, class Enough>
Coverage coverage(std::uint64_t experiments, Next next, Enough enough) {
  Coverage result;
  const auto weight = 1 / static_cast<double>(experiments);
  for (std::uint64_t experiment = 0; experiment < experiments; ++experiment) {
    Random random(82, "sequential", experiment);
    std::vector<double> values;
    Estimate e;
    do {
      const std::size_t to = next(values.size());
      while (values.size() < to) values.push_back(replication(random));
      e = estimate(values);
    } while (!enough(e));
    result.covered += (e.low <= 1 && 1 <= e.high) ? weight : 0;
    result.replications += static_cast<double>(values.size()) * weight;
  }
  return result;
}

// The plain rule looks after each replication from the second on and stops at the first interval
// that is narrow enough: it covers far less than the 95 % that it says. The mended rule is worst
// where it stops soon after its first look: 93.5 % of 20,000 experiments at a share of 10 %, 94.4 %
// at 5 %. A share of 4,000 experiments has a standard deviation of 0.35 points.
TEST(Stopping, IsMendedAgainstStoppingAtALuckyInterval) {
  for (const double share : {0.05, 0.1}) {
    SCOPED_TRACE(share);
    const Coverage plain = coverage(
        1000, [](std::size_t n) { return n < 2 ? 2 : n + 1; },
        [&](const Estimate& e) { return relative_half_width(e) <= share; });
    const Coverage mended = coverage(
        4000, [](std::size_t n) { return next_look(n, 1'000'000); },
        [&](const Estimate& e) { return precise(relative_half_width(e), share); });
    EXPECT_LT(plain.covered, 0.92) << "in " << plain.replications << " replications";
    EXPECT_GE(mended.covered, 0.93) << "in " << mended.replications << " replications";
    EXPECT_LE(mended.covered, 0.97);
  }
}

}  // namespace
}  // namespace thaw
