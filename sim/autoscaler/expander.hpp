// What a scale-up could be, for each pool, and which of them is taken.
//
// Source: cluster-autoscaler 1.36, its first-fit decreasing bin packing and its expanders. `price`
// is simpler here: the cheapest for each pod served, without upstream's preference of a node size
// for the size of the cluster.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/random.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::sim {

struct ScaleUp {
  std::size_t pool = 0;
  std::size_t nodes = 0;
  std::vector<const Workload*> pods;  // that the nodes would take
};

// The pods in the order of their creation, onto at most so many empty nodes of the pool.
ScaleUp estimate(const std::vector<Pool>& pools, std::size_t pool,
                 const std::vector<const Workload*>& pods, std::size_t nodes_max);

// Each expander in turn keeps the best of `options`, which is not empty; of what is left one is
// drawn.
ScaleUp best_of(std::vector<ScaleUp> options, const std::vector<Expander>& expanders,
                const std::vector<Pool>& pools, Random& random);

}  // namespace thaw::sim
