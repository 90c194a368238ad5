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

// In the scenario the load begins so late; before it the revision was used once and went to zero.
constexpr Duration kLead = std::chrono::seconds(40);

// `phase`: how much later, as nobody chooses where a load meets Knative's ticks.
void write_scenario(const LoadShape& shape, const StartDelays& delays, Duration phase,
                    const std::string& folder);
std::string service_manifest();

// Rising from `from` to `to` calls a second, each the same share of a call after the one before.
std::vector<Duration> ramp(double from, double to, Duration length);
// `bursts` of `calls`, each call `gap` after the last, a burst each `period`.
std::vector<Duration> bursts(int bursts, Duration period, int calls, Duration gap);

}  // namespace thaw::peers
