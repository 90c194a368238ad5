// Karpenter's loop that takes nodes away: empty ones together, then several for one that is
// cheaper, then one by one; and nodes that have reached their greatest age.
//
// Source: Karpenter 1.14, controllers disruption and expiration. A command waits 15 s and must
// then still hold; with a replacement the nodes are marked at once and drained when it is usable.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sim/autoscaler/disruption_budgets.hpp"
#include "sim/autoscaler/drain.hpp"
#include "sim/autoscaler/fleet.hpp"
#include "sim/nodes.hpp"
#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class Disruption final : public Handler, DrainListener {
 public:
  Disruption(World& world, Nodes& nodes, Pods& pods, Fleet& fleet);

  void start();
  void node_changed(const Node& node);
  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  struct Command {
    std::vector<NodeId> nodes;
    bool empty = false;                    // they have no pods
    std::vector<std::size_t> replacement;  // pools of one new node; none: they just go
  };
  void look();
  void validate();
  void carry_out(const Command& command);
  void drain_failed(Node&) override {}

  std::vector<NodeId> candidates() const;  // that may go, fewest pods first
  bool may_go(const Node& node) const;
  std::size_t allowed() const;  // of the budget
  bool is_empty(const Node& node) const;
  std::optional<Command> empty_ones(const std::vector<NodeId>& candidates) const;
  std::optional<Command> several(const std::vector<NodeId>& candidates) const;
  std::optional<Command> one(const std::vector<NodeId>& candidates) const;
  std::optional<Command> without(const std::vector<NodeId>& nodes) const;
  void drop_types_like_theirs(Command& command) const;
  Nanomoney price(NodeId node) const;

  World& world_;
  Nodes& nodes_;
  Pods& pods_;
  Fleet& fleet_;
  const NodeAutoscaler& settings_;
  DisruptionBudgets budgets_;
  Drain drain_;
  std::optional<Command> waiting_;                      // being validated
  std::map<NodeId, std::vector<NodeId>> replacements_;  // by the new node, those that then go
};

}  // namespace thaw::sim
