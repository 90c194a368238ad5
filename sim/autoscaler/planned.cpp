#include "sim/autoscaler/planned.hpp"

#include <algorithm>

#include "sim/anti_affinity.hpp"

namespace thaw::sim {

PlannedNode planned(const World& world, Pods& pods, const Node& node, bool without_gpus) {
  const Pool& pool = world.scenario.cluster.pools[node.pool];
  PlannedNode plan{&pool, node.name, node.upcoming() ? template_of(pool) : node.allocatable,
                   node.used, node.residents};
  if (without_gpus) plan.allocatable.extended.clear();
  for (const PodId id : node.pods) plan.pods.push_back(&pods.workload(pods.get(id)));
  return plan;
}

PlannedNode planned(const Pool& pool) { return {&pool, "", template_of(pool), {}, {}}; }

bool accepts(const PlannedNode& node, const Workload& wanted) {
  return fits(wanted.requests, node.allocatable, node.used) &&
         tolerates(wanted.tolerations, node.pool->taints) &&
         selects(wanted.node_selector, *node.pool, node.name) &&
         std::none_of(node.pods.begin(), node.pods.end(),
                      [&](const Workload* there) { return repel(wanted, *there); });
}

void place(PlannedNode& node, const Workload& wanted) {
  reserve(node.used, wanted.requests);
  node.pods.push_back(&wanted);
}

PlannedNode* first_fit(std::vector<PlannedNode>& nodes, const Workload& wanted) {
  const auto found = std::find_if(nodes.begin(), nodes.end(),
                                  [&](const PlannedNode& node) { return accepts(node, wanted); });
  return found == nodes.end() ? nullptr : &*found;
}

}  // namespace thaw::sim
