#include "sim/node_autoscaler.hpp"

#include "engine/invariant.hpp"
#include "sim/autoscaler/cluster_autoscaler.hpp"
#include "sim/autoscaler/karpenter.hpp"

namespace thaw::sim {
namespace {

class None final : public NodeAutoscalerLoop {
 public:
  void start() override {}
};

}  // namespace

std::unique_ptr<NodeAutoscalerLoop> make_node_autoscaler(World& world, Nodes& nodes, Pods& pods) {
  using Kind = NodeAutoscaler::Kind;
  const NodeAutoscaler& settings = world.scenario.cluster.node_autoscaler;
  if (!settings.enabled) return std::make_unique<None>();
  switch (settings.kind) {
    case Kind::cluster_autoscaler:
      return std::make_unique<ClusterAutoscaler>(world, nodes, pods);
    case Kind::karpenter:
      return std::make_unique<Karpenter>(world, nodes, pods);
  }
  THAW_CHECK(false, "a kind of node autoscaler without a class");
  return nullptr;
}

}  // namespace thaw::sim
