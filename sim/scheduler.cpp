#include "sim/scheduler.hpp"

namespace thaw::sim {

void Scheduler::wake() {
  if (due_) return;
  due_ = true;
  world_.events.after(Duration{0}, *this, 0);
}

void Scheduler::fire(std::uint32_t, std::uint64_t) {
  due_ = false;
  for (auto& [id, pod] : pods_.all()) {
    if (pod.stage != PodStage::pending) continue;
    if (Node* node = best(pod)) {
      pods_.bind(pod, *node);
    } else {
      pods_.cannot_schedule(pod);
    }
  }
}

Node* Scheduler::best(const Pod& pod) {
  const Workload& wanted = pods_.workload(pod);
  Node* best = nullptr;
  double best_share = 0;
  for (Node& node : nodes_.all()) {
    const Pool& pool = world_.scenario.cluster.pools[node.pool];
    if (node.stage != NodeStage::usable && node.stage != NodeStage::ready) continue;
    // A Ready node whose GPUs are not allocatable yet takes only pods that want none.
    Resources allocatable = node.allocatable;
    if (node.stage == NodeStage::ready) allocatable.extended.clear();
    if (!tolerates(wanted.tolerations, pool.taints) ||
        !selects(wanted.node_selector, pool, node.name) ||
        !fits(wanted.requests, allocatable, node.used))
      continue;
    const double share = dominant_share_ratio(node.used, node.allocatable);
    if (!best || share < best_share) {
      best = &node;
      best_share = share;
    }
  }
  return best;
}

}  // namespace thaw::sim
