// What all who play a load share: the scenario, the clock and its events, the timeline, the seed.
//
// Whose clock it is is not asked: the simulator runs from event to event, a live world lets them
// come due. Units: scenario time. Errors: none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/event_queue.hpp"
#include "engine/random.hpp"
#include "engine/report/timeline.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::workload {

struct Play {
  const Scenario& scenario;
  std::uint64_t seed;
  EventQueue events;
  Timeline timeline;

  Play(const Scenario& s, std::uint64_t seed_value)
      : scenario(s), seed(seed_value), events(s.start) {}

  TimePoint now() const { return events.now(); }
  // A stream of its own for each purpose and index: adding a draw in one place never shifts
  // another's luck.
  Random random(std::string_view purpose, std::uint64_t index = 0) const {
    return {seed, purpose, index};
  }

  using Fields = std::vector<std::pair<std::string, FieldValue>>;
  void tell(EventKind kind, std::string name, std::string what, std::string words,
            Fields fields = {}) {
    timeline.push_back(
        {now(), kind, std::move(name), std::move(what), std::move(words), std::move(fields)});
  }
};

}  // namespace thaw::workload
