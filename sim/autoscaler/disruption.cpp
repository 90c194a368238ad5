#include "sim/autoscaler/disruption.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace thaw::sim {
namespace {

enum : std::uint32_t { kLook, kValidate, kExpire };

constexpr Duration kValidation = std::chrono::seconds(15);
constexpr std::size_t kMostAtOnce = 100;  // of several for one
constexpr const char* kDoNotDisrupt = "karpenter.sh/do-not-disrupt";

bool says_do_not_disrupt(const Workload& workload) {
  const auto found = workload.annotations.find(kDoNotDisrupt);
  return found != workload.annotations.end() && found->second.value == "true";
}

}  // namespace

Disruption::Disruption(World& world, Nodes& nodes, Pods& pods, Fleet& fleet)
    : world_(world),
      nodes_(nodes),
      pods_(pods),
      fleet_(fleet),
      settings_(world.scenario.cluster.node_autoscaler),
      budgets_(world, pods),
      drain_(world, nodes, pods, *this, {}) {}

// The loop's phase against the rest of the cluster is chance.
void Disruption::start() {
  Random phase = world_.random("node autoscaler phase");
  world_.events.after(Duration{static_cast<std::int64_t>(
                          phase.below(static_cast<std::uint64_t>(settings_.scan.count())))},
                      *this, kLook);
}

void Disruption::fire(std::uint32_t what, std::uint64_t arg) {
  if (what == kLook) return look();
  if (what == kValidate) return validate();
  Node& node = nodes_.get(static_cast<NodeId>(arg));
  if (node.stage < NodeStage::draining) drain_.begin(node);
}

void Disruption::node_changed(const Node& node) {
  if (node.stage == NodeStage::ordered && settings_.karpenter.expire_after)
    world_.events.after(*settings_.karpenter.expire_after, *this, kExpire, node.id);
  const auto replaced = replacements_.find(node.id);
  if (replaced == replacements_.end() || node.stage < NodeStage::usable) return;
  const std::vector<NodeId> old = std::move(replaced->second);
  replacements_.erase(replaced);
  fleet_.nominate(node.id, 2 * settings_.karpenter.batch_max);  // their pods are about to come
  for (const NodeId id : old) {
    Node& victim = nodes_.get(id);
    if (victim.stage != NodeStage::draining) continue;
    if (node.stage == NodeStage::usable) {
      drain_.begin(victim);
    } else {
      nodes_.restore(victim);  // the new one did not come
    }
  }
}

void Disruption::look() {
  fleet_.give_up_orders();
  const std::vector<NodeId> all = candidates();
  waiting_ = empty_ones(all);
  const bool underutilised =
      settings_.karpenter.policy == KarpenterSettings::Consolidates::empty_or_underutilized;
  if (!waiting_ && underutilised) waiting_ = several(all);
  if (!waiting_ && underutilised) waiting_ = one(all);
  if (waiting_) {
    world_.events.after(kValidation, *this, kValidate);
  } else {
    world_.events.after(settings_.scan, *this, kLook);
  }
}

// What came meanwhile makes a command invalid; of empty nodes those are taken that still are.
void Disruption::validate() {
  Command command = std::move(*waiting_);
  waiting_.reset();
  const auto lost = [&](NodeId id) {
    const Node& node = nodes_.get(id);
    return !may_go(node) || (command.empty && !is_empty(node));
  };
  if (command.empty) std::erase_if(command.nodes, lost);
  bool valid = !command.nodes.empty() && command.nodes.size() <= allowed() &&
               std::none_of(command.nodes.begin(), command.nodes.end(), lost);
  if (valid && !command.empty) {
    const auto again = without(command.nodes);
    valid = again && again->replacement.empty() == command.replacement.empty();
  }
  if (valid) carry_out(command);
  world_.events.after(valid ? Duration{0} : settings_.scan, *this, kLook);
}

void Disruption::carry_out(const Command& command) {
  if (command.replacement.empty()) {
    for (const NodeId id : command.nodes) drain_.begin(nodes_.get(id));
    return;
  }
  const Node* const fresh = fleet_.launch(command.replacement);
  if (!fresh) return;
  for (const NodeId id : command.nodes) nodes_.drain(nodes_.get(id));
  replacements_[fresh->id] = command.nodes;
}

// --- who may go ---

bool Disruption::is_empty(const Node& node) const {
  return std::none_of(node.pods.begin(), node.pods.end(),
                      [&](PodId id) { return pods_.get(id).active(); });
}

bool Disruption::may_go(const Node& node) const {
  const auto& after = settings_.karpenter.consolidate_after;
  if (!after || !fleet_.owns(node.id) || node.stage != NodeStage::usable ||
      fleet_.nominated(node.id) || !node.residents.empty())
    return false;
  const TimePoint since = fleet_.last_pod_event(node.id).value_or(node.stage_since);
  if (world_.now() - since < *after) return false;
  return std::all_of(node.pods.begin(), node.pods.end(), [&](PodId id) {
    const Pod& pod = pods_.get(id);
    return !pod.active() || (!says_do_not_disrupt(pods_.workload(pod)) && budgets_.may_evict(pod));
  });
}

