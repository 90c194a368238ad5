#include "sim/scheduler.hpp"

#include <algorithm>
#include <tuple>

#include "sim/anti_affinity.hpp"
#include "sim/sharing/vgpu.hpp"

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
      pods_.cannot_schedule(pod, reason(pod));
    }
  }
}

bool Scheduler::may_run(const Workload& wanted, const Node& node) const {
  const Pool& pool = world_.scenario.cluster.pools[node.pool];
  return (node.stage == NodeStage::usable || node.stage == NodeStage::ready) &&
         tolerates(wanted.tolerations, pool.taints) &&
         selects(wanted.node_selector, pool, node.name) && !repelled(wanted, node);
}

bool Scheduler::repelled(const Workload& wanted, const Node& node) const {
  return std::any_of(node.pods.begin(), node.pods.end(),
                     [&](PodId id) { return repel(wanted, pods_.workload(pods_.get(id))); });
}

int Scheduler::reluctance_of(const Workload& wanted, const Node& node) const {
  int sum = 0;
  for (const PodId id : node.pods) sum += reluctance(wanted, pods_.workload(pods_.get(id)));
  return sum;
}

Node* Scheduler::best(const Pod& pod) {
  const Workload& wanted = pods_.workload(pod);
  const bool wants_card = asks_for_cards(wanted.requests);
  const double fill = world_.scenario.cluster.node_autoscaler.packs ? 1 : -1;
  Node* best = nullptr;
  // Where HAMi splits cards its own scheduler takes the pods that want one, and packs: the fullest
  // of its nodes wins, and any of them before a node that it does not know.
  std::tuple<bool, int, double> best_score;
  for (Node& node : nodes_.all()) {
    if (!may_run(wanted, node) || !has_room(node, wanted.requests)) continue;
    const bool packs = wants_card && node.cards && node.cards->own_scheduler();
    const std::tuple<bool, int, double> score{
        packs, -reluctance_of(wanted, node),
        packs ? node.cards->node_score()
              : fill * dominant_share_ratio(node.used, node.allocatable)};
    if (!best || score > best_score) {
      best = &node;
      best_score = score;
    }
  }
  return best;
}

// Of the first node whose cards refuse it; empty where no shared card is concerned.
std::string Scheduler::reason(const Pod& pod) {
  const Workload& wanted = pods_.workload(pod);
  for (const Node& node : nodes_.all()) {
    if (!node.cards || node.stage != NodeStage::usable || !may_run(wanted, node)) continue;
    // Where the kubelet's own count leaves no room there is nothing to explain.
    if (!node.cards->own_scheduler() && !fits(wanted.requests, node.allocatable, node.used))
      continue;
    const CardRefusal refusal = node.cards->choose(wanted.requests).refusal;
    if (refusal != CardRefusal::none)
      return "no card of " + node.name + ": " + std::string(to_words(refusal));
  }
  return "";
}

}  // namespace thaw::sim
