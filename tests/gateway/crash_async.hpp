// The gateway dies under load, by kill -9, and is started again on its file: no call that it
// acknowledged is lost, and none is acknowledged twice as new.
//
// Callers post calls with an X-Call-Id each and repeat one until it is answered with 202; of those
// acknowledged every fifth is posted again, and must be told as known, under the same element. At
// the end the origin has had every acknowledged id at least once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>

#include "engine/time.hpp"

namespace thaw::rigs {

struct CrashAsyncSize {
  std::uint64_t seed = 1;
  std::uint32_t callers = 40, kills = 20;
  Duration between = std::chrono::seconds(1);  // kills, on average
};

struct CrashedAsync {
  std::uint64_t acknowledged = 0, known = 0;  // ids; of them such as were told as known
  std::uint64_t lost = 0;                     // acknowledged, and never reached the origin
  std::uint64_t twice_new = 0;                // a repeated id that was not told as known
  std::uint64_t another_element = 0;          // or under another element's id
  std::uint64_t repeated = 0;                 // ids that the origin had more than once
  std::uint64_t put_off = 0;                  // 429 and 503: to come again
  std::uint64_t unexpected = 0;               // other answers than 202
  std::uint64_t kills = 0;
  Duration slowest_recovery{0};  // from a kill to the next 202, the start of the process included

  // Recovery below 5 s.
  bool holds() const;
};

CrashedAsync crash_async(const CrashAsyncSize& size);
std::ostream& operator<<(std::ostream& out, const CrashedAsync& crashed);

}  // namespace thaw::rigs