std::vector<NodeId> Disruption::candidates() const {
  std::vector<NodeId> found;
  for (const NodeId id : fleet_.owned())
    if (may_go(nodes_.get(id))) found.push_back(id);
  std::stable_sort(found.begin(), found.end(), [&](NodeId a, NodeId b) {
    return nodes_.get(a).pods.size() < nodes_.get(b).pods.size();
  });
  return found;
}

// Of those that there are, less those that are not whole now.
std::size_t Disruption::allowed() const {
  std::int64_t there = 0, away = 0;
  for (const NodeId id : fleet_.owned()) {
    const NodeStage stage = nodes_.get(id).stage;
    there += stage >= NodeStage::usable;
    away += stage >= NodeStage::draining;
  }
  const CountOrRatio& budget = settings_.karpenter.budget;
  std::int64_t limit = budget.count;
  if (budget.ratio) {  // per cent, whole, rounded up
    const auto percent = static_cast<std::int64_t>(*budget.ratio * 100 + 0.5);
    limit = (percent * there + 99) / 100;
  }
  return static_cast<std::size_t>(std::max<std::int64_t>(0, limit - away));
}

// --- what could be done ---

std::optional<Disruption::Command> Disruption::empty_ones(
    const std::vector<NodeId>& candidates) const {
  Command command{{}, true, {}};
  for (const NodeId id : candidates)
    if (is_empty(nodes_.get(id)) && command.nodes.size() < allowed()) command.nodes.push_back(id);
  return command.nodes.empty() ? std::nullopt : std::optional(command);
}

// The longest run of candidates that can go for at most one new node, by bisection.
std::optional<Disruption::Command> Disruption::several(
    const std::vector<NodeId>& candidates) const {
  const std::size_t count = std::min({candidates.size(), allowed(), kMostAtOnce});
  std::optional<Command> best;
  std::size_t least = 2, most = count;
  while (least <= most) {
    const std::size_t middle = (least + most) / 2;
    auto command =
        without({candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(middle)});
    const bool replaces = command && !command->replacement.empty();
    if (replaces) drop_types_like_theirs(*command);
    if (command && (!replaces || !command->replacement.empty())) {
      best = std::move(command);
      least = middle + 1;
    } else {
      most = middle - 1;
    }
  }
  return best;
}

std::optional<Disruption::Command> Disruption::one(const std::vector<NodeId>& candidates) const {
  if (allowed() == 0) return {};
  for (const NodeId id : candidates)
    if (auto command = without({id})) return command;
  return {};
}

// Their pods on the other nodes, and on one new node that is cheaper than they are together.
std::optional<Disruption::Command> Disruption::without(const std::vector<NodeId>& nodes) const {
  std::vector<const Workload*> pods;
  Nanomoney together = 0;
  bool all_spot = true;
  const auto& pools = world_.scenario.cluster.pools;
  for (const NodeId id : nodes) {
    together += price(id);
    all_spot &= pools[nodes_.get(id).pool].spot.has_value();
    for (const PodId pod : nodes_.get(id).pods)
      if (pods_.get(pod).active()) pods.push_back(&pods_.workload(pods_.get(pod)));
  }
  const auto there = fleet_.there({nodes.begin(), nodes.end()});
  Packing::Result result = fleet_.packing(there).pack(std::move(pods));
  const bool waits = std::any_of(result.used.begin(), result.used.end(), [&](std::size_t used) {
    return nodes_.get(there[used]).stage != NodeStage::usable;
  });
  if (waits || !result.left.empty() || result.claims.size() > 1) return {};
  Command command{nodes, false, {}};
  if (result.claims.empty()) return command;
  command.replacement = std::move(result.claims.front().pools);
  std::erase_if(command.replacement, [&](std::size_t pool) {
    return pools[pool].machine.price.per_hour >= together || (all_spot && pools[pool].spot);
  });
  return command.replacement.empty() ? std::nullopt : std::optional(command);
}

// To put one of their own kind in place of several means to keep one of them: the new one must be
// cheaper than the cheapest of that kind.
void Disruption::drop_types_like_theirs(Command& command) const {
  std::optional<Nanomoney> most;
  for (const NodeId id : command.nodes) {
    const auto& types = command.replacement;
    if (std::find(types.begin(), types.end(), nodes_.get(id).pool) != types.end())
      most = std::min(most.value_or(price(id)), price(id));
  }
  if (!most) return;
  std::erase_if(command.replacement, [&](std::size_t pool) {
    return world_.scenario.cluster.pools[pool].machine.price.per_hour >= *most;
  });
}

Nanomoney Disruption::price(NodeId node) const {
  return world_.scenario.cluster.pools[nodes_.get(node).pool].machine.price.per_hour;
}

}  // namespace thaw::sim
