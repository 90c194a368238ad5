// The decision rule by hand: ceil(value / target) or ceil(n * value / target), and nothing within a
// tenth of the target.
#include "engine/lint/hpa_algebra.hpp"

#include <gtest/gtest.h>

namespace thaw::lint {
namespace hpa_algebra_test {

// Of an average in per cents against 70, as document 3 has it.
HpaRule as_written(std::int64_t max = 3) {
  return {.how = HpaRule::How::total, .target = 70'000, .most = 100'000, .min = 1, .max = max};
}
HpaRule corrected() {
  return {.how = HpaRule::How::proportion, .target = 70'000, .most = 100'000, .min = 1, .max = 3};
}
std::int64_t reach(const HpaRule& rule) { return most_asked({&rule, 1}); }

TEST(HpaAlgebra, AverageTakenForATotalReachesTheCeilingOfItsBound) {
  EXPECT_EQ(reach(as_written()), 2);  // ceil(100 / 70)
  HpaRule rule = as_written(100);
  rule.target = 10'000;
  EXPECT_EQ(reach(rule), 10);  // ceil(100 / 10)
  rule.target = 9'900;
  EXPECT_EQ(reach(rule), 11);  // ceil(100 / 9.9) = ceil(10.1)
}

TEST(HpaAlgebra, ProportionReachesAnyMaximumOnceItPassesTheTolerance) {
  EXPECT_EQ(reach(corrected()), 3);
  HpaRule rule = corrected();
  rule.target = 90'909;  // 1.1 times this is 99.9999
  EXPECT_EQ(reach(rule), 3);
  rule.target = 90'910;  // 100.001
  EXPECT_EQ(reach(rule), 1);
}

TEST(HpaAlgebra, AToleranceOfItsOwnMovesTheEnd) {
  HpaRule rule = corrected();
  rule.target = 95'000;
  EXPECT_EQ(reach(rule), 1);  // 104.5
  rule.up = 50;
  EXPECT_EQ(reach(rule), 3);  // 99.75
}

TEST(HpaAlgebra, TheLargerOfTwoMetricsDecides) {
  const HpaRule rules[] = {as_written(), corrected()};
  EXPECT_EQ(most_asked(rules), 3);
}

// One replica rises above 77, two fall at 70 or less: a sum of 77 to 140.
TEST(HpaAlgebra, AsWrittenFlapsBetweenSeventySevenAndAHundredAndForty) {
  const auto found = flapping_ranges(as_written());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].low, 1);
  EXPECT_EQ(found[0].high, 2);
  EXPECT_EQ(to_text({found[0].from.above, found[0].from.below * 1000}), "77");
  EXPECT_EQ(to_text({found[0].to.above, found[0].to.below * 1000}), "140");
  EXPECT_EQ(rises_above(as_written(), 1), 77'000);
  EXPECT_EQ(falls_at(as_written(), 2).at, 70'000);
  EXPECT_TRUE(falls_at(as_written(), 2).or_less);
}

// ceil(load / target) is its own fixed point.
TEST(HpaAlgebra, ProportionNeverFlaps) {
  for (std::int64_t target = 5'000; target <= 100'000; target += 2'500) {
    HpaRule rule = corrected();
    rule.target = target;
    rule.max = 20;
    EXPECT_TRUE(flapping_ranges(rule).empty()) << target;
  }
}

TEST(HpaAlgebra, OneCountCannotFlap) { EXPECT_TRUE(flapping_ranges(as_written(1)).empty()); }

// Every load in tenths of a per cent: a count is left alone exactly where no range says otherwise.
TEST(HpaAlgebra, RangesAreWhereNoCountIsLeftAlone) {
  for (const std::int64_t target : {20'000, 33'000, 50'000, 70'000, 90'000}) {
    HpaRule rule = as_written(8);
    rule.target = target;
    const auto ranges = flapping_ranges(rule);
    for (std::int64_t load = 50; load < 900'000; load += 100) {
      bool told = false;
      const Fraction at{load, 1};
      for (const Flapping& one : ranges) told |= one.from < at && !(one.to < at);
      bool some_count_holds = false;
      for (std::int64_t m = 1; m <= 8; ++m) {
        const bool full = load >= rule.most * m;
        some_count_holds |= rule.asked(m, full ? Fraction{rule.most, 1} : Fraction{load, m}) == m;
      }
      EXPECT_EQ(told, !some_count_holds) << "target " << target << " load " << load;
    }
  }
}

TEST(HpaAlgebra, NumbersAreWrittenWithoutIdleZeros) {
  EXPECT_EQ(milli_text(70'000), "70");
  EXPECT_EQ(milli_text(104'500), "104.5");
  EXPECT_EQ(milli_text(7), "0.007");
  EXPECT_EQ(to_text({1, 3}), "0.333");
  EXPECT_EQ(to_text({7, 5}), "1.4");
}

}  // namespace hpa_algebra_test
}  // namespace thaw::lint
