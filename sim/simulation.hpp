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
#include <optional>
#include <string>
#include <vector>

#include "engine/policy.hpp"
#include "engine/report/summary.hpp"
#include "engine/report/timeline.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/statistics/sketch.hpp"

namespace thaw::sim {

// Who scales a function.
struct Governor {
  Spec spec;
  const PolicyInfo* policy = nullptr;
};

// A question to a policy and its answer, as the controller has them; lives during the call.
struct DecisionSeen {
  FunctionId function;
  const Wants& wants;
  const Observation& seen;
  const Decision& decided;
  const Decision& capped;  // after the operator's cap: what is done
};

struct RunOptions {
  std::uint64_t seed = 1;
  std::vector<Governor> governors;                   // at most one a function
  const std::atomic<bool>* interrupted = nullptr;    // set: the run ends at once with what is there
  std::function<void(Duration simulated)> progress;  // now and then
  std::function<void(const DecisionSeen&)> decided;  // every decision, also to leave alone
  // Every policy of replicas before it is asked, also after a crash; with the state it went on
  // from, or nullptr.
  std::function<void(const Spec&, std::string_view policy, const Wants&, const SavedState*)>
      governed;
  // Every request for a function, whatever becomes of it, with its service on a warm replica.
  std::function<void(FunctionId, TimePoint arrival, Duration service)> demand;
  std::vector<FunctionId> traced;   // the timeline has every decision for these, not only news
  bool audit = false;               // the summary has an audit; lines of single requests are kept
  std::optional<Duration> stop_at;  // after all that happens at this instant the run is over
};

struct RunResult {
  Summary summary;
  Timeline timeline;
  std::string series_csv;
  Sketch latency;  // of all that users called: pipelines where there are any, else functions
  std::uint64_t events = 0;
  bool interrupted = false;
  // Of each function, from arrival until what a warm replica would take began; of completed
  // requests. Empty unless `demand` is asked for.
  std::vector<Duration> longest_waits;
};

RunResult simulate(const Scenario& scenario, const RunOptions& options);

}  // namespace thaw::sim
