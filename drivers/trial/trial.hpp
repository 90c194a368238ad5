// One run of a scenario on a cluster: its manifests are put on it, its load is played, its checks
// are decided by what is observed, and what was made is taken away again, whatever happened.
//
// The same flow as the simulated run's, with the same result. Functions are scaled by thaw's own
// driver in this process, but those whose manifest has a HorizontalPodAutoscaler: the cluster's own
// controller scales them. Calls go through this process's gateway, or one that is named.
//
// The scenario's start is the instant at which its workloads are made; by then the nodes that its
// pools have always are there, and the driver leads. `time_scale`: on a test fixture alone.
// Errors: InputError (the scenario cannot be run there; a scale elsewhere), std::runtime_error (the
// outside world; what was made is removed). Threads: one, and the driver's.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "drivers/kubernetes/kubeconfig.hpp"
#include "drivers/world/functions.hpp"
#include "engine/report/summary.hpp"
#include "engine/report/timeline.hpp"
#include "engine/scenario/governance.hpp"
#include "engine/scenario/objects.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::trial {

struct Options {
  std::vector<RawObject> objects;      // of the scenario
  std::vector<PolicyChoice> policies;  // of the command line
  world::FindPolicy find = nullptr;
  kubernetes::AccessOptions access;
  int time_scale = 1;
  std::uint64_t seed = 1;
  std::string gateway;                            // http://HOST:PORT; empty: this process's own
  std::function<void(const std::string&)> say;    // for people, a line each
  std::function<void(const std::string&)> drive;  // what the driver logs, a line of JSON each
  // How far it is, of how long where that is known (else 0), and how things stand.
  std::function<void(Duration, Duration, const std::string&)> progress;
  const std::atomic<bool>* interrupted = nullptr;
};

struct Result {
  Summary summary;
  Timeline timeline;
  std::string series_csv;
  bool interrupted = false;  // these are the results so far
};

Result run(const Scenario& scenario, const Options& options);

}  // namespace thaw::trial
