// Nodes among the manifests stand for the pools that they are of: a pool's nodes have the labels
// and taints that all of them have, and offer pods what they do.
//
// A Node is of the pool that its cloud's own label names, else of the one pool whose labels it
// bears, else of the only pool. What the scenario says of a pool wins; how many nodes there are,
// and what they cost, it says alone.
#pragma once

#include <span>

#include "engine/diagnostic.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw {

// With which a cloud says of which pool a node is; the first that a node bears counts.
std::span<const char* const> pool_labels();

void apply_nodes(Scenario& scenario, Diagnostics& problems);

}  // namespace thaw
