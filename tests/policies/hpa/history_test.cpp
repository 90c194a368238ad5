#include "policies/hpa/history.hpp"

#include <gtest/gtest.h>

namespace thaw::hpa {
namespace history_test {

constexpr TimePoint kNow{1767571200s};

std::vector<std::int32_t> changes(const Slots<ScaleEvent>& slots) {
  std::vector<std::int32_t> found;
  for (const ScaleEvent& event : slots.entries()) found.push_back(event.change);
  return found;
}

Slots<ScaleEvent> three() {
  return Slots<ScaleEvent>({{kNow - 40s, 1}, {kNow - 30s, 2}, {kNow - 10s, 3}});
}

TEST(HpaHistory, OverwritesTheLastExpiredSlotAndNoOther) {
  auto slots = three();
  slots.store({kNow, 9}, kNow - 20s);
  EXPECT_EQ(changes(slots), (std::vector{1, 9, 3}));
}

TEST(HpaHistory, AnEntryOfExactlyThatAgeIsNotExpired) {
  auto slots = three();
  slots.store({kNow, 9}, kNow - 30s);
  EXPECT_EQ(changes(slots), (std::vector{9, 2, 3}));
  slots.store({kNow, 8}, kNow - 30s);
  EXPECT_EQ(changes(slots), (std::vector{9, 2, 3, 8}));
}

TEST(HpaHistory, TheLastStoreCanBeTakenBack) {
  auto slots = three();
  slots.store({kNow, 9}, kNow - 20s);
  slots.undo();
  EXPECT_EQ(changes(slots), (std::vector{1, 2, 3}));
  slots.store({kNow, 9}, kNow - 60s);
  slots.undo();
  EXPECT_EQ(changes(slots), (std::vector{1, 2, 3}));
}

TEST(HpaHistory, TheLastStoreCanGetAnotherInstant) {
  auto slots = three();
  slots.store({kNow, 9}, kNow - 20s);
  slots.restamp(kNow + 1s);
  EXPECT_EQ(slots.entries()[1].at, kNow + 1s);
}

}  // namespace history_test
}  // namespace thaw::hpa
