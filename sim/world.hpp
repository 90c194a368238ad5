// What every part of the simulated world shares: the scenario, the clock, the gauges, the timeline
// and the seed. Parts hold a World& and call each other through the small interfaces in their own
// headers.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/run/gauges.hpp"
#include "engine/workload/play.hpp"
#include "sim/requests.hpp"

namespace thaw::sim {

struct World : Play {
  Gauges gauges;

  World(const Scenario& s, std::uint64_t seed_value);

  // Of the faults that last and concern neither a pool nor the controller: those at work, as they
  // began.
  std::vector<const Fault*> disturbances;
  const Fault* disturbance(Fault::Kind kind) const;  // the first of this kind; nullptr: none

  bool registry_is_out() const;

  // What the controller takes the time to be: off by every clock skew at work.
  TimePoint controller_now() const { return now() + clock_skew; }
  Duration clock_skew{};
};

}  // namespace thaw::sim
