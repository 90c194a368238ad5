// What every part of the simulated world shares: the scenario, the clock, the gauges, the timeline
// and the seed. Parts hold a World& and call each other through the small interfaces in their own
// headers.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/random.hpp"
#include "engine/report/timeline.hpp"
#include "engine/run/gauges.hpp"
#include "engine/scenario/scenario.hpp"
#include "sim/event_queue.hpp"

namespace thaw::sim {

struct World {
  const Scenario& scenario;
  std::uint64_t seed;
  EventQueue events;
  Gauges gauges;
  Timeline timeline;

  World(const Scenario& s, std::uint64_t seed_value);

  // Of the faults that last and concern neither a pool nor the controller: those at work, as they
  // began.
  std::vector<const Fault*> disturbances;
  const Fault* disturbance(Fault::Kind kind) const;  // the first of this kind; nullptr: none

  bool registry_is_out() const;

  TimePoint now() const { return events.now(); }
  // What the controller takes the time to be: off by every clock skew at work.
  TimePoint controller_now() const { return now() + clock_skew; }
  Duration clock_skew{};
  // A stream of its own for each purpose and index: adding a draw in one place never shifts
  // another's luck.
  Random random(std::string_view purpose, std::uint64_t index = 0) const {
    return {seed, purpose, index};
  }

  using Fields = std::vector<std::pair<std::string, FieldValue>>;
  void tell(EventKind kind, std::string name, std::string what, std::string words,
            Fields fields = {});
};

}  // namespace thaw::sim
