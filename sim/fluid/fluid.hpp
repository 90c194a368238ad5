// The fluid half of the simulated world: flows of bytes that share links max-min fairly.
//
// Behind this interface stands SimGrid, in a shared object that is opened when the first flow
// starts: just linking it costs 25 ms and 32 MB at start, and most runs have no flow at all. One
// Fluid a process (SimGrid's engine is a singleton).
//
// Time: the simulator's own integer nanoseconds. While no flow is active SimGrid's clock stands
// still; each active phase maps it to the own time at which its first flow started (a double that
// counted from the epoch would not hold the nanosecond). A flow's end is rounded to the nearest
// nanosecond as long as flows have been active for less than 24 days in all; each doubling after
// that doubles the rounding.
//
// Order at one instant: own events first, then the flows that ended, by their FlowId. What these
// callbacks do at the same instant follows in the same order, so an own event can still cancel a
// flow, or take its node away, at the very instant of its end.
//
// Errors: a call that breaks a rule below is a bug (THAW_CHECK). std::runtime_error if SimGrid
// itself fails; what pump or listener throw passes through advance(), after which the Fluid is of
// no further use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/quantity.hpp"
#include "engine/time.hpp"

namespace thaw::sim {

using FlowId = std::uint64_t;    // ascending in the order of start()
using NodeSlot = std::uint32_t;  // a place in a pool that a node may take, numbered over all pools

enum class FlowSource : std::uint8_t { registry, internet, volume };

struct Capacities {
  BytesPerSecond registry, internet, volume;  // one link each for the whole cluster
  BytesPerSecond node, pull;  // one of each a node; `pull` only for what comes from the registry
  NodeSlot slots = 0;
};

// The event queue as the fluid half needs it: run_until() is called while flows are active.
class Pump {
 public:
  virtual ~Pump() = default;
  virtual TimePoint next() const = 0;  // of the earliest own event; TimePoint::never() if none
  virtual void run_until(TimePoint now) = 0;  // fires every own event up to and including `now`
  virtual bool stopped() const = 0;           // true: return from advance() as soon as possible
};

class FlowListener {
 public:
  virtual ~FlowListener() = default;
  virtual void flow_ended(FlowId, TimePoint, bool completed) = 0;  // false: its node was lost
};

// `now` is the instant of the own event, or of the flow_ended(), from which a call is made. While a
// flow is active, time moves in advance() only.
class Fluid {
 public:
  virtual ~Fluid() = default;

  // The node must be on. A flow of 0 bytes ends at once, through the listener like any other.
  virtual FlowId start(FlowSource, NodeSlot, Bytes, TimePoint now) = 0;
  // No flow_ended() follows. Nothing happens if it came already.
  virtual void cancel(FlowId, TimePoint now) = 0;

  // Every slot is off at first. The flows to a node that goes off end with completed = false, at
  // `now` but after node_off() returned.
  virtual void node_on(NodeSlot) = 0;
  virtual void node_off(NodeSlot, TimePoint now) = 0;

  // Of the one link of a source, from now on; above 0.
  virtual void set_capacity(FlowSource, BytesPerSecond, TimePoint now) = 0;

  // Flows that were started, and neither cancelled nor told as ended.
  virtual std::size_t active() const = 0;

  // Runs the pump's events and the flows in lock step until no flow is active or the pump stopped.
  // What it calls may start and cancel flows and turn nodes on and off. After a stop, the Fluid is
  // of no further use.
  virtual void advance(Pump&, FlowListener&) = 0;
};

// Opens the module. Throws std::runtime_error with what to install when it is missing.
std::unique_ptr<Fluid> open_fluid(const Capacities&);

}  // namespace thaw::sim
