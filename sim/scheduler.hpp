// kube-scheduler as far as it decides here: filter by stage, taints, selector, anti-affinity and
// resources; among the nodes left, those that preferred anti-affinity minds least, and of these the
// one with the smallest dominant share in use (LeastAllocated; the largest where the node
// autoscaler packs), the oldest on a tie. (Upstream adds weighted scores, with anti-affinity at
// twice the weight of LeastAllocated.) Pods are tried in the order of their creation; a pod that
// fits nowhere is marked unschedulable and tried again when something changed. Where HAMi splits
// the cards, its own scheduler decides instead for pods that want one (fullest or emptiest node
// first, by its policy): see sim/sharing/vgpu.hpp.
#pragma once

#include <string>

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
  bool may_run(const Workload& wanted, const Node& node) const;
  bool repelled(const Workload& wanted, const Node& node) const;
  int reluctance_of(const Workload& wanted, const Node& node) const;
  Node* best(const Pod& pod);
  std::string reason(const Pod& pod);

  World& world_;
  Nodes& nodes_;
  Pods& pods_;
  bool due_ = false;
};

}  // namespace thaw::sim
