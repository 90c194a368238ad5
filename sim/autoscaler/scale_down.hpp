// Which nodes cluster-autoscaler removes, and when. Source: cluster-autoscaler 1.36 (FAQ, "How does
// scale-down work?"; eligibility, planner, actuator, drainability rules).
//
// A node is unneeded while its utilisation is below the threshold (of a GPU node GPUs only) and
// every pod of it may be evicted and fits on another node that is there; it must be so without a
// break. Then it is marked, and after a delay drained and deleted: empty ones several at once, one
// with pods at a time.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "sim/autoscaler/disruption_budgets.hpp"
#include "sim/autoscaler/drain.hpp"
#include "sim/autoscaler/planned.hpp"
#include "sim/nodes.hpp"
#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class ScaleDown final : DrainListener {
 public:
  ScaleDown(World& world, Nodes& nodes, Pods& pods);

  void await(NodeId node) { awaited_.insert(node); }  // a pending pod fits it, in this loop
  void look();                                        // moves the timers; each loop
  void remove();                                      // whose time has come
  void added() { added_ = world_.now(); }

 private:
  void drain_failed(Node& node) override;
  bool cooling() const;
  bool removable_stage(const Node& node) const;
  bool unneeded(const Node& node);
  double utilisation_ratio(const Node& node) const;
  bool movable(const Node& node);
  bool keeps_its_node(const Pod& pod) const;
  std::vector<PlannedNode> others(const Node& node) const;

  World& world_;
  Nodes& nodes_;
  Pods& pods_;
  const NodeAutoscaler& settings_;
  DisruptionBudgets budgets_;
  Drain drain_;
  std::set<NodeId> awaited_;
  std::map<NodeId, TimePoint> unremovable_until_;
  std::optional<TimePoint> added_, deleted_, failed_;
};

}  // namespace thaw::sim
