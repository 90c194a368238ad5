#include "sim/autoscaler/cluster_autoscaler.hpp"

#include <algorithm>
#include <utility>

namespace thaw::sim {

ClusterAutoscaler::ClusterAutoscaler(World& world, Nodes& nodes, Pods& pods)
    : world_(world),
      nodes_(nodes),
      pods_(pods),
      settings_(world.scenario.cluster.node_autoscaler),
      backoff_(settings_, world.scenario.cluster.pools.size()),
      scale_down_(world, nodes, pods),
      luck_(world.random("expander")),
      growing_(world.scenario.cluster.pools.size(), false) {}

// The loop's phase against the rest of the cluster is chance.
void ClusterAutoscaler::start() {
  Random phase = world_.random("node autoscaler phase");
  world_.events.after(Duration{static_cast<std::int64_t>(
                          phase.below(static_cast<std::uint64_t>(settings_.scan.count())))},
                      *this, 0);
}

void ClusterAutoscaler::fire(std::uint32_t, std::uint64_t) {
  scan();
  world_.events.after(settings_.scan, *this, 0);
}

void ClusterAutoscaler::scan() {
  give_up_orders();
  forget_backoffs();
  if (!healthy()) return;
  const bool ordered = scale_up();
  if (ordered) scale_down_.added();
  if (!settings_.scale_down) return;
  scale_down_.look();
  if (!ordered) scale_down_.remove();
}

// --- orders that do not come ---

void ClusterAutoscaler::give_up_orders() {
  for (Node& node : nodes_.all()) {
    if (node.stage > NodeStage::created) continue;
    const bool late = world_.now() - node.ordered >= settings_.provision_time;
    if (node.supply != Supply::error && !late) continue;
    fail(node.pool, late ? "no node in time" : "the cloud refused a machine");
    nodes_.erase(node);
  }
}

void ClusterAutoscaler::fail(std::size_t pool, const char* why) {
  const std::string& name = world_.scenario.cluster.pools[pool].name;
  growing_[pool] = false;
  const Duration length = backoff_.failed(pool, world_.now());
  world_.tell(EventKind::note, name, "backoff",
              name + " is left alone for " + to_text(length) + ": " + why);
}

// A pool whose ordered nodes have all come has succeeded.
void ClusterAutoscaler::forget_backoffs() {
  for (std::size_t pool = 0; pool < growing_.size(); ++pool) {
    const auto& all = nodes_.all();
    if (!growing_[pool] || std::any_of(all.begin(), all.end(), [&](const Node& node) {
          return node.pool == pool && upcoming(node);
        }))
      continue;
    growing_[pool] = false;
    backoff_.succeeded(pool);
  }
}

bool ClusterAutoscaler::healthy() const {
  std::int64_t registered = 0, unready = 0;
  for (const Node& node : nodes_.all()) {
    if (!node.has_object() || node.stage > NodeStage::draining) continue;
    ++registered;
    unready += node.stage == NodeStage::ready && !upcoming(node) &&
               world_.scenario.cluster.pools[node.pool].gpu_label;
  }
  return unready <= settings_.unready_ok ||
         static_cast<double>(unready) <=
             settings_.unready_max_ratio * static_cast<double>(registered);
}

// --- scale-up ---

bool ClusterAutoscaler::upcoming(const Node& node) const {
  if (node.stage <= NodeStage::created) return true;
  return node.stage == NodeStage::ready && world_.scenario.cluster.pools[node.pool].gpu_label &&
         world_.now() - node.stage_since < settings_.startup_time;
}

// Pods that fit neither a node that is there nor one that was ordered.
std::vector<const Workload*> ClusterAutoscaler::pods_without_room() {
  std::vector<const Workload*> pending;
  for (const auto& [id, pod] : pods_.all())
    if (pod.stage == PodStage::pending && pod.unschedulable &&
        world_.now() - pod.created >= settings_.new_pod_delay)
      pending.push_back(&pods_.workload(pod));
  if (pending.empty()) return pending;
  std::vector<PlannedNode> there;
  std::vector<NodeId> ids;
  for (const Node& node : nodes_.all()) {
    if (node.stage > NodeStage::usable) continue;
    const bool as_it_is = node.stage == NodeStage::ready && !upcoming(node);
    there.push_back(planned(world_, pods_, node, as_it_is));
    ids.push_back(node.id);
  }
  std::erase_if(pending, [&](const Workload* pod) {
    PlannedNode* const home = first_fit(there, *pod);
    if (!home) return false;
    place(*home, *pod);
    const NodeId id = ids[static_cast<std::size_t>(home - there.data())];
    if (!upcoming(nodes_.get(id))) scale_down_.await(id);
    return true;
  });
  return pending;
}

bool ClusterAutoscaler::scale_up() {
  const auto pending = pods_without_room();
  if (pending.empty()) return false;
  const auto& pools = world_.scenario.cluster.pools;
  std::vector<ScaleUp> options;
  for (std::size_t pool = 0; pool < pools.size(); ++pool) {
    if (!nodes_.room(pool) || backoff_.holds(pool, world_.now())) continue;
    const auto most = std::min<std::int64_t>(nodes_.vacancies(pool), settings_.nodes_per_scale_up);
    ScaleUp option = estimate(pools, pool, pending, static_cast<std::size_t>(most));
    if (option.nodes > 0) options.push_back(std::move(option));
  }
  if (options.empty()) return false;
  const ScaleUp best = best_of(std::move(options), settings_.expanders, pools, luck_);
  for (std::size_t i = 0; i < best.nodes; ++i) nodes_.order(best.pool);
  growing_[best.pool] = true;
  return true;
}

}  // namespace thaw::sim
