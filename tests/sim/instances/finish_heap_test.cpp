#include "sim/instances/finish_heap.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <queue>

#include "engine/random.hpp"

namespace thaw::sim {
namespace finish_heap_test {

using Entry = FinishHeap::Entry;

struct Later {
  bool operator()(const Entry& a, const Entry& b) const { return b < a; }
};
using Reference = std::priority_queue<Entry, std::vector<Entry>, Later>;

void expect_same_top(const FinishHeap& heap, const Reference& reference) {
  ASSERT_EQ(heap.empty(), reference.empty());
  ASSERT_EQ(heap.size(), reference.size());
  if (heap.empty()) return;
  ASSERT_EQ(heap.top().at, reference.top().at);
  ASSERT_EQ(heap.top().id, reference.top().id);
}

// Few distinct instants, so that ties are common; at most 700 entries, which are five levels.
TEST(FinishHeap, GivesWhatAPriorityQueueGivesThroughAHundredThousandTurns) {
  FinishHeap heap;
  Reference reference;
  Random random(1, "finish heap");
  std::uint64_t next_id = 0;
  for (int turn = 0; turn < 100'000; ++turn) {
    const Entry entry{static_cast<std::int64_t>(random.below(5000)), next_id++};
    const std::uint64_t dice = random.below(100);
    const bool grows = turn / 2000 % 2 == 0;
    if (!heap.empty() && dice < 30) {
      heap.replace_top(entry);
      reference.pop();
      reference.push(entry);
    } else if (heap.empty() || (heap.size() < 700 && dice < (grows ? 90U : 40U))) {
      heap.push(entry);
      reference.push(entry);
    } else {
      heap.pop();
      reference.pop();
    }
    expect_same_top(heap, reference);
  }
}

TEST(FinishHeap, EqualInstantsComeInTheOrderOfTheirIds) {
  for (const auto& ids : {std::vector<std::uint64_t>{3, 1, 4, 0, 5, 2},
                          std::vector<std::uint64_t>{5, 4, 3, 2, 1, 0}}) {
    FinishHeap heap;
    for (const std::uint64_t id : ids) heap.push({7, id});
    for (std::uint64_t id = 0; id < ids.size(); ++id, heap.pop()) EXPECT_EQ(heap.top().id, id);
    EXPECT_TRUE(heap.empty());
  }
}

TEST(FinishHeap, OrdersInstantsBeyond32Bits) {
  FinishHeap heap;
  heap.push({std::int64_t{1} << 62, 1});
  heap.push({-5, std::uint64_t{1} << 40});
  heap.push({std::int64_t{1} << 33, 0});
  EXPECT_EQ(heap.top().at, -5);
  heap.pop();
  EXPECT_EQ(heap.top().at, std::int64_t{1} << 33);
}

}  // namespace finish_heap_test
}  // namespace thaw::sim
