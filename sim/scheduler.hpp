// kube-scheduler as far as it decides here: filter by stage, taints, selector and resources; among
// the nodes left, the one with the smallest dominant share in use (LeastAllocated), the oldest on a
// tie. Pods are tried in the order of their creation; a pod that fits nowhere is marked
// unschedulable and tried again when something changed.
#pragma once

#include "sim/nodes.hpp"
#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class Scheduler final : public Handler {
 public:
  Scheduler(World& world, Nodes& nodes, Pods& pods) : world_(world), nodes_(nodes), pods_(pods) {}

  void wake();  // something changed: one pass at this instant, however often it is called
  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  Node* best(const Pod& pod);

  World& world_;
  Nodes& nodes_;
  Pods& pods_;
  bool due_ = false;
};

}  // namespace thaw::sim
