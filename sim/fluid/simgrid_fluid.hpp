// The Fluid on SimGrid 3.32, without actors: one kernel timer, set at the head of the own event
// queue, fires the own events; a signal tells when a flow is over, and the same timer at the same
// date then tells the listener, so that what happens at one instant has one order (fluid.hpp).
//
// Threads: none; all of it runs inside Engine::run() or before it. Errors: see fluid.hpp.
#pragma once

#include <exception>
#include <map>
#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u/Comm.hpp>
#include <vector>

#include "sim/fluid/fluid.hpp"
#include "sim/fluid/phase_clock.hpp"
#include "sim/fluid/platform.hpp"

namespace thaw::sim {

class SimGridFluid final : public Fluid {
 public:
  explicit SimGridFluid(const Capacities& capacities);
  ~SimGridFluid() override;
  SimGridFluid(const SimGridFluid&) = delete;
  SimGridFluid& operator=(const SimGridFluid&) = delete;

  FlowId start(FlowSource from, NodeSlot slot, Bytes size, TimePoint now) override;
  void cancel(FlowId id, TimePoint now) override;
  void node_on(NodeSlot slot) override;
  void node_off(NodeSlot slot, TimePoint now) override;
  void set_capacity(FlowSource from, BytesPerSecond capacity, TimePoint now) override;
  std::size_t active() const override { return flows_.size(); }
  void advance(Pump& pump, FlowListener& listener) override;

 private:
  struct Flow {
    FlowId id;
    NodeSlot slot;
    simgrid::s4u::CommPtr comm;  // empty for a flow of no bytes
    bool ended = false;          // waits in ended_ for the listener to be told
    bool completed = true;
  };

  void start_comm(Flow& flow, FlowSource from, Bytes size);
  void end(Flow& flow, bool completed);
  void detach(Flow& flow);  // SimGrid forgets the flow; it may have ended already
  void comm_is_over(const simgrid::s4u::Activity& comm);
  void step();
  void tell_listener();
  void abandon();
  void arm();
  void set_timer(TimePoint instant, double date);
  void remove_timer();
  void coarsen(double date);

  Platform platform_;
  PhaseClock clock_;
  TimePoint now_{};  // never goes back
  std::map<FlowId, Flow> flows_;
  FlowId next_id_ = 1;
  std::vector<FlowId> ended_;
  // A CommPtr must outlive the round in which SimGrid finds it over. One that is cancelled outside
  // of Engine::run() is found after the clock's next step, so these go at the second one.
  std::vector<simgrid::s4u::CommPtr> retired_, retired_before_;

  Pump* pump_ = nullptr;  // set while advance() runs, as is the listener
  FlowListener* listener_ = nullptr;
  std::exception_ptr thrown_;  // by a callback; SimGrid's frames are no place to unwind through

  simgrid::kernel::timer::Timer* timer_ = nullptr;
  TimePoint timer_instant_{};
  double tolerance_;     // SimGrid takes dates that differ by less as one, in seconds
  double coarsen_date_;  // when the clock's own resolution has come near the tolerance
};

}  // namespace thaw::sim
