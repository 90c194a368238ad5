// What adds nodes for pods that fit nowhere and takes away those that nobody needs: one class an
// autoscaler, each in a file of sim/autoscaler/, and one line in node_autoscaler.cpp.
#pragma once

#include <memory>

#include "sim/nodes.hpp"
#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class NodeAutoscalerLoop {
 public:
  virtual ~NodeAutoscalerLoop() = default;
  virtual void start() = 0;
  virtual void pod_changed(const Pod&) {}
  virtual void node_changed(const Node&) {}
};

// The one that the scenario names; never null.
std::unique_ptr<NodeAutoscalerLoop> make_node_autoscaler(World& world, Nodes& nodes, Pods& pods);

}  // namespace thaw::sim
