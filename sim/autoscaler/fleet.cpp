#include "sim/autoscaler/fleet.hpp"

#include <algorithm>

namespace thaw::sim {
namespace {

constexpr Duration kUnavailable = std::chrono::minutes(3);
constexpr Duration kOneEvent = std::chrono::seconds(10);

}  // namespace

Fleet::Fleet(World& world, Nodes& nodes, Pods& pods)
    : world_(world),
      nodes_(nodes),
      pods_(pods),
      unavailable_until_(world.scenario.cluster.pools.size()) {}

Node* Fleet::launch(const std::vector<std::size_t>& pools) {
  for (const std::size_t pool : pools) {
    if (!nodes_.room(pool) || world_.now() < unavailable_until_[pool]) continue;
    Node& node = nodes_.order(pool);
    if (node.supply != Supply::error) {
      claims_.emplace(node.id, Claim{});
      return &node;
    }
    unavailable_until_[pool] = world_.now() + kUnavailable;
    nodes_.erase(node);
  }
  return nullptr;
}

void Fleet::give_up_orders() {
  const Duration most = world_.scenario.cluster.node_autoscaler.provision_time;
  for (const NodeId id : owned()) {
    Node& node = nodes_.get(id);
    if (node.stage <= NodeStage::created && world_.now() - node.ordered >= most) nodes_.erase(node);
  }
}

std::vector<NodeId> Fleet::owned() const {
  std::vector<NodeId> owned;
  for (const auto& [id, claim] : claims_)
    if (nodes_.get(id).stage != NodeStage::gone) owned.push_back(id);
  return owned;
}

void Fleet::nominate(NodeId node, Duration span) {
  const auto claim = claims_.find(node);
  if (claim != claims_.end()) claim->second.nominated_until = world_.now() + span;
}

void Fleet::pod_event(NodeId node) {
  const auto claim = claims_.find(node);
  if (claim == claims_.end()) return;
  auto& last = claim->second.pod_event;
  if (!last || world_.now() - *last >= kOneEvent) last = world_.now();
}

std::vector<NodeId> Fleet::there(const std::set<NodeId>& but) const {
  std::vector<NodeId> there;
  for (const Node& node : nodes_.all())
    if (node.stage <= NodeStage::usable && !but.contains(node.id)) there.push_back(node.id);
  return there;
}

Packing Fleet::packing(const std::vector<NodeId>& there) const {
  const auto& pools = world_.scenario.cluster.pools;
  std::vector<std::int64_t> vacancies;
  for (std::size_t pool = 0; pool < pools.size(); ++pool)
    vacancies.push_back(world_.now() < unavailable_until_[pool] ? 0 : nodes_.vacancies(pool));
  std::vector<PlannedNode> nodes;
  for (const NodeId id : there) nodes.push_back(planned(world_, pods_, nodes_.get(id)));
  return {pools, std::move(vacancies), std::move(nodes)};
}

}  // namespace thaw::sim
