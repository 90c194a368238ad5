// Writes a number of replicas once, and again when something else has changed it.
//
// A write that did not take is repeated after kRetry; until then the same deviation is left alone,
// however often it is seen.
#pragma once

#include <optional>

#include "engine/policy.hpp"

namespace thaw {

class PutBack {
 public:
  static constexpr Duration kRetry{10s};

  // What to write now; empty where it holds already or was written a moment ago.
  std::optional<Replicas> towards(Replicas wanted, const Observation& seen) {
    const bool same = wanted == wanted_;
    wanted_ = wanted;
    if (seen.spec == wanted) {
      retry_.reset();
      return std::nullopt;
    }
    if (same && retry_ && seen.now < *retry_) return std::nullopt;
    retry_ = seen.now + kRetry;
    return wanted;
  }
  // When the last write would have to be repeated.
  TimePoint ask_again() const { return retry_.value_or(TimePoint::never()); }
  void forget() { retry_.reset(); }

 private:
  std::optional<Replicas> wanted_;
  std::optional<TimePoint> retry_;
};

}  // namespace thaw
