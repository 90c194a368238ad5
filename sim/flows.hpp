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
  // From now on so many times as slow as the scenario says.
  void slow_registry(double times);
  bool active() const { return fluid_ && fluid_->active() > 0; }
  void advance(Pump& pump, FlowListener& listener) { fluid_->advance(pump, listener); }

 private:
  BytesPerSecond registry() const;

  const World& world_;
  double registry_slower_ = 1;
  std::unique_ptr<Fluid> fluid_;
};

}  // namespace thaw::sim
