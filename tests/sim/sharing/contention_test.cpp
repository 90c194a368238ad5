// Max-min fair speeds under caps, against the conditions that define them.
#include "sim/sharing/contention.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "engine/random.hpp"

namespace thaw::sim {
namespace contention_test {

using Speeds = std::vector<Speed>;

bool same(const Speeds& a, const Speeds& b) {
  const auto equal = [](const Speed& x, const Speed& y) { return !x.below(y) && !y.below(x); };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), equal);
}

TEST(MaxMinFair, ACapBindsAloneToo) {
  EXPECT_TRUE(same(max_min_fair({18}), {{18, 100}}));
  EXPECT_TRUE(same(max_min_fair({0}), {{1, 1}}));
  EXPECT_TRUE(max_min_fair({}).empty());
}

TEST(MaxMinFair, CapsThatFitAreGiven) {
  EXPECT_TRUE(same(max_min_fair({18, 18}), {{18, 100}, {18, 100}}));
  EXPECT_TRUE(same(max_min_fair({60, 40}), {{60, 100}, {40, 100}}));
}

TEST(MaxMinFair, WithoutCapsAllAreEqual) {
  EXPECT_TRUE(same(max_min_fair({0, 0, 0}), {{1, 3}, {1, 3}, {1, 3}}));
}

TEST(MaxMinFair, WhatTheCappedLeaveTheOthersShare) {
  // 20 for the first; 80 for two: 40 each.
  EXPECT_TRUE(same(max_min_fair({0, 20, 70}), {{40, 100}, {20, 100}, {40, 100}}));
  // 100 / 3 is below 50: nobody's cap binds.
  EXPECT_TRUE(same(max_min_fair({50, 0, 50}), {{1, 3}, {1, 3}, {1, 3}}));
}

// A vector of speeds is max-min fair under caps exactly if it is feasible, and whoever is below its
// cap has a full card around it on which nobody is faster.
TEST(MaxMinFair, MeetTheConditionsOfMaxMinFairnessInTwoThousandCases) {
  Random random(1, "caps");
  int bound = 0, unbound = 0;
  for (int i = 0; i < 2000; ++i) {
    std::vector<int> caps(2 + random.below(9));
    for (int& cap : caps) cap = static_cast<int>(random.below(101));
    const Speeds speeds = max_min_fair(caps);
    ASSERT_EQ(speeds.size(), caps.size());
    // In parts of a common denominator: integers.
    std::uint64_t whole = 100;
    for (const Speed& speed : speeds) whole = std::lcm(whole, speed.denominator);
    std::vector<std::uint64_t> parts;
    for (const Speed& speed : speeds)
      parts.push_back(speed.numerator * (whole / speed.denominator));
    const std::uint64_t sum = std::accumulate(parts.begin(), parts.end(), std::uint64_t{0});
    ASSERT_LE(sum, whole);
    const std::uint64_t fastest = *std::max_element(parts.begin(), parts.end());
    for (std::size_t p = 0; p < parts.size(); ++p) {
      const auto cap = static_cast<std::uint64_t>(caps[p] == 0 ? 100 : caps[p]) * (whole / 100);
      ASSERT_GT(parts[p], 0u);
      ASSERT_LE(parts[p], cap);
      if (parts[p] == cap) {
        ++bound;
        continue;
      }
      ++unbound;
      ASSERT_EQ(sum, whole) << "below its cap although the card has room";
      ASSERT_EQ(parts[p], fastest) << "below its cap although somebody is faster";
    }
  }
  EXPECT_GT(bound, 500);
  EXPECT_GT(unbound, 500);
}

TEST(Slowed, IsTheSpeedOfWorkThatTakesLonger) {
  EXPECT_EQ(slowed({1, 1}, 1000), (Speed{1, 1}));
  EXPECT_EQ(slowed({1, 2}, 1100), (Speed{5, 11}));  // 1 / (2 × 1.1)
}

}  // namespace contention_test
}  // namespace thaw::sim
