// Machines that the cloud takes back. It gives notice: the node is marked and its pods are told to
// stop at once, as a handler of the notice does; when the notice is over the machine is gone, with
// what is still on it. Source: the clouds' pages on spot machines (2 min at AWS; 30 s at GCE and
// Azure).
#pragma once

#include <cstdint>
#include <set>

#include "sim/nodes.hpp"
#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class SpotMarket final : public Handler {
 public:
  SpotMarket(World& world, Nodes& nodes, Pods& pods) : world_(world), nodes_(nodes), pods_(pods) {}

  void node_changed(const Node& node);  // draws the life of one that has come
  void reclaim(const Fault& fault);
  void fire(std::uint32_t what, std::uint64_t node) override;

 private:
  void announce(Node& node, Duration notice);

  World& world_;
  Nodes& nodes_;
  Pods& pods_;
  std::set<NodeId> drawn_, announced_;
};

}  // namespace thaw::sim
