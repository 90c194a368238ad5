// One run of a scenario in the simulated world.
//
// A plain object: many may live in one process, one after another or side by side, as long as at
// most one of them has flows (SimGrid's engine is a singleton). Same scenario, governors and seed:
// same result, to the byte. Errors: InputError when the scenario cannot be run, before anything
// ran.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/policy.hpp"
#include "engine/report/summary.hpp"
#include "engine/report/timeline.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::sim {

// Who scales a function.
struct Governor {
  Spec spec;
  const PolicyInfo* policy = nullptr;
};

struct RunOptions {
  std::uint64_t seed = 1;
  std::vector<Governor> governors;                   // at most one a function
  const std::atomic<bool>* interrupted = nullptr;    // set: the run ends at once with what is there
  std::function<void(Duration simulated)> progress;  // now and then
};

struct RunResult {
  Summary summary;
  Timeline timeline;
  std::string series_csv;
  std::uint64_t events = 0;
  bool interrupted = false;
};

RunResult simulate(const Scenario& scenario, const RunOptions& options);

}  // namespace thaw::sim
