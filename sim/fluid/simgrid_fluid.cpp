#include "sim/fluid/simgrid_fluid.hpp"

#include <algorithm>
#include <simgrid/Exception.hpp>
#include <stdexcept>
#include <string>
#include <utility>

#include "engine/invariant.hpp"
#include "sim/fluid/module.hpp"

namespace thaw::sim {

namespace {

using simgrid::kernel::timer::Timer;
using simgrid::s4u::Activity;
using simgrid::s4u::Comm;
using simgrid::s4u::Engine;

// Half a nanosecond: dates that round to the same instant are one. SimGrid's default, 10 us, would
// end a flow that much early whenever an own event came just before its end.
constexpr double kTolerance = 0.5e-9;
// Up to here a double's step is below half the tolerance: 2^-32 s in the binade that ends at 2^21 s
// (24 days).
constexpr double kToleranceHoldsUntil = 2097152;

// Exceptions of SimGrid's own types end here.
template <class Call>
auto translated(Call call) {
  try {
    return call();
  } catch (const simgrid::Exception& problem) {
    throw std::runtime_error(std::string("SimGrid: ") + problem.what());
  }
}

}  // namespace

SimGridFluid::SimGridFluid(const Capacities& capacities)
    : platform_(capacities), tolerance_(kTolerance), coarsen_date_(kToleranceHoldsUntil) {
  Engine::set_config("surf/precision", tolerance_);
  Comm::on_completion_cb([this](const Activity& comm) { comm_is_over(comm); });
  Engine::on_time_advance_cb([this](double) { retired_before_ = std::exchange(retired_, {}); });
}

SimGridFluid::~SimGridFluid() { abandon(); }

FlowId SimGridFluid::start(FlowSource from, NodeSlot slot, Bytes size, TimePoint now) {
  THAW_CHECK(platform_.is_on(slot), "a flow needs a node that is on");
  THAW_CHECK(size.count >= 0, "a flow cannot carry less than nothing");
  if (pump_ == nullptr && flows_.empty()) {
    THAW_CHECK(now >= now_, "time went back");
    now_ = now;
    clock_.begin(now, Engine::get_clock());
  }
  THAW_CHECK(now == now_, "while a flow is active, time moves in advance() only");
  const FlowId id = next_id_++;
  Flow& flow = flows_[id];
  flow.id = id;
  flow.slot = slot;
  if (size.count == 0) {
    end(flow, true);
  } else {
    translated([&] { start_comm(flow, from, size); });
  }
  return id;
}

void SimGridFluid::start_comm(Flow& flow, FlowSource from, Bytes size) {
  flow.comm = Comm::sendto_init(platform_.source(from), platform_.destination(from, flow.slot));
  flow.comm->set_data(&flow);  // a map's nodes do not move
  flow.comm->set_payload_size(static_cast<std::uint64_t>(size.count))->start();
}

void SimGridFluid::cancel(FlowId id, TimePoint now) {
  const auto found = flows_.find(id);
  if (found == flows_.end()) return;
  THAW_CHECK(now == now_, "while a flow is active, time moves in advance() only");
  translated([&] { detach(found->second); });
  flows_.erase(found);
}

void SimGridFluid::node_on(NodeSlot slot) {
  translated([&] { platform_.node_on(slot); });
}

void SimGridFluid::node_off(NodeSlot slot, TimePoint now) {
  translated([&] {
    for (auto& [id, flow] : flows_) {
      if (flow.slot != slot) continue;
      THAW_CHECK(now == now_, "while a flow is active, time moves in advance() only");
      detach(flow);
      end(flow, false);
    }
    platform_.node_off(slot);
  });
}

void SimGridFluid::set_capacity(FlowSource from, BytesPerSecond capacity, TimePoint now) {
  THAW_CHECK(flows_.empty() || now == now_, "while a flow is active, time moves in advance() only");
  translated([&] { platform_.set_capacity(from, capacity); });
}

void SimGridFluid::end(Flow& flow, bool completed) {
  flow.completed = completed;
  if (!std::exchange(flow.ended, true)) ended_.push_back(flow.id);
}

void SimGridFluid::detach(Flow& flow) {
  if (flow.comm == nullptr) return;
  flow.comm->set_data(nullptr);  // comm_is_over() no longer knows it
  if (!flow.ended) flow.comm->cancel();
  retired_.push_back(std::exchange(flow.comm, nullptr));
}

void SimGridFluid::comm_is_over(const Activity& comm) {
  Flow* const flow = comm.get_data<Flow>();
  if (flow == nullptr || flow->ended) return;
  now_ = std::max(now_, clock_.own_time(Engine::get_clock()));
  end(*flow, comm.get_state() == Activity::State::FINISHED);
  arm();
}

void SimGridFluid::advance(Pump& pump, FlowListener& listener) {
  if (flows_.empty()) return;
  pump_ = &pump;
  listener_ = &listener;
  // One step before time moves: own events of this very instant, and what was cancelled leaves the
  // sharing.
  set_timer(now_, Engine::get_clock());
  translated([&] { platform_.engine().run(); });
  pump_ = nullptr;
  listener_ = nullptr;
  if (thrown_ != nullptr) std::rethrow_exception(thrown_);
  THAW_CHECK(flows_.empty(), "SimGrid ran out of events with a flow under way");
}

// The timer's callback: everything that happens at one instant, or its next round.
void SimGridFluid::step() {
  timer_ = nullptr;
  now_ = std::max(now_, timer_instant_);
  coarsen(Engine::get_clock());
  try {
    pump_->run_until(now_);
    tell_listener();
    if (pump_->stopped()) abandon();
    arm();
  } catch (const std::exception&) {
    thrown_ = std::current_exception();
    abandon();
  }
}

void SimGridFluid::tell_listener() {
  std::vector<FlowId> round = std::exchange(ended_, {});
  std::sort(round.begin(), round.end());
  for (const FlowId id : round) {
    if (pump_->stopped()) return;
    const auto found = flows_.find(id);
    if (found == flows_.end()) continue;  // cancelled by one of the own events or by the listener
    const bool completed = found->second.completed;
    detach(found->second);
    flows_.erase(found);
    listener_->flow_ended(id, now_, completed);
  }
}

// Without flows and timer, Engine::run() returns.
void SimGridFluid::abandon() {
  for (auto& [id, flow] : flows_) detach(flow);
  flows_.clear();
  ended_.clear();
  remove_timer();
}

void SimGridFluid::arm() {
  const double date = Engine::get_clock();
  if (flows_.empty()) {
    remove_timer();
  } else if (!ended_.empty()) {
    // At SimGrid's own date, not at the rounded one: what the listener starts then follows without
    // a gap.
    set_timer(now_, date);
  } else {
    const TimePoint next = std::max(now_, pump_->next());
    set_timer(next, std::max(clock_.date(next), date));
  }
}

void SimGridFluid::set_timer(TimePoint instant, double date) {
  if (date > coarsen_date_) {
    date = coarsen_date_;
    instant = std::min(instant, clock_.own_time(date));
  }
  if (timer_ != nullptr && timer_instant_ == instant && timer_->get_date() == date) return;
  remove_timer();
  timer_instant_ = instant;
  timer_ = Timer::set(date, [this] { step(); });
}

void SimGridFluid::remove_timer() {
  if (timer_ != nullptr) std::exchange(timer_, nullptr)->remove();
}

// A tolerance finer than the clock's own step would let SimGrid miss the end of a flow for good.
void SimGridFluid::coarsen(double date) {
  while (date >= coarsen_date_) {
    coarsen_date_ *= 2;
    tolerance_ *= 2;
    Engine::set_config("surf/precision", tolerance_);
  }
}

}  // namespace thaw::sim

extern "C" thaw::sim::Fluid* thaw_open_simgrid_fluid(const thaw::sim::Capacities& capacities) {
  THAW_CHECK(!simgrid::s4u::Engine::is_initialized(), "one Fluid a process");
  return thaw::sim::translated([&] { return new thaw::sim::SimGridFluid(capacities); });
}
