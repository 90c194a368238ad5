#include "sim/node_autoscaler.hpp"

#include <algorithm>

#include "sim/anti_affinity.hpp"

namespace thaw::sim {
namespace {

enum What : std::uint32_t { kScan, kErase };

}  // namespace

NodeAutoscalerLoop::NodeAutoscalerLoop(World& world, Nodes& nodes, Pods& pods)
    : world_(world),
      nodes_(nodes),
      pods_(pods),
      settings_(world.scenario.cluster.node_autoscaler) {}

// The loop's phase against the rest of the cluster is chance.
void NodeAutoscalerLoop::start() {
  if (!settings_.enabled) return;
  Random phase = world_.random("node autoscaler phase");
  world_.events.after(Duration{static_cast<std::int64_t>(
                          phase.below(static_cast<std::uint64_t>(settings_.scan.count())))},
                      *this, kScan);
}

void NodeAutoscalerLoop::fire(std::uint32_t what, std::uint64_t arg) {
  if (what == kErase) {
    Node& node = nodes_.get(static_cast<NodeId>(arg));
    if (node.stage == NodeStage::draining) nodes_.erase(node);
    return;
  }
  scan();
  world_.events.after(settings_.scan, *this, kScan);
}

void NodeAutoscalerLoop::scan() {
  const bool ordered = scale_up();
  if (ordered) last_scale_up_ = world_.now();
  for (Node& node : nodes_.all()) {
    if (node.stage == NodeStage::usable && unneeded(node)) {
      if (!node.unneeded_since) node.unneeded_since = world_.now();
    } else {
      node.unneeded_since.reset();
    }
  }
  const bool cooling = last_scale_up_ && world_.now() - *last_scale_up_ < settings_.delay_after_add;
  if (!ordered && !cooling) scale_down();
}

bool NodeAutoscalerLoop::scale_up() {
  std::vector<Planned> planned;
  for (const Node& node : nodes_.all()) planned.push_back(as_it_is(node));
  bool ordered = false;
  for (auto& [id, pod] : pods_.all()) {
    if (pod.stage != PodStage::pending || !pod.unschedulable) continue;
    const Workload& wanted = pods_.workload(pod);
    if (has_room_soon(wanted, planned)) continue;
    const auto pool = pool_for(wanted);
    if (!pool) continue;
    nodes_.order(*pool);
    ordered = true;
    planned.push_back({});
    place(planned.back(), wanted);
  }
  return ordered;
}

NodeAutoscalerLoop::Planned NodeAutoscalerLoop::as_it_is(const Node& node) const {
  Planned planned{node.used, {}};
  for (const PodId id : node.pods) planned.pods.push_back(&pods_.workload(pods_.get(id)));
  return planned;
}

void NodeAutoscalerLoop::place(Planned& node, const Workload& wanted) {
  reserve(node.used, wanted.requests);
  node.pods.push_back(&wanted);
}

bool NodeAutoscalerLoop::accepts(const Planned& node, const Workload& wanted,
                                 const Resources& allocatable) {
  return fits(wanted.requests, allocatable, node.used) &&
         std::none_of(node.pods.begin(), node.pods.end(),
                      [&](const Workload* there) { return repel(wanted, *there); });
}

// Whether the pod fits a node that is there or ordered; takes the room, so that the next pod does
// not count it again.
bool NodeAutoscalerLoop::has_room_soon(const Workload& wanted, std::vector<Planned>& planned) {
  for (const Node& node : nodes_.all()) {
    const Pool& pool = world_.scenario.cluster.pools[node.pool];
    if (node.stage > NodeStage::usable || !tolerates(wanted.tolerations, pool.taints) ||
        !selects(wanted.node_selector, pool, node.name) ||
        !accepts(planned[node.id], wanted, node.upcoming() ? template_of(pool) : node.allocatable))
      continue;
    place(planned[node.id], wanted);
    return true;
  }
  return false;
}

// Least waste: the pool whose new node would have the smallest share of CPU and memory left over.
std::optional<std::size_t> NodeAutoscalerLoop::pool_for(const Workload& wanted) const {
  const auto& pools = world_.scenario.cluster.pools;
  std::optional<std::size_t> best;
  double least = 0;
  for (std::size_t i = 0; i < pools.size(); ++i) {
    if (!can_host(pools[i], wanted) || !fits(wanted.requests, template_of(pools[i]), {}) ||
        !nodes_.room(i))
      continue;
    const Resources capacity = capacity_of(pools[i]);
    const double waste =
        2.0 -
        static_cast<double>(wanted.requests.cpu.count) / static_cast<double>(capacity.cpu.count) -
        static_cast<double>(wanted.requests.memory.count) /
            static_cast<double>(capacity.memory.count);
    if (!best || waste < least) {
      best = i;
      least = waste;
    }
  }
  return best;
}

double NodeAutoscalerLoop::utilisation_ratio(const Node& node) const {
  const auto part = [](std::int64_t used, std::int64_t there) {
    return there > 0 ? static_cast<double>(used) / static_cast<double>(there) : 0.0;
  };
  if (node.allocatable.extended.empty())
    return std::max(part(node.used.cpu.count, node.allocatable.cpu.count),
                    part(node.used.memory.count, node.allocatable.memory.count));
  double most = 0;
  for (const auto& [name, there] : node.allocatable.extended) {
    const auto used = node.used.extended.find(name);
    if (used != node.used.extended.end()) most = std::max(most, part(used->second, there));
  }
  return most;
}

bool NodeAutoscalerLoop::unneeded(const Node& node) const {
  const Pool& pool = world_.scenario.cluster.pools[node.pool];
  if (nodes_.count(node.pool) <= static_cast<std::size_t>(pool.nodes_min)) return false;
  const double threshold = pool.machine.gpus > 0 ? settings_.gpu_utilisation_threshold_ratio
                                                 : settings_.utilisation_threshold_ratio;
  return utilisation_ratio(node) < threshold && movable(node);
}

// Every pod of the node could run on another node that is there.
bool NodeAutoscalerLoop::movable(const Node& node) const {
  std::vector<Planned> planned;
  for (const Node& other : nodes_.all()) planned.push_back(as_it_is(other));
  return std::all_of(node.pods.begin(), node.pods.end(), [&](PodId id) {
    const Workload& workload = pods_.workload(pods_.get(id));
    if (workload.disk_empty_dir) return false;
    for (const Node& other : nodes_.all()) {
      const Pool& pool = world_.scenario.cluster.pools[other.pool];
      if (other.id == node.id || other.stage != NodeStage::usable ||
          !tolerates(workload.tolerations, pool.taints) ||
          !selects(workload.node_selector, pool, other.name) ||
          !accepts(planned[other.id], workload, other.allocatable))
        continue;
      place(planned[other.id], workload);
      return true;
    }
    return false;
  });
}

void NodeAutoscalerLoop::scale_down() {
  bool drained = std::any_of(nodes_.all().begin(), nodes_.all().end(), [](const Node& node) {
    return node.stage == NodeStage::draining && !node.pods.empty();
  });
  for (Node& node : nodes_.all()) {
    if (!node.unneeded_since || world_.now() - *node.unneeded_since < settings_.unneeded) continue;
    if (!unneeded(node))
      continue;  // an earlier removal of this loop took the room or reached the minimum
    if (!node.pods.empty()) {
      if (drained) continue;
      drained = true;
    }
    remove(node);
  }
}

void NodeAutoscalerLoop::remove(Node& node) {
  node.unneeded_since.reset();
  nodes_.drain(node);
  const std::vector<PodId> evicted = node.pods;
  for (const PodId id : evicted) pods_.remove(pods_.get(id));
  Duration stop{0};
  for (const PodId id : evicted) stop = std::max(stop, pods_.stop_of(pods_.get(id)));
  world_.events.after(std::max(settings_.taint_delay, stop), *this, kErase, node.id);
}

}  // namespace thaw::sim
