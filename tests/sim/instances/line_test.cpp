#include "sim/instances/line.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "engine/random.hpp"

namespace thaw::sim {
namespace line_test {

// It grows to about 100 and empties again, so that it wraps around at every size of its array.
TEST(Line, IsADeque) {
  Line<int> line;
  std::deque<int> reference;
  Random random(1, "line");
  for (int turn = 0; turn < 100'000; ++turn) {
    const bool grows = turn / 300 % 2 == 0;
    if (reference.empty() || random.below(10) < (grows ? 6U : 4U)) {
      line.push_back(turn);
      reference.push_back(turn);
    } else {
      line.pop_front();
      reference.pop_front();
    }
    ASSERT_EQ(line.size(), reference.size());
    ASSERT_EQ(line.empty(), reference.empty());
    if (reference.empty()) continue;
    ASSERT_EQ(line.front(), reference.front());
    for (std::size_t i = 0; i < reference.size(); ++i) ASSERT_EQ(line[i], reference[i]);
  }
}

}  // namespace line_test
}  // namespace thaw::sim
