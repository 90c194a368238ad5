// A node as it might be: what is on it, and what an autoscaler plans to be there.
#pragma once

#include <string>
#include <vector>

#include "sim/nodes.hpp"
#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

struct PlannedNode {
  const Pool* pool = nullptr;
  std::string name;  // empty: not ordered yet
  Resources allocatable, used;
  std::vector<const Workload*> pods;
};

// As it is, with all that it will have; `without_gpus`: with what it has now.
PlannedNode planned(const World& world, Pods& pods, const Node& node, bool without_gpus = false);
PlannedNode planned(const Pool& pool);

bool accepts(const PlannedNode& node, const Workload& wanted);
void place(PlannedNode& node, const Workload& wanted);

// The first that accepts it; null: none.
PlannedNode* first_fit(std::vector<PlannedNode>& nodes, const Workload& wanted);

}  // namespace thaw::sim
