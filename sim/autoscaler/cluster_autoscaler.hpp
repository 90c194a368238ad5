// cluster-autoscaler: one loop each scan interval, scale-up before scale-down.
//
// Source: cluster-autoscaler 1.36 (FAQ, flags, core, clusterstate, estimator). Kept: unschedulable
// pods only; room on nodes that are there or upcoming is used up first; a node with the GPU label
// and no allocatable GPU is upcoming, one without the label is a node without GPUs; one pool is
// grown in a loop, by as many nodes as the bin packing says; orders that fail, or bring no node in
// time, end in a back-off of the pool, and another is tried meanwhile; too many unready nodes stop
// everything. Left out: similar pools are not balanced, priorities of pods, limits of the cluster's
// resources, the time that the loop itself takes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/random.hpp"
#include "sim/autoscaler/backoff.hpp"
#include "sim/autoscaler/expander.hpp"
#include "sim/autoscaler/scale_down.hpp"
#include "sim/node_autoscaler.hpp"

namespace thaw::sim {

class ClusterAutoscaler final : public NodeAutoscalerLoop, public Handler {
 public:
  ClusterAutoscaler(World& world, Nodes& nodes, Pods& pods);

  void start() override;
  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  void scan();
  void give_up_orders();  // that failed or take too long
  void forget_backoffs();
  void fail(std::size_t pool, const char* why);
  bool healthy() const;
  bool scale_up();
  std::vector<const Workload*> pods_without_room();
  bool upcoming(const Node& node) const;

  World& world_;
  Nodes& nodes_;
  Pods& pods_;
  const NodeAutoscaler& settings_;
  Backoff backoff_;
  ScaleDown scale_down_;
  Random luck_;                // of the expander
  std::vector<bool> growing_;  // pools with nodes on their way
};

}  // namespace thaw::sim
