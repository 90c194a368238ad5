// One load for both Knatives: a Service that scales to zero, and the calls that it gets. From the
// same numbers come the scenario of the simulated one and the load of the real one.
#pragma once

#include <string>
#include <vector>

#include "engine/time.hpp"

namespace thaw::peers {

struct LoadShape {
  std::string name;
  int clients = 0;     // of a closed loop; 0: the calls at these instants
  Duration length{0};  // of the loop
  std::vector<Duration> at = {};
};

// How long the pods of the real run took from their creation to Ready, shortest and longest: the
// kubelet is not what is compared.
struct StartDelays {
  Duration least, most;
};

// Where the real run fell: the first of its autoscaler's ticks, which are 2 s apart, after the
// start of the load, and that tick's part of a second of the clock, by which Knative's averages go.
struct Phase {
  Duration to_tick, of_second;
};

// In the scenario, whose ticks are at even seconds, the load begins a little after this; before it
// the revision was used once and went to zero.
constexpr Duration kLead = std::chrono::seconds(40);
Duration begin_of(const Phase& phase);

void write_scenario(const LoadShape& shape, const StartDelays& delays, const Phase& phase,
                    const std::string& folder);
std::string service_manifest();

// Rising from `from` to `to` calls a second, each the same share of a call after the one before.
std::vector<Duration> ramp(double from, double to, Duration length);
// `bursts` of `calls`, each call `gap` after the last, a burst each `period`.
std::vector<Duration> bursts(int bursts, Duration period, int calls, Duration gap);

}  // namespace thaw::peers
