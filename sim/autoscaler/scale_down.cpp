#include "sim/autoscaler/scale_down.hpp"

#include <algorithm>
#include <string_view>

namespace thaw::sim {
namespace {

constexpr const char* kSafeToEvict = "cluster-autoscaler.kubernetes.io/safe-to-evict";
constexpr const char* kSafeVolumes = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";

std::string_view annotation(const Workload& workload, const char* key) {
  const auto found = workload.annotations.find(key);
  return found == workload.annotations.end() ? std::string_view() : found->second.value;
}

// Whether `list`, parted by commas, has the word.
bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == word) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

bool keeps_local_data(const Workload& workload) {
  const std::string_view safe = annotation(workload, kSafeVolumes);
  if (workload.local_volumes.empty()) return workload.disk_empty_dir;
  return !std::all_of(workload.local_volumes.begin(), workload.local_volumes.end(),
                      [&](const std::string& volume) { return lists(safe, volume); });
}

}  // namespace

ScaleDown::ScaleDown(World& world, Nodes& nodes, Pods& pods)
    : world_(world),
      nodes_(nodes),
      pods_(pods),
      settings_(world.scenario.cluster.node_autoscaler),
      budgets_(world, pods),
      drain_(world, nodes, pods, *this,
             {settings_.taint_delay, settings_.grace_max, settings_.eviction_max}) {}

void ScaleDown::look() {
  for (Node& node : nodes_.all()) {
    if (removable_stage(node) && !awaited_.contains(node.id) && unneeded(node)) {
      if (!node.unneeded_since) node.unneeded_since = world_.now();
    } else {
      node.unneeded_since.reset();
    }
  }
  awaited_.clear();
}

bool ScaleDown::cooling() const {
  const auto within = [&](const std::optional<TimePoint>& since, Duration delay) {
    return since && world_.now() - *since < delay;
  };
  return within(added_, settings_.delay_after_add) ||
         within(deleted_, settings_.delay_after_delete) ||
         within(failed_, settings_.delay_after_failure);
}

bool ScaleDown::removable_stage(const Node& node) const {
  return node.stage == NodeStage::usable || node.stage == NodeStage::ready;
}

void ScaleDown::remove() {
  if (cooling()) return;
  int removals = 0, drains = 0;
  for (const Node& node : nodes_.all()) {
    if (node.stage != NodeStage::draining) continue;
    ++removals;
    drains += !node.pods.empty();
  }
  for (Node& node : nodes_.all()) {
    const bool ready =
        node.stage == NodeStage::usable || !world_.scenario.cluster.pools[node.pool].gpu_label;
    const Duration needed = ready ? settings_.unneeded : settings_.unready;
    if (!node.unneeded_since || world_.now() - *node.unneeded_since < needed) continue;
    if (removals >= settings_.removals_at_once) return;
    // An earlier removal of this loop may have taken the room or reached the minimum.
    if (!unneeded(node) || (!node.pods.empty() && drains >= settings_.drains_at_once)) continue;
    ++removals;
    drains += !node.pods.empty();
    deleted_ = world_.now();
    drain_.begin(node);
  }
}

void ScaleDown::drain_failed(Node& node) {
  failed_ = world_.now();
  world_.tell(EventKind::note, world_.scenario.cluster.pools[node.pool].name, "drain_failed",
              node.name + " is kept: a pod of it could not be evicted");
}

double ScaleDown::utilisation_ratio(const Node& node) const {
  const auto part = [](std::int64_t used, std::int64_t there) {
    return there > 0 ? static_cast<double>(used) / static_cast<double>(there) : 0.0;
  };
  if (node.allocatable.extended.empty())
    return std::max(part(node.used.cpu.count, node.allocatable.cpu.count),
                    part(node.used.memory.count, node.allocatable.memory.count));
  if (node.stage == NodeStage::ready) return 0;  // its GPUs are not allocatable yet
  double most = 0;
  for (const auto& [name, there] : node.allocatable.extended) {
    const auto used = node.used.extended.find(name);
    if (used != node.used.extended.end()) most = std::max(most, part(used->second, there));
  }
  return most;
}

bool ScaleDown::unneeded(const Node& node) {
  const Pool& pool = world_.scenario.cluster.pools[node.pool];
  if (pool.scale_down_disabled || !node.residents.empty() ||
      nodes_.count(node.pool) <= static_cast<std::size_t>(pool.nodes_min))
    return false;
  const double threshold = pool.machine.gpus > 0 ? settings_.gpu_utilisation_threshold_ratio
                                                 : settings_.utilisation_threshold_ratio;
  if (utilisation_ratio(node) >= threshold) return false;
  if (node.pods.empty()) return true;
  const auto skipped = unremovable_until_.find(node.id);
  if (skipped != unremovable_until_.end() && world_.now() < skipped->second) return false;
  if (movable(node)) return true;
  unremovable_until_[node.id] = world_.now() + settings_.unremovable_recheck;
  return false;
}

std::vector<PlannedNode> ScaleDown::others(const Node& node) const {
  std::vector<PlannedNode> others;
  for (const Node& other : nodes_.all())
    if (other.id != node.id && other.stage == NodeStage::usable)
      others.push_back(planned(world_, pods_, other));
  return others;
}

// Every pod of the node may go, and could run on another node that is there.
bool ScaleDown::movable(const Node& node) {
  if (std::any_of(node.pods.begin(), node.pods.end(),
                  [&](PodId id) { return keeps_its_node(pods_.get(id)); }))
    return false;
  std::vector<PlannedNode> there = others(node);
  return std::all_of(node.pods.begin(), node.pods.end(), [&](PodId id) {
    const Workload& workload = pods_.workload(pods_.get(id));
    PlannedNode* const home = first_fit(there, workload);
    if (home) place(*home, workload);
    return home != nullptr;
  });
}

bool ScaleDown::keeps_its_node(const Pod& pod) const {
  if (!pod.active()) return false;  // it goes anyway
  const Workload& workload = pods_.workload(pod);
  if (!budgets_.may_evict(pod)) return true;
  const std::string_view safe = annotation(workload, kSafeToEvict);
  if (safe == "true") return false;
  return safe == "false" || workload.kind == Workload::Kind::pod ||
         (settings_.local_storage_blocks && keeps_local_data(workload)) ||
         (workload.ns == "kube-system" && !budgets_.cover(workload));
}

}  // namespace thaw::sim
