#include "engine/scenario/economics.hpp"

#include <algorithm>

#include "engine/moments.hpp"
#include "engine/scenario/cold_start.hpp"
#include "engine/scenario/placement.hpp"

namespace thaw {
namespace {

using After = ColdStartStage::After;

double part(std::int64_t asked, std::int64_t there) {
  return there > 0 ? static_cast<double>(asked) / static_cast<double>(there) : 0;
}

double share_ratio(const Workload& workload, const Pool& pool) {
  if (const auto room = room_on_node(workload, pool))
    return *room > 0 ? 1 / static_cast<double>(*room) : 0;
  return std::min(1.0, std::max(part(workload.requests.cpu.count, pool.machine.cpu.count),
                                part(workload.requests.memory.count, pool.machine.memory.count)));
}

bool takes(const Pool& pool, const Workload& workload) {
  const auto room = room_on_node(workload, pool);
  return pool.nodes_max > 0 && (!room || *room > 0) && workload.requests.cpu <= pool.machine.cpu &&
         workload.requests.memory <= pool.machine.memory &&
         tolerates(workload.tolerations, pool.taints) && selects(workload.node_selector, pool, "");
}

// Of those that take it, the one that is there soonest.
const Pool* pool_of(const Scenario& scenario, const Workload& workload) {
  const Pool* best = nullptr;
  for (const Pool& pool : scenario.cluster.pools) {
    if (!takes(pool, workload)) continue;
    if (pool.nodes_min == 0 && !scenario.cluster.node_autoscaler.enabled) continue;
    if (!best || is_quicker(pool, *best)) best = &pool;
  }
  return best;
}

// How long a node that nobody needs is paid for.
Duration idle_node(const NodeAutoscaler& autoscaler) {
  const bool karpenter = autoscaler.kind == NodeAutoscaler::Kind::karpenter;
  if (!karpenter && !autoscaler.scale_down) return {};
  const Duration seen = autoscaler.scan / 2 + autoscaler.deletion;
  if (karpenter) return seen + autoscaler.karpenter.consolidate_after.value_or(Duration{});
  return seen + autoscaler.unneeded + autoscaler.taint_delay;
}

Distribution sum_from(const std::vector<ColdStartStage>& stages, After first) {
  std::vector<Distribution> left;
  for (const ColdStartStage& stage : stages)
    if (stage.after >= first) left.push_back(stage.duration);
  return sum_of(left);
}

Distribution from_host_memory(std::vector<ColdStartStage> stages, Bytes size, const Links& links) {
  for (ColdStartStage& stage : stages) {
    if (!stage.moves_model) continue;
    stage.duration = Distribution::constant(Distribution::rounded(
        static_cast<double>(size.count) / static_cast<double>(links.host_memory.count) * 1e9));
  }
  return sum_from(stages, After::image);
}

}  // namespace

std::vector<Level> levels_of(const Scenario& scenario, const FunctionSpec& function) {
  const Workload& workload = scenario.manifests.workloads[function.workload];
  const Pool* const pool = pool_of(scenario, workload);
  if (!pool) return {};
  const double per_s =
      static_cast<double>(pool->machine.price.per_hour) / 1e9 / 3600 * share_ratio(workload, *pool);
  if (per_s <= 0) return {};

  const std::vector<ColdStartStage> stages = cold_start_stages(scenario, function, *pool);
  const auto paid = [&](const Distribution& while_it_lasts, Duration idle) {
    return per_s * (while_it_lasts.mean() / 1e9 + seconds(idle));
  };
  const bool with_node = pool->nodes_min == 0;
  const Duration idle = with_node ? idle_node(scenario.cluster.node_autoscaler) : Duration{};
  std::vector<Level> levels;
  levels.push_back(
      {"off", sum_from(stages, After::nothing), 0, paid(sum_from(stages, After::order), idle)});
  const Distribution image = sum_from(stages, After::image);
  if (with_node) levels.push_back({"image", image, per_s, paid(image, {})});
  if (function.model && scenario.cluster.links.host_memory.count > 0) {
    const Distribution left =
        from_host_memory(stages, function.model->size, scenario.cluster.links);
    levels.push_back({"host memory", left, with_node ? per_s : 0, paid(left, {})});
  }
  levels.push_back({"serving", Distribution::constant(Duration{}), per_s, 0});
  return levels;
}

}  // namespace thaw
