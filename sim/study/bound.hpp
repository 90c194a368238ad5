// What the optimum of a run's own requests would have cost: sim/study/optimum.hpp, function by
// function, at the prices of Spec::levels.
//
// A lower bound in two labelled ways. Nodes are shared: only what lies between a node that is there
// and a replica that serves is the price of a start, unless there is one function alone whose
// replicas have a node each; then a start orders its node, too. And what the world bills anyway
// (Cost::fixed) is left out on both sides.
//
// Units: money of the scenario's currency. Errors: none; empty where a function that was called has
// no prices.
#pragma once

#include <optional>
#include <vector>

#include "sim/simulation.hpp"
#include "sim/study/optimum.hpp"

namespace thaw::sim {

class Bound {
 public:
  Bound(const Scenario& scenario, const std::vector<Governor>& governors);

  void add(FunctionId function, TimePoint arrival, Duration service);  // as RunOptions::demand
  // Each function's requests may wait for so long; none said: not at all. Of all functions
  // together, the longest of these waits is what it allows.
  std::optional<Optimum> total(const std::vector<Duration>& waits, TimePoint end);

 private:
  struct Priced {
    std::vector<FutureRequest> requests;
    std::vector<Level> levels;
    int slots = 1;
  };
  std::optional<Optimum> total(Priced& function, Duration wait, TimePoint end) const;

  std::vector<Priced> functions_;
  bool node_each_ = false;
};

}  // namespace thaw::sim
