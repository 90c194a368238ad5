#include "sim/instances/idle_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>

namespace thaw::sim {
namespace idle_set_test {

// Instances 0, 1, 2, … in the order of their creation.
std::vector<Instance> created(std::uint32_t n) {
  std::vector<Instance> all(n);
  for (std::uint32_t id = 0; id < n; ++id) all[id].order = id;
  return all;
}

// Whom the set gives, one after the other, after 2, 0, 3, 1 became idle in this order.
std::vector<std::uint32_t> order_of(Dispatch dispatch) {
  std::vector<Instance> all = created(4);
  Random choice(1, "choice");
  IdleSet idle(dispatch);
  for (const std::uint32_t id : {2U, 0U, 3U, 1U}) idle.add(all, id);
  std::vector<std::uint32_t> given;
  while (!idle.empty()) given.push_back(idle.take(all, choice));
  return given;
}

using Ids = std::vector<std::uint32_t>;

TEST(IdleSet, NewestAndOldestAreByCreation) {
  EXPECT_EQ(order_of(Dispatch::newest), (Ids{3, 2, 1, 0}));
  EXPECT_EQ(order_of(Dispatch::oldest), (Ids{0, 1, 2, 3}));
}

TEST(IdleSet, RecentlyAndLongestIdleAreByTheEndOfTheLastRequest) {
  EXPECT_EQ(order_of(Dispatch::recently_idle), (Ids{1, 3, 0, 2}));
  EXPECT_EQ(order_of(Dispatch::longest_idle), (Ids{2, 0, 3, 1}));
}

// All idle instances have none in flight, so the tie goes to the oldest.
TEST(IdleSet, LeastInFlightIsTheOldest) {
  EXPECT_EQ(order_of(Dispatch::least_in_flight), (Ids{0, 1, 2, 3}));
}

// A place that is used again holds a younger instance: creation counts, not the place.
TEST(IdleSet, CreationIsNotTheIdOfAPlace) {
  std::vector<Instance> all = created(3);
  all[0].order = 7;  // 0 ended and was made again
  Random choice(1, "choice");
  IdleSet newest(Dispatch::newest), oldest(Dispatch::oldest);
  for (const std::uint32_t id : {0U, 1U, 2U}) newest.add(all, id);
  EXPECT_EQ(newest.take(all, choice), 0U);
  std::vector<Instance> again = all;
  for (const std::uint32_t id : {0U, 1U, 2U}) oldest.add(again, id);
  EXPECT_EQ(oldest.take(again, choice), 1U);
}

// 24,000 draws of one in four: 6000 each expected, standard deviation sqrt(24000 · 1/4 · 3/4) = 67.
TEST(IdleSet, RandomGivesEachAsOften) {
  Random choice(1, "choice");
  std::vector<Instance> all = created(4);
  IdleSet idle(Dispatch::random);
  for (std::uint32_t id = 0; id < 4; ++id) idle.add(all, id);
  std::array<int, 4> given{};
  for (int i = 0; i < 24'000; ++i) {
    const std::uint32_t id = idle.take(all, choice);
    ++given[id];
    idle.add(all, id);
  }
  for (const int n : given) EXPECT_NEAR(n, 6000, 4 * 67);
}

// The next to expire is always whoever has been idle the longest, however the set gives them out:
// held against a plain list of who became idle when.
TEST(IdleSet, KnowsTheLongestIdleUnderEveryDispatch) {
  for (const Dispatch dispatch :
       {Dispatch::newest, Dispatch::oldest, Dispatch::recently_idle, Dispatch::longest_idle,
        Dispatch::least_in_flight, Dispatch::random}) {
    std::vector<Instance> all = created(50);
    std::deque<std::uint32_t> busy, by_idleness;
    for (std::uint32_t id = 0; id < 50; ++id) busy.push_back(id);
    IdleSet idle(dispatch);
    Random choice(1, "choice"), random(2, "test");
    const auto left = [&](std::uint32_t id) {
      by_idleness.erase(std::ranges::find(by_idleness, id));
      busy.push_back(id);
    };
    for (int turn = 0; turn < 20'000; ++turn) {
      const std::uint64_t dice = random.below(4);
      if (dice < 2 && !busy.empty()) {
        const std::size_t i = random.below(busy.size());
        idle.add(all, busy[i]);
        by_idleness.push_back(busy[i]);
        busy.erase(busy.begin() + static_cast<std::ptrdiff_t>(i));
      } else if (dice == 2 && !idle.empty()) {
        left(idle.take(all, choice));
      } else if (dice == 3 && !idle.empty()) {
        const std::uint32_t id = idle.longest_idle();
        idle.remove(all, id);
        left(id);
      }
      ASSERT_EQ(idle.empty(), by_idleness.empty());
      if (!idle.empty()) {
        ASSERT_EQ(idle.longest_idle(), by_idleness.front());
      }
    }
  }
}

}  // namespace idle_set_test
}  // namespace thaw::sim
