#include "sim/nodes.hpp"

#include <algorithm>

#include "engine/invariant.hpp"
#include "engine/scenario/mig_profiles.hpp"
#include "sim/sharing/modes.hpp"

namespace thaw::sim {
namespace {

// A node whose card must be reset to turn MIG on boots once more before its GPUs are there.
Duration reboot_of(const Pool& pool, Duration boot) {
  if (pool.gpu_sharing.mode != GpuSharing::Mode::mig) return {};
  const bool must = mig_needs_reboot(pool.machine.gpu_model);
  return pool.gpu_sharing.reboot.value_or(must ? boot : Duration{0});
}

}  // namespace

bool fits(const Resources& request, const Resources& allocatable, const Resources& used) {
  if (request.cpu + used.cpu > allocatable.cpu || request.memory + used.memory > allocatable.memory)
    return false;
  return std::all_of(request.extended.begin(), request.extended.end(), [&](const auto& wanted) {
    if (wanted.second == 0) return true;
    const auto has = allocatable.extended.find(wanted.first);
    if (has == allocatable.extended.end()) return false;
    const auto taken = used.extended.find(wanted.first);
    return wanted.second + (taken == used.extended.end() ? 0 : taken->second) <= has->second;
  });
}

void reserve(Resources& used, const Resources& request) {
  used.cpu += request.cpu;
  used.memory += request.memory;
  for (const auto& [name, amount] : request.extended) used.extended[name] += amount;
}

void release(Resources& used, const Resources& request) {
  used.cpu -= request.cpu;
  used.memory -= request.memory;
  for (const auto& [name, amount] : request.extended) used.extended[name] -= amount;
}

bool has_room(const Node& node, const Resources& request) {
  Resources allocatable = node.allocatable;
  if (node.stage == NodeStage::ready) allocatable.extended.clear();
  if (!node.cards) return fits(request, allocatable, node.used);
  return fits(node.cards->counted(request), allocatable, node.used) &&
         node.cards->choose(request).refusal == CardRefusal::none;
}

void occupy(Node& node, PodId pod, const Resources& request) {
  if (!node.cards) return reserve(node.used, request);
  reserve(node.used, node.cards->counted(request));
  node.cards->take(pod, request);
}

void vacate(Node& node, PodId pod, const Resources& request) {
  if (!node.cards) return release(node.used, request);
  release(node.used, node.cards->counted(request));
  node.cards->free(pod);
}

double dominant_share_ratio(const Resources& request, const Resources& allocatable) {
  const auto part = [](std::int64_t asked, std::int64_t there) {
    return there > 0 ? static_cast<double>(asked) / static_cast<double>(there) : 0.0;
  };
  double share = std::max(part(request.cpu.count, allocatable.cpu.count),
                          part(request.memory.count, allocatable.memory.count));
  for (const auto& [name, amount] : request.extended) {
    const auto has = allocatable.extended.find(name);
    if (has != allocatable.extended.end()) share = std::max(share, part(amount, has->second));
  }
  return std::min(share, 1.0);
}

Resources capacity_of(const Pool& pool) {
  Resources capacity{pool.machine.cpu, pool.machine.memory, {}};
  if (pool.machine.gpus > 0) sharing_mode(pool.gpu_sharing.mode).offer(pool, capacity);
  return capacity;
}

Resources template_of(const Pool& pool) {
  if (pool.gpu_sharing.shares_foreseen) return capacity_of(pool);
  Resources expected{pool.machine.cpu, pool.machine.memory, {}};
  if (pool.machine.gpus > 0) expected.extended[kGpuCards] = pool.machine.gpus;
  return expected;
}

bool can_host(const Pool& pool, const Workload& workload) {
  return fits(workload.requests, capacity_of(pool), {}) &&
         tolerates(workload.tolerations, pool.taints) && selects(workload.node_selector, pool, "");
}

Nodes::Nodes(World& world, NodeListener& listener)
    : world_(world), listener_(listener), cloud_(world) {
  NodeSlot next = 0;
  for (const Pool& pool : world.scenario.cluster.pools) {
    first_slot_.push_back(next);
    next += static_cast<NodeSlot>(pool.nodes_max);
    taken_.emplace_back(static_cast<std::size_t>(pool.nodes_max), false);
    ordinal_.push_back(0);
  }
}

NodeSlot Nodes::slots(const std::vector<Pool>& pools) {
  NodeSlot all = 0;
  for (const Pool& pool : pools) all += static_cast<NodeSlot>(pool.nodes_max);
  return all;
}

void Nodes::start() {
  const auto& pools = world_.scenario.cluster.pools;
  for (std::size_t pool = 0; pool < pools.size(); ++pool) {
    world_.gauges.set(Gauge::nodes, pool, 0, world_.now());
    for (int i = 0; i < pools[pool].nodes_min; ++i) enter(add(pool), NodeStage::usable);
  }
}

std::int64_t Nodes::vacancies(std::size_t pool) const {
  return std::count(taken_[pool].begin(), taken_[pool].end(), false);
}

std::size_t Nodes::count(std::size_t pool) const {
  return static_cast<std::size_t>(std::count_if(
      nodes_.begin(), nodes_.end(),
      [&](const Node& node) { return node.pool == pool && node.stage < NodeStage::draining; }));
}

Node& Nodes::add(std::size_t pool) {
  auto& taken = taken_[pool];
  const auto free = std::find(taken.begin(), taken.end(), false);
  THAW_CHECK(free != taken.end(), "a node is ordered above its pool's maximum");
  *free = true;
  const Pool& spec = world_.scenario.cluster.pools[pool];
  Node node;
  node.id = static_cast<NodeId>(nodes_.size());
  node.pool = pool;
  node.slot = first_slot_[pool] + static_cast<NodeSlot>(free - taken.begin());
  node.name = spec.name + "-" + std::to_string(++ordinal_[pool]);
  node.ordered = node.stage_since = world_.now();
  node.entered.note(NodeStage::ordered, world_.now());
  node.allocatable = capacity_of(spec);
  if (spec.machine.gpus > 0) node.cards = sharing_mode(spec.gpu_sharing.mode).make(spec);
  return nodes_.emplace_back(std::move(node));
}

Node& Nodes::order(std::size_t pool) {
  const auto machines = [this](std::optional<std::size_t> of) {
    return std::count_if(nodes_.begin(), nodes_.end(), [&](const Node& node) {
      return node.stage != NodeStage::gone && node.supply == Supply::coming &&
             (!of || node.pool == *of);
    });
  };
  const Supply supply = cloud_.supply(pool, machines(pool), machines({}));
  Node& node = add(pool);
  node.supply = supply;
  const Provisioning& provisioning = world_.scenario.cluster.pools[pool].provisioning;
  Random random = world_.random("node provisioning/" + world_.scenario.cluster.pools[pool].name,
                                ordinal_[pool]);
  const auto total = static_cast<double>(provisioning.total.draw(random).count());
  Cloud::Stages stages;
  stages.instance = Duration{static_cast<std::int64_t>(total * provisioning.instance_ratio)};
  stages.boot = Duration{static_cast<std::int64_t>(total * provisioning.boot_ratio)};
  stages.gpu = Duration{static_cast<std::int64_t>(total)} - stages.instance - stages.boot;
  cloud_.slow_down(pool, stages);
  node.until_ready = stages.boot;
  node.until_usable = stages.gpu + reboot_of(world_.scenario.cluster.pools[pool], stages.boot);
  tell(node, "ordered", node.name + " ordered");
  if (supply == Supply::error) {
    tell(node, "refused", node.name + " refused: no machine to be had");
  } else if (supply == Supply::coming) {
    node.next_stage = world_.events.after(stages.instance, *this, 0, node.id);
  }
  listener_.node_changed(node);
  return node;
}

void Nodes::fire(std::uint32_t, std::uint64_t arg) {
  Node& node = nodes_[arg];
  node.next_stage = {};
  switch (node.stage) {
    case NodeStage::ordered:
      tell(node, "created", node.name + " VM created");
      enter(node, NodeStage::created);
      node.next_stage = world_.events.after(node.until_ready, *this, 0, node.id);
      break;
    case NodeStage::created:
      tell(node, "ready", node.name + " Node Ready");
      enter(node, NodeStage::ready);
      if (world_.scenario.cluster.pools[node.pool].machine.gpus == 0) {
        enter(node, NodeStage::usable);
      } else {
        node.next_stage = world_.events.after(node.until_usable, *this, 0, node.id);
      }
      break;
    case NodeStage::ready:
      tell(node, "allocatable", node.name + " GPU allocatable");
      enter(node, NodeStage::usable);
      break;
    case NodeStage::deleting:
      leave(node, false);
      break;
    default:
      THAW_CHECK(false, "a node has no next stage");
  }
}

void Nodes::enter(Node& node, NodeStage stage) {
  node.stage = stage;
  node.entered.note(stage, world_.now());
  node.stage_since = world_.now();
  count_objects(node.pool);
  listener_.node_changed(node);
}

void Nodes::drain(Node& node) {
  world_.events.cancel(node.next_stage);
  node.unmarked = node.stage;
  tell(node, "draining", node.name + " marked for removal");
  enter(node, NodeStage::draining);
}

void Nodes::restore(Node& node) {
  tell(node, "restored", node.name + " stays after all");
  enter(node, node.unmarked);
  if (node.stage == NodeStage::ready)  // its driver's time begins anew
    node.next_stage = world_.events.after(node.until_usable, *this, 0, node.id);
}

void Nodes::erase(Node& node) {
  world_.events.cancel(node.next_stage);
  if (node.supply != Supply::coming) return leave(node, false);  // there is no VM to delete
  enter(node, NodeStage::deleting);
  node.next_stage =
      world_.events.after(world_.scenario.cluster.node_autoscaler.deletion, *this, 0, node.id);
}

void Nodes::lose(Node& node) {
  world_.events.cancel(node.next_stage);
  leave(node, true);
}

void Nodes::leave(Node& node, bool lost) {
  listener_.node_leaving(node, lost);
  taken_[node.pool][node.slot - first_slot_[node.pool]] = false;
  tell(node, lost ? "lost" : "gone", node.name + (lost ? " lost" : " gone"));
  enter(node, NodeStage::gone);
}

void Nodes::count_objects(std::size_t pool) {
  const auto there = std::count_if(nodes_.begin(), nodes_.end(), [&](const Node& node) {
    return node.pool == pool && node.has_object();
  });
  world_.gauges.set(Gauge::nodes, pool, there, world_.now());
}

void Nodes::tell(const Node& node, const std::string& what, const std::string& words) {
  world_.tell(EventKind::node, world_.scenario.cluster.pools[node.pool].name, what, words,
              {{"node", node.name}});
}

}  // namespace thaw::sim
