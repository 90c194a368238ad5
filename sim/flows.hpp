// The fluid half, opened when the first flow starts.
#pragma once

#include <memory>

#include "sim/fluid/fluid.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class Flows {
 public:
  explicit Flows(const World& world) : world_(world) {}

  FlowId start(FlowSource from, NodeSlot to, Bytes size);
  void cancel(FlowId flow) { fluid_->cancel(flow, world_.now()); }
  void node_lost(NodeSlot slot);  // its flows fail
  bool active() const { return fluid_ && fluid_->active() > 0; }
  void advance(Pump& pump, FlowListener& listener) { fluid_->advance(pump, listener); }

 private:
  const World& world_;
  std::unique_ptr<Fluid> fluid_;
};

}  // namespace thaw::sim
