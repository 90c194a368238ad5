// Thousands of calls held while there is no replica: each is answered, or cut at its own deadline.
//
// Three kinds of function, the calls shared among them: nine of ten go to one whose replica
// appears after `replica_after` and then answers at once; of the rest, half go to functions that
// time out before that, at different times (503 expected), half to one whose replica is there and
// never answers (504), or appears and never answers. A deadline is the call's sending and its
// function's timeout.
#pragma once

#include <cstdint>
#include <iosfwd>

#include "engine/time.hpp"

namespace thaw::rigs {

struct HoldSize {
  std::uint32_t calls = 10'000;
  Duration replica_after = std::chrono::seconds(20);
  Duration sending = std::chrono::seconds(5);  // all calls are sent within
  std::uint32_t per_replica = 0;               // at once on it; 0: any number
};

struct Held {
  std::uint32_t calls = 0, answered = 0, cut = 0;  // 200; 503 or 504 at the deadline
  std::uint32_t lost = 0;                          // no answer at all, or another's
  std::uint32_t unexpected = 0;                    // another status than the function's
  Duration worst_cut{0};                           // furthest from its deadline, either side
  Duration drained{0};                             // from the replica to the last 200
  std::size_t resident_peak_bytes = 0, resident_held_bytes = 0;
  std::uint64_t wanted = 0;  // times that the gateway asked for a replica

  // Below 1 GB, none lost, each answered or cut by its own deadline within 100 ms.
  bool holds() const;
};

Held hold(const HoldSize& size);
std::ostream& operator<<(std::ostream& out, const Held& held);

}  // namespace thaw::rigs
