// What went through the gateway, function by function. Counters only grow.
//
// Names are those of a summary (summary.json), so that a simulated and a live function are read
// with the same queries.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "drivers/gateway/routes.hpp"
#include "engine/time.hpp"

namespace thaw::gateway {

// Durations in buckets as Prometheus has them: how many were at most `bounds` long.
struct Histogram {
  static constexpr std::array<double, 16> bounds = {0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1,
                                                    2.5,   5,     10,   30,   60,  300,  600, 1200};
  std::array<std::uint64_t, bounds.size() + 1> counts{};  // of each bucket alone; last: longer
  double sum_s = 0;
};

struct Traffic {
  FunctionName function;
  // How calls ended: total = the rest but cold, in_flight and queued added up.
  std::uint64_t total = 0, completed = 0, cold = 0, timed_out = 0, rejected = 0, failed = 0,
                unfinished = 0;             // unfinished: the caller went away
  std::uint64_t succeeded = 0;              // of those completed: answered below 400
  std::uint32_t in_flight = 0, queued = 0;  // in service; waiting for a replica
  std::int64_t concurrency_ns = 0;          // the sum of both over time
  std::optional<TimePoint> last_activity;   // a start or an end of a call; now while one is on
  Histogram wait, latency;                  // seconds; latency of those completed
};

}  // namespace thaw::gateway
