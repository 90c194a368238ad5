// The simulator's own clock: events in the order (time, turn, sequence).
//
// Turns order what falls on one instant: first the world moves, then policies are asked (in the
// order of their function ids), then conditions and checks look at the settled state. So a decision
// sees every fact of its instant, and whether a tick was skipped cannot be told from the order of
// what follows.
//
// An event is a handler, a code and an argument: nothing is allocated for it once the heap has
// grown.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/time.hpp"

namespace thaw {

class Handler {
 public:
  virtual ~Handler() = default;
  virtual void fire(std::uint32_t what, std::uint64_t arg) = 0;
};

using Turn = std::uint32_t;
inline constexpr Turn kWorldTurn = 0;
inline constexpr Turn kPolicyTurn = 1;  // + function id
inline constexpr Turn kSettleTurn = 0xFFFF'FFF0;
inline constexpr Turn kEndTurn = 0xFFFF'FFFF;

// Empty when default-made. Stale ids (fired or cancelled) are harmless.
struct EventId {
  std::uint32_t slot = 0xFFFF'FFFF;
  std::uint32_t generation = 0;
};

class EventQueue {
 public:
  explicit EventQueue(TimePoint start) : now_(start) {}

  EventId at(TimePoint t, Handler& handler, std::uint32_t what, std::uint64_t arg = 0,
             Turn turn = kWorldTurn);
  EventId after(Duration d, Handler& handler, std::uint32_t what, std::uint64_t arg = 0) {
    return at(now_ + d, handler, what, arg);
  }
  void cancel(EventId& id);  // and empties it

  TimePoint now() const { return now_; }
  TimePoint next() const { return heap_.empty() ? TimePoint::never() : heap_.front().at; }
  bool empty() const { return heap_.empty(); }
  void run_next();               // fires the earliest event
  void advance_to(TimePoint t);  // the clock alone; never beyond next()
  std::uint64_t fired() const { return fired_; }

 private:
  struct Entry {
    TimePoint at;
    Turn turn;
    std::uint32_t slot;
    std::uint64_t sequence;
  };
  struct Slot {
    Handler* handler = nullptr;
    std::uint64_t arg = 0;
    std::uint32_t what = 0;
    std::uint32_t generation = 0;
    bool live = false;
  };
  static bool later(const Entry& a, const Entry& b);
  void drop_cancelled();
  Entry pop();

  TimePoint now_;
  std::uint64_t sequence_ = 0, fired_ = 0;
  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace thaw
