// The fluid half of the simulated world: flows of bytes that share links max-min fairly.
//
// Behind this interface stands SimGrid, in a shared object that is opened when the first flow starts: just
// linking it costs 25 ms and 32 MB at start, and most runs have no flow at all. One Fluid a process
// (SimGrid's engine is a singleton).
//
// Time: the simulator's own integer nanoseconds. While no flow is active SimGrid's clock stands still; at the
// first flow of an active phase it is mapped by an integer offset (a double loses the nanosecond after 104 days).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/quantity.hpp"
#include "engine/time.hpp"

namespace thaw::sim {

using FlowId = std::uint64_t;
using NodeSlot = std::uint32_t;  // a place in a pool that a node may take, numbered over all pools

enum class FlowSource : std::uint8_t { registry, internet, volume };

struct Capacities {
  BytesPerSecond registry, internet, volume;  // one link each for the whole cluster
  BytesPerSecond node, pull;                  // one of each for every node; `pull` only for what comes from the registry
  NodeSlot slots = 0;
};

// The event queue as the fluid half needs it: run() is called while flows are active.
class Pump {
 public:
  virtual ~Pump() = default;
  virtual TimePoint next() const = 0;        // of the earliest own event; TimePoint::never() if none
  virtual void run_until(TimePoint now) = 0;  // fires every own event up to and including `now`
  virtual bool stopped() const = 0;           // true: return from advance() as soon as possible
};

class FlowListener {
 public:
  virtual ~FlowListener() = default;
  virtual void flow_ended(FlowId, TimePoint, bool completed) = 0;  // false: its node was lost
};

class Fluid {
 public:
  virtual ~Fluid() = default;
  virtual FlowId start(FlowSource, NodeSlot, Bytes, TimePoint now) = 0;
  virtual void cancel(FlowId, TimePoint now) = 0;          // no flow_ended follows
  virtual void node_on(NodeSlot) = 0;
  virtual void node_off(NodeSlot, TimePoint now) = 0;      // flows to it end with completed = false
  virtual std::size_t active() const = 0;
  // Runs the pump's events and the flows in lock step until no flow is active or the pump stopped.
  virtual void advance(Pump&, FlowListener&) = 0;
};

// Opens the module. Throws std::runtime_error with what to install when it is missing.
std::unique_ptr<Fluid> open_fluid(const Capacities&);

}  // namespace thaw::sim
