// How long to wait before the next try: doubled each time up to a limit, stretched by chance so
// that clients that failed together do not come back together, short again after a quiet time.
//
// Source: client-go's wait.Backoff and its reflector (800 ms, x2, 30 s, jitter 1.0, reset after
// 2 min). Errors: none. Threads: one.
#pragma once

#include <chrono>
#include <optional>

#include "engine/random.hpp"
#include "engine/time.hpp"

namespace thaw::kubernetes {

struct BackoffSettings {
  Duration first = 800ms;
  Duration most = 30s;    // before the jitter
  double jitter = 1.0;    // a wait w becomes w … w·(1 + jitter)
  Duration quiet = 2min;  // without a failure for as long, it starts anew
};

class Backoff {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  Backoff(BackoffSettings settings, Random random) : settings_(settings), random_(random) {}
  // A failure at `now`: how long to wait. Never shorter than `at_least`, what the server asked.
  Duration next(Instant now, std::optional<Duration> at_least = std::nullopt);

 private:
  BackoffSettings settings_;
  Random random_;
  Duration wait_{0};
  Instant last_{};
};

// A stream of chance that differs from process to process.
Random unrepeatable(const char* purpose);

}  // namespace thaw::kubernetes
