#include "engine/event_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <map>
#include <tuple>

#include "engine/random.hpp"

namespace thaw {
namespace event_queue_test {

constexpr TimePoint kStart{1767571200s};

struct Fired {
  std::uint32_t what;
  std::uint64_t arg;
  Duration at;
  friend bool operator==(const Fired&, const Fired&) = default;
};

class EventQueueTest : public testing::Test, public Handler {
 protected:
  EventId at(Duration after, std::uint32_t what, Turn turn = kWorldTurn) {
    return queue.at(kStart + after, *this, what, 0, turn);
  }
  void fire(std::uint32_t what, std::uint64_t arg) override {
    fired.push_back({what, arg, queue.now() - kStart});
    if (on_fire) on_fire(what);
  }
  std::vector<std::uint32_t> run() {
    while (!queue.empty()) queue.run_next();
    std::vector<std::uint32_t> order;
    for (const Fired& one : fired) order.push_back(one.what);
    return order;
  }

  EventQueue queue{kStart};
  std::vector<Fired> fired;
  std::function<void(std::uint32_t)> on_fire;
};

using Order = std::vector<std::uint32_t>;

TEST_F(EventQueueTest, FiresInTheOrderOfTime) {
  at(3s, 3);
  at(1s, 1);
  at(2s, 2);
  EXPECT_EQ(run(), (Order{1, 2, 3}));
  EXPECT_EQ(queue.now(), kStart + 3s);
  EXPECT_EQ(queue.fired(), 3u);
}

TEST_F(EventQueueTest, TurnsOrderOneInstantWhateverWasAskedForFirst) {
  at(1s, 5, kEndTurn);
  at(1s, 4, kSettleTurn);
  at(1s, 3, kPolicyTurn + 7);
  at(1s, 2, kPolicyTurn);
  at(1s, 1, kWorldTurn);
  EXPECT_EQ(run(), (Order{1, 2, 3, 4, 5}));
}

TEST_F(EventQueueTest, EqualTimeAndTurnKeepTheOrderOfAsking) {
  for (std::uint32_t i = 0; i < 100; ++i) at(1s, i);
  Order expected(100);
  for (std::uint32_t i = 0; i < 100; ++i) expected[i] = i;
  EXPECT_EQ(run(), expected);
}

TEST_F(EventQueueTest, HandlerGetsItsCodeAndArgumentAtItsInstant) {
  queue.at(kStart + 1500ms, *this, 7, 0xFFFF'FFFF'FFFF'FFFF);
  run();
  EXPECT_EQ(fired, (std::vector<Fired>{{7, 0xFFFF'FFFF'FFFF'FFFF, 1500ms}}));
}

TEST_F(EventQueueTest, WhatAHandlerAsksForAtItsOwnInstantComesAfterWhatWasThere) {
  at(1s, 1);
  at(1s, 2);
  on_fire = [this](std::uint32_t what) {
    if (what == 1) queue.after(0s, *this, 3);
  };
  EXPECT_EQ(run(), (Order{1, 2, 3}));
  EXPECT_EQ(fired.back().at, 1s);
}

TEST_F(EventQueueTest, CancelledEventsDoNotFire) {
  EventId first = at(1s, 1), second = at(2s, 2), third = at(3s, 3);
  queue.cancel(second);
  queue.cancel(first);
  EXPECT_EQ(run(), (Order{3}));
  EXPECT_EQ(queue.fired(), 1u);
  queue.cancel(third);  // fired: harmless
}

TEST_F(EventQueueTest, CancelEmptiesTheId) {
  EventId id = at(1s, 1);
  queue.cancel(id);
  EXPECT_EQ(id.slot, EventId{}.slot);
  queue.cancel(id);  // an empty one: harmless
  EXPECT_TRUE(queue.empty());
}

TEST_F(EventQueueTest, StaleIdNeverCancelsTheEventThatTookItsPlace) {
  EventId fired_id = at(1s, 1);
  run();
  EventId cancelled_id = at(2s, 2);
  EventId copy = cancelled_id;
  queue.cancel(cancelled_id);
  at(3s, 3);  // takes the place of both
  queue.cancel(fired_id);
  queue.cancel(copy);
  EXPECT_EQ(run(), (Order{1, 3}));
}

TEST_F(EventQueueTest, AnEventMayBeCancelledAtItsOwnInstant) {
  EventId second;
  at(1s, 1);
  second = at(1s, 2);
  on_fire = [&](std::uint32_t) { queue.cancel(second); };
  EXPECT_EQ(run(), (Order{1}));
}

TEST_F(EventQueueTest, NextIsTheEarliestThatWillFire) {
  EXPECT_EQ(queue.next(), TimePoint::never());
  EventId first = at(1s, 1), second = at(2s, 2), third = at(3s, 3);
  queue.cancel(second);
  EXPECT_EQ(queue.next(), kStart + 1s);
  queue.cancel(first);
  EXPECT_EQ(queue.next(), kStart + 3s);
  queue.cancel(third);
  EXPECT_EQ(queue.next(), TimePoint::never());
  EXPECT_TRUE(queue.empty());
}

TEST_F(EventQueueTest, NextLooksPastWhatWasCancelledOnceTheHeadHasFired) {
  at(1s, 1);
  EventId second = at(2s, 2);
  at(3s, 3);
  queue.cancel(second);
  queue.run_next();
  EXPECT_EQ(queue.next(), kStart + 3s);
}

TEST_F(EventQueueTest, AdvanceMovesTheClockAlone) {
  at(5s, 1);
  queue.advance_to(kStart + 2s);
  EXPECT_EQ(queue.now(), kStart + 2s);
  queue.advance_to(kStart + 5s);  // up to the next event, not past it
  EXPECT_TRUE(fired.empty());
  queue.after(1s, *this, 2);
  EXPECT_EQ(run(), (Order{1, 2}));
  EXPECT_EQ(queue.now(), kStart + 6s);
}

// Against a plain sorted list: many events, many equal instants, a third of them cancelled.
TEST_F(EventQueueTest, KeepsTheOrderOfASortedListOverRandomHistories) {
  Random random(1, "event queue test");
  std::map<std::tuple<Duration, Turn, std::uint32_t>, EventId> expected;
  Order order;
  std::uint32_t sequence = 0;
  on_fire = [&](std::uint32_t what) {
    ASSERT_FALSE(expected.empty());
    const auto& [key, id] = *expected.begin();
    EXPECT_EQ(std::get<2>(key), what);
    EXPECT_EQ(kStart + std::get<0>(key), queue.now());
    expected.erase(expected.begin());
  };
  for (int round = 0; round < 20'000; ++round) {
    const auto choice = random.below(6);
    if (choice < 3) {
      const Duration t = queue.now() - kStart + std::chrono::seconds(random.below(20));
      const auto turn = static_cast<Turn>(random.below(3));
      const EventId id = at(t, sequence, turn);
      expected[{t, turn, sequence++}] = id;
    } else if (choice == 3 && !expected.empty()) {
      const auto which = static_cast<std::ptrdiff_t>(random.below(expected.size()));
      const auto victim = std::next(expected.begin(), which);
      queue.cancel(victim->second);
      expected.erase(victim);
    } else if (!queue.empty()) {
      queue.run_next();
    }
    ASSERT_EQ(queue.next(), expected.empty() ? TimePoint::never()
                                             : kStart + std::get<0>(expected.begin()->first));
  }
  EXPECT_GT(queue.fired(), 5'000u);
}

TEST_F(EventQueueTest, RefusesThePast) {
  at(2s, 1);
  run();
  EXPECT_EXIT(at(1s, 2), testing::KilledBySignal(SIGABRT), "an event lies in the past");
}

TEST_F(EventQueueTest, RefusesToSkipAnEvent) {
  at(2s, 1);
  EXPECT_EXIT(queue.advance_to(kStart + 3s), testing::KilledBySignal(SIGABRT), "skip an event");
}

}  // namespace event_queue_test
}  // namespace thaw
