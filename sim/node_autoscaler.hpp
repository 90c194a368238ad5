// cluster-autoscaler: one loop each scan interval, scale-up before scale-down.
//
// Source: cluster-autoscaler 1.36 (FAQ and flags). Kept: unschedulable pods only; room on nodes
// that are there or upcoming is used up first (a GPU node without allocatable GPU is upcoming);
// pools by least waste; scale-down only in loops without scale-up and after the cool-down; a node
// must be unneeded without a break; utilisation of a GPU node counts GPUs only; nodes below the
// threshold whose pods fit elsewhere are drained, one at a time, empty ones at once; a disk
// emptyDir blocks removal. Left out: back-off, unready nodes, budgets of disruption, expanders but
// least-waste.
#pragma once

#include <optional>
#include <vector>

#include "sim/nodes.hpp"
#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class NodeAutoscalerLoop final : public Handler {
 public:
  NodeAutoscalerLoop(World& world, Nodes& nodes, Pods& pods);

  void start();
  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  // A node with what is to run on it.
  struct Planned {
    Resources used;
    std::vector<const Workload*> pods;
  };
  void scan();
  bool scale_up();
  void scale_down();
  bool has_room_soon(const Workload& wanted, std::vector<Planned>& planned);
  Planned as_it_is(const Node& node) const;
  static void place(Planned& node, const Workload& wanted);
  static bool accepts(const Planned& node, const Workload& wanted, const Resources& allocatable);
  std::optional<std::size_t> pool_for(const Workload& wanted) const;
  bool unneeded(const Node& node) const;
  bool movable(const Node& node) const;
  double utilisation_ratio(const Node& node) const;
  void remove(Node& node);

  World& world_;
  Nodes& nodes_;
  Pods& pods_;
  const NodeAutoscaler& settings_;
  std::optional<TimePoint> last_scale_up_;
};

}  // namespace thaw::sim
