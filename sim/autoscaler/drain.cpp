#include "sim/autoscaler/drain.hpp"

#include <algorithm>

namespace thaw::sim {
namespace {

enum : std::uint32_t { kEvict, kErase };

// cluster-autoscaler's; Karpenter's grows to the same.
constexpr Duration kRetry = std::chrono::seconds(10);

}  // namespace

Drain::Drain(World& world, Nodes& nodes, Pods& pods, DrainListener& listener, Rules rules)
    : world_(world),
      nodes_(nodes),
      pods_(pods),
      listener_(listener),
      rules_(rules),
      budgets_(world, pods) {}

void Drain::begin(Node& node) {
  node.unneeded_since.reset();
  if (node.stage < NodeStage::draining) nodes_.drain(node);
  since_[node.id] = world_.now() + rules_.delay;
  world_.events.after(rules_.delay, *this, kEvict, node.id);
}

void Drain::fire(std::uint32_t what, std::uint64_t id) {
  Node& node = nodes_.get(static_cast<NodeId>(id));
  if (node.stage != NodeStage::draining) return;  // lost meanwhile
  if (what == kEvict) return evict(node);
  since_.erase(node.id);
  nodes_.erase(node);
}

void Drain::evict(Node& node) {
  const std::vector<PodId> there = node.pods;
  bool refused = false;
  Duration stop{0};
  for (const PodId id : there) {
    Pod& pod = pods_.get(id);
    if (pod.active() && !budgets_.may_evict(pod)) {
      refused = true;
      continue;
    }
    stop = std::max(stop, std::min(pods_.stop_of(pod), rules_.grace_max));
    pods_.remove(pod, rules_.grace_max);
  }
  if (!refused) {
    world_.events.after(stop, *this, kErase, node.id);
  } else if (rules_.give_up && world_.now() - since_[node.id] >= *rules_.give_up) {
    since_.erase(node.id);
    nodes_.restore(node);
    listener_.drain_failed(node);
  } else {
    world_.events.after(kRetry, *this, kEvict, node.id);
  }
}

}  // namespace thaw::sim
