// Pools that failed are left alone for a while: doubled at each failure up to a limit, forgotten
// after a success or a long time without failures. Source: cluster-autoscaler's exponential
// back-off; a failure while the pool is left alone does not double it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/scenario/node_autoscaling.hpp"
#include "engine/time.hpp"

namespace thaw::sim {

class Backoff {
 public:
  Backoff(const NodeAutoscaler& settings, std::size_t pools) : settings_(settings), pools_(pools) {}

  bool holds(std::size_t pool, TimePoint now) const { return now < pools_[pool].until; }
  Duration failed(std::size_t pool, TimePoint now) {  // for how long it is left alone now
    Entry& entry = pools_[pool];
    if (now - entry.failed > settings_.backoff_reset) entry = {};
    Duration length = settings_.backoff_initial;
    if (entry.length > Duration{0} && entry.until < now)
      length = std::min(2 * entry.length, settings_.backoff_max);
    entry = {length, now + length, now};
    return length;
  }
  void succeeded(std::size_t pool) { pools_[pool] = {}; }

 private:
  struct Entry {
    Duration length{};
    TimePoint until, failed;
  };
  const NodeAutoscaler& settings_;
  std::vector<Entry> pools_;
};

}  // namespace thaw::sim
