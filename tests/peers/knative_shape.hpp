// One load for both Knatives: a Service that scales to zero, and the calls that it gets. From the
// same numbers come the scenario of the simulated one and the load of the real one.
#pragma once

#include <cstdint>
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

// Where the real run fell: the first of its autoscaler's ticks, which are 2 s apart, after the
// start of the load; that tick's part of a second of the clock, by which Knative's averages go; the
// part at which the activator reports; and how long after a tick the replicas are scraped.
struct Phase {
  Duration to_tick, tick, report, to_scrape;
};

// A seed with which the simulated ones report and scrape within 5 ms of that: when they do is
// nobody's choice, and drawn. Different `run`s give different seeds.
std::uint64_t seed_of(const Phase& phase, int run);

// In the scenario, whose ticks are at even seconds, the load begins a little after this; before it
// the revision was used once and went to zero.
constexpr Duration kLead = std::chrono::seconds(40);
Duration begin_of(const Phase& phase);

// `start`: what a pod takes until it is ready. The kubelet is not what is compared, and how many
// calls wait for the first one decides what comes next.
void write_scenario(const LoadShape& shape, Duration start, const Phase& phase,
                    const std::string& folder);
std::string service_manifest();

// Rising from `from` to `to` calls a second, each the same share of a call after the one before.
std::vector<Duration> ramp(double from, double to, Duration length);
// `bursts` of `calls`, each call `gap` after the last, a burst each `period`.
std::vector<Duration> bursts(int bursts, Duration period, int calls, Duration gap);

}  // namespace thaw::peers
