// The cluster's links as a SimGrid platform: a star in which each source has one link that all its
// flows share, and each node slot a link that all flows to it share, plus a second one that only
// image pulls cross.
//
//   registry ── registry link ─┐                 ┌─ node link ── pull link ── host `pulls`
//   internet ── internet link ─┼── (no links) ───┤
//   volume   ── volume link   ─┘                 └─ node link ── host `loads`
//
// A star zone gives every host one way in, so a slot is two hosts: both ways share the node link.
//
// Units: bytes per second; no latency. Errors: simgrid::Exception if SimGrid refuses.
// One a process.
#pragma once

#include <array>
#include <memory>
#include <simgrid/s4u/Engine.hpp>
#include <simgrid/s4u/Host.hpp>
#include <vector>

#include "sim/fluid/fluid.hpp"

namespace thaw::sim {

class Platform {
 public:
  explicit Platform(const Capacities& capacities);

  simgrid::s4u::Engine& engine() { return *engine_; }
  simgrid::s4u::Host* source(FlowSource from) const {
    return sources_[static_cast<std::size_t>(from)];
  }
  simgrid::s4u::Host* destination(FlowSource from, NodeSlot slot) const;

  void set_capacity(FlowSource from, BytesPerSecond capacity);
  void node_on(NodeSlot slot);
  void node_off(NodeSlot slot);
  bool is_on(NodeSlot slot) const;

 private:
  struct Node {
    simgrid::s4u::Host* pulls;
    simgrid::s4u::Host* loads;
  };
  void add_sources(simgrid::s4u::NetZone& zone, const Capacities& capacities);
  void add_nodes(simgrid::s4u::NetZone& zone, const Capacities& capacities);
  const Node& node(NodeSlot slot) const;

  std::unique_ptr<simgrid::s4u::Engine> engine_;
  std::array<simgrid::s4u::Host*, 3> sources_{};
  std::array<simgrid::s4u::Link*, 3> links_{};  // of the sources
  std::vector<Node> nodes_;
};

}  // namespace thaw::sim
