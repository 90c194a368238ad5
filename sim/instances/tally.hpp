// What became of the requests of one standalone function, and the time its instances lived and
// worked.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/statistics/sketch.hpp"

namespace thaw::sim {

struct InstanceTally {
  __extension__ typedef __int128 Wide;

  std::int64_t total = 0, completed = 0, cold = 0, rejected = 0, waited = 0;
  std::int64_t created = 0, ended = 0, peak = 0;
  std::int64_t prewarmed = 0;      // of the created: before a request came
  std::int64_t longest_start = 0;  // what a start added to a request at most
  // Of what has ended, as far as it lies after the warm-up; what is still there is added at the
  // end.
  Wide alive_ns = 0;       // lives of instances
  Wide busy_ns = 0;        // times in which an instance, or a server, had something to do
  Wide starting_ns = 0;    // of those: starts, where somebody asks
  Wide in_system_ns = 0;   // stays of requests
  Wide in_service_ns = 0;  // of a station, where a server may serve many: stays without the wait
  Wide life_ns = 0;        // whole lives of the instances that ended after the warm-up
  Sketch latency, wait;

  // The part of [from, to) that lies after the warm-up.
  static Wide counted(std::int64_t from, std::int64_t to, std::int64_t warm_up) {
    return std::max<std::int64_t>(0, to - std::max(from, warm_up));
  }
};

}  // namespace thaw::sim
