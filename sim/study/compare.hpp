// Policies on one scenario under common random numbers: replication r of each has seed N + r, so
// the same arrivals, services, nodes and starts (engine/random.hpp: a stream for each purpose).
//
// Each run is a process of its own, at most `jobs` at once; replication by replication, so that an
// interrupt leaves whole ones. The result does not depend on `jobs`. A contender whose run was
// refused or broke is kept, with the reason, and without figures. Errors: InputError where none of
// the contenders could run.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/report/comparison.hpp"
#include "sim/simulation.hpp"

namespace thaw::sim {

struct Contender {
  std::string name, settings;
  std::vector<Governor> governors;
  std::string not_run;    // why it cannot; empty: it runs
  bool foresees = false;  // knows what comes
};

struct Tournament {
  std::vector<Contender> contenders;
  std::uint64_t seed = 1;
  std::size_t replications = 1;     // with `precision` at most
  std::optional<double> precision;  // the half width of each reported mean, as a share of it
  std::size_t jobs = 1;
  const std::atomic<bool>* interrupted = nullptr;
  std::function<void(std::size_t done, std::size_t of)> progress;  // runs; of: foreseen so far
};

struct TournamentResult {
  Comparison comparison;
  bool interrupted = false;  // then of the replications that were whole; there may be none
};

TournamentResult compare(const Scenario& scenario, const Tournament& tournament);

// Otherwise an outcome's cost is in instance hours.
bool has_prices(const Scenario& scenario);

// What a run says of its policy.
Outcome outcome_of(const Scenario& scenario, const RunResult& result);

}  // namespace thaw::sim
