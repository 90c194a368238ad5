// The nodes that Karpenter bought (NodeClaims), what it remembers of each, and how it buys another.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "sim/autoscaler/packing.hpp"
#include "sim/nodes.hpp"
#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class Fleet {
 public:
  Fleet(World& world, Nodes& nodes, Pods& pods);

  // The first of the pools, in their order, that has a machine; null: none has.
  Node* launch(const std::vector<std::size_t>& pools);
  void give_up_orders();  // that brought no node in time

  bool owns(NodeId node) const { return claims_.contains(node); }
  std::vector<NodeId> owned() const;  // in the order of buying
  void nominate(NodeId node, Duration span);
  bool nominated(NodeId node) const { return world_.now() < claims_.at(node).nominated_until; }
  void pod_event(NodeId node);
  std::optional<TimePoint> last_pod_event(NodeId node) const { return claims_.at(node).pod_event; }

  // Nodes that pods may come to, those on their way included, but for some.
  std::vector<NodeId> there(const std::set<NodeId>& but) const;
  Packing packing(const std::vector<NodeId>& there) const;

 private:
  struct Claim {
    std::optional<TimePoint> pod_event;
    TimePoint nominated_until;
  };
  World& world_;
  Nodes& nodes_;
  Pods& pods_;
  std::map<NodeId, Claim> claims_;
  std::vector<TimePoint> unavailable_until_;  // of each pool
};

}  // namespace thaw::sim
