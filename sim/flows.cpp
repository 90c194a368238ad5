#include "sim/flows.hpp"

#include <algorithm>

#include "engine/distribution.hpp"
#include "sim/nodes.hpp"

namespace thaw::sim {

FlowId Flows::start(FlowSource from, NodeSlot to, Bytes size) {
  if (!fluid_) {
    const Links& links = world_.scenario.cluster.links;
    fluid_ = open_fluid({registry(), links.internet, links.volume, links.node, links.pull,
                         Nodes::slots(world_.scenario.cluster.pools)});
  }
  fluid_->node_on(to);
  return fluid_->start(from, to, size, world_.now());
}

BytesPerSecond Flows::registry() const {
  const auto full = static_cast<double>(world_.scenario.cluster.links.registry.count);
  return BytesPerSecond(
      std::max<std::int64_t>(1, Distribution::rounded(full / registry_slower_).count()));
}

void Flows::slow_registry(double times) {
  registry_slower_ = times;
  if (fluid_) fluid_->set_capacity(FlowSource::registry, registry(), world_.now());
}

void Flows::node_lost(NodeSlot slot) {
  if (fluid_) fluid_->node_off(slot, world_.now());
}

}  // namespace thaw::sim
