#include "sim/flows.hpp"

#include "sim/nodes.hpp"

namespace thaw::sim {

FlowId Flows::start(FlowSource from, NodeSlot to, Bytes size) {
  if (!fluid_) {
    const Links& links = world_.scenario.cluster.links;
    fluid_ = open_fluid({links.registry, links.internet, links.volume, links.node, links.pull,
                         Nodes::slots(world_.scenario.cluster.pools)});
  }
  fluid_->node_on(to);
  return fluid_->start(from, to, size, world_.now());
}

void Flows::node_lost(NodeSlot slot) {
  if (fluid_) fluid_->node_off(slot, world_.now());
}

}  // namespace thaw::sim
