#include "engine/statistics/sketch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/distribution.hpp"

namespace thaw {
namespace {

constexpr double kShares[] = {0, 0.001, 0.01, 0.07, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1};

Sketch sketch_of(const std::vector<Duration>& values) {
  Sketch sketch;
  for (const Duration v : values) sketch.add(v);
  return sketch;
}

std::vector<Duration> draws(const Distribution& d, int n) {
  Random random(30, "sketch");
  std::vector<Duration> values;
  for (int i = 0; i < n; ++i) values.push_back(d.draw(random));
  return values;
}

// A bucket is at most lower edge / 64 wide, so its middle is within 1/128 of each value in it.
void expect_within_half_a_bucket(Duration found, Duration exact) {
  EXPECT_LE(std::abs((found - exact).count()), exact.count() / 128)
      << found.count() << " for " << exact.count();
}

void expect_same(const Sketch& a, const Sketch& b) {
  EXPECT_EQ(a.count(), b.count());
  EXPECT_EQ(a.mean(), b.mean());
  EXPECT_EQ(a.max(), b.max());
  for (const double p : kShares) EXPECT_EQ(a.quantile(p), b.quantile(p)) << p;
}

TEST(Sketch, IsZeroWhenEmpty) {
  const Sketch empty;
  EXPECT_EQ(empty.count(), 0u);
  EXPECT_EQ(empty.mean(), 0);
  EXPECT_EQ(empty.max(), 0ns);
  EXPECT_EQ(empty.quantile(0.5), 0ns);
}

TEST(Sketch, FindsQuantilesWithinHalfABucket) {
  for (const Distribution& d :
       {Distribution::uniform(0s, 1s), Distribution::uniform(0ns, 1000ns),
        Distribution::exponential(30ms), Distribution::lognormal_mean_cv(1200ms, 0.6),
        Distribution::lognormal_mean_cv(5min, 20), Distribution::constant(20min)}) {
    std::vector<Duration> values = draws(d, 10'000);
    const Sketch sketch = sketch_of(values);
    std::sort(values.begin(), values.end());
    // The ceil(p · 10000)-th smallest: p in thousandths makes the rank a whole number.
    for (const int thousandths : {1, 10, 70, 250, 500, 900, 950, 990, 999, 1000}) {
      const Duration exact = values[static_cast<std::size_t>(thousandths) * 10 - 1];
      expect_within_half_a_bucket(sketch.quantile(thousandths / 1000.), exact);
    }
    expect_within_half_a_bucket(sketch.quantile(0), values.front());
  }
}

TEST(Sketch, RoundsRanksUp) {
  const Sketch sketch = sketch_of({10ns, 20ns, 30ns, 40ns, 50ns});
  EXPECT_EQ(sketch.quantile(0), 10ns);     // the first, for want of a zeroth
  EXPECT_EQ(sketch.quantile(0.2), 10ns);   // ceil(1)
  EXPECT_EQ(sketch.quantile(0.21), 20ns);  // ceil(1.05)
  EXPECT_EQ(sketch.quantile(0.5), 30ns);   // ceil(2.5)
  EXPECT_EQ(sketch.quantile(0.95), 50ns);  // ceil(4.75)
  EXPECT_EQ(sketch.quantile(1), 50ns);
}

// 0.07 is no double, and the nearest one times 100 is 7.000000000000001.
TEST(Sketch, TakesTheRankThatADecimalShareMeans) {
  Sketch sketch;
  for (int i = 1; i <= 100; ++i) sketch.add(Duration{i});
  for (int percent = 1; percent <= 100; ++percent) {
    EXPECT_EQ(sketch.quantile(percent / 100.), Duration{percent}) << percent;
  }
}

TEST(Sketch, IsExactBelow128Nanoseconds) {
  for (std::int64_t v = 0; v < 128; ++v) {
    EXPECT_EQ(sketch_of({Duration{v}, 1h}).quantile(0.5), Duration{v});
  }
}

TEST(Sketch, HoldsItsBoundOnBothSidesOfEveryBucketEdge) {
  for (int bit = 7; bit < 63; ++bit) {
    const std::int64_t width = std::int64_t{1} << (bit - 6);
    for (std::int64_t edge = 64; edge < 128; ++edge) {
      // Beside the longest duration, which keeps the maximum from hiding a wrong middle.
      const Duration first{edge * width}, last{edge * width + (width - 1)};
      const Duration of_first = sketch_of({first, Duration::max()}).quantile(0.5);
      const Duration of_last = sketch_of({last, Duration::max()}).quantile(0.5);
      expect_within_half_a_bucket(of_first, first);
      ASSERT_EQ(of_first, of_last) << "the bucket from " << first.count();
      ASSERT_TRUE(of_first >= first && of_first <= last) << first.count();
    }
  }
}

TEST(Sketch, NeverExceedsTheMaximum) {
  // 1280 … 1295 is one bucket, its middle 1288.
  const Sketch sketch = sketch_of({1281ns});
  EXPECT_EQ(sketch.quantile(0.5), 1281ns);
  EXPECT_EQ(sketch_of({1281ns, 5000ns}).quantile(0.5), 1288ns);
}

TEST(Sketch, MeanAndMaximumAreExact) {
  const std::vector<Duration> values = draws(Distribution::exponential(1s), 10'000);
  const Sketch sketch = sketch_of(values);
  std::int64_t sum = 0;
  for (const Duration v : values) sum += v.count();
  EXPECT_EQ(sketch.mean(), static_cast<double>(sum) / 10'000);
  EXPECT_EQ(sketch.max(), *std::max_element(values.begin(), values.end()));
}

TEST(Sketch, AddsAValueManyTimes) {
  Sketch once, often;
  for (int i = 0; i < 1000; ++i) once.add(7ms);
  often.add(7ms, 1000);
  often.add(1h, 0);  // no value at all, and no new maximum
  expect_same(once, often);
}

TEST(Sketch, MergingIsAdding) {
  const auto some = draws(Distribution::exponential(1s), 1000);
  const auto others = draws(Distribution::lognormal_mean_cv(1min, 2), 3000);
  Sketch merged = sketch_of(some), reversed = sketch_of(others), all = sketch_of(some);
  merged.merge(sketch_of(others));
  reversed.merge(sketch_of(some));
  for (const Duration v : others) all.add(v);
  expect_same(merged, all);
  expect_same(reversed, all);
  merged.merge(Sketch{});
  expect_same(merged, all);
}

TEST(Sketch, CountsNegativeValuesAsZero) {
  const Sketch sketch = sketch_of({-5s, Duration::min(), 10ns});
  EXPECT_EQ(sketch.count(), 3u);
  EXPECT_EQ(sketch.quantile(0.5), 0ns);
  EXPECT_EQ(sketch.mean(), 10. / 3);
}

// 2^40 values of 2^63 - 1 ns: a sum of 2^103, whose mean as a double is 2^63.
TEST(Sketch, HoldsHugeValuesAndSums) {
  Sketch sketch;
  sketch.add(Duration::max(), std::uint64_t{1} << 40);
  EXPECT_EQ(sketch.count(), std::uint64_t{1} << 40);
  EXPECT_EQ(sketch.max(), Duration::max());
  EXPECT_EQ(sketch.mean(), 0x1p63);
  expect_within_half_a_bucket(sketch.quantile(0.5), Duration::max());
}

TEST(SketchDeathTest, RefusesAShareOutsideZeroToOne) {
  EXPECT_DEATH(Sketch{}.quantile(1.5), "share of all values");
  EXPECT_DEATH(Sketch{}.quantile(-0.5), "share of all values");
}

// Counted by hand, value by value.
TEST(Sketch, BinsHoldEachValueBetweenTheirEdges) {
  std::vector<Duration> values = draws(Distribution::lognormal_mean_cv(5min, 20), 2'000);
  values.insert(values.end(), {0ns, 7ns, 8ns, 127ns, 128ns, 143ns, 144ns});
  std::uint64_t all = 0;
  Duration last{0};
  for (const Sketch::Bin& bin : sketch_of(values).bins()) {
    EXPECT_GE(bin.from, last);
    EXPECT_GT(bin.count, 0u);
    if (bin.from >= 128ns) {
      EXPECT_LE((bin.to - bin.from).count() * 8, bin.from.count());
    }
    EXPECT_EQ(bin.count, static_cast<std::uint64_t>(std::ranges::count_if(
                             values, [&](Duration v) { return bin.from <= v && v < bin.to; })))
        << bin.from.count();
    last = bin.to;
    all += bin.count;
  }
  EXPECT_EQ(all, values.size());
  EXPECT_TRUE(Sketch().bins().empty());
}

}  // namespace
}  // namespace thaw
