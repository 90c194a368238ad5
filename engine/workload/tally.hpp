// What became of the requests of a function or a pipeline, over a run. Units: scenario time.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/statistics/sketch.hpp"
#include "engine/time.hpp"
#include "engine/wide.hpp"

namespace thaw::workload {

struct Request;

// What the requests of a function spent, in nanoseconds, request by request.
struct Stays {
  Wide waited = 0;          // until they were served
  Wide waited_in_vain = 0;  // until their end, or until now: never served so far
  Wide served = 0;
  void add(const Request& request, TimePoint now);
};

// Of answers that came token by token.
struct Streamed {
  Sketch first;  // from arrival to the first token
  Sketch gap;    // between an answer's tokens on average, a value an answer of two or more
};

struct Tally {
  std::int64_t total = 0, completed = 0, cold = 0, timed_out = 0, rejected = 0, failed = 0;
  Sketch latency, wait;                // completed requests
  std::unique_ptr<Streamed> streamed;  // of those; empty: none was
  Stays stays;
  Duration in_vain{};  // from arrival to the end of those that were not completed
};

}  // namespace thaw::workload
