// What it costs to keep a replica of a function, and what to start it again: the levels between off
// and serving, for policies that weigh one against the other.
//
// A replica pays for its share of a node: of its GPUs where it asks for some, else the larger part
// of cores and memory. From "off" a start takes every stage of a cold start; where its pool has no
// node of its own accord one is ordered, and paid from the order on. Such a node also stays for the
// autoscaler's idle time after the last replica: that is in the price of a start from off too, so
// that letting go and starting again costs what the bill says. Before it is taken away the function
// is at "image", as dear as serving. "host memory" is there where the links keep models.
//
// Units: money of the scenario's currency, seconds. Durations are sums of independent stages, the
// lognormal of the same mean and variance where one varies (engine/moments.hpp). Errors: none; no
// levels for a function without a pool that takes it, or where that pool has no price.
#pragma once

#include <vector>

#include "engine/policy.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw {

// Of a function of a manifest.
std::vector<Level> levels_of(const Scenario& scenario, const FunctionSpec& function);

}  // namespace thaw
