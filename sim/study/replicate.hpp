// Replications: the same scenario under seeds N, N+1, …, each in a process of its own (SimGrid is
// one engine a process), at most `jobs` at once. Results come in the order of the seeds, so they do
// not depend on `jobs`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/simulation.hpp"

namespace thaw::sim {

struct Replication {
  std::string summary, timeline, series, run_data;  // the last three of replication 0 only
  std::uint64_t events = 0, requests = 0;           // what it simulated, for performance.json
};

// Renders a result inside its process, which then ends.
using Render = std::function<Replication(const RunResult&, bool first)>;

// Throws std::runtime_error when a process failed, with what it said. Interrupted: the replications
// that were complete.
std::vector<Replication> replicate(const Scenario& scenario, const RunOptions& options,
                                   std::size_t replications, std::size_t jobs, const Render& render,
                                   const std::function<void(std::size_t done)>& progress);

}  // namespace thaw::sim
