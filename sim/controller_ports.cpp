#include "sim/controller_ports.hpp"

#include <algorithm>

namespace thaw::sim {
namespace {

enum : std::uint32_t { kAlarm, kPoke, kWrite };

std::uint8_t bit_of(Cause cause) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(cause));
}

// Of the pod as a whole, as if one container asked for all.
std::vector<ResourceRequest> requests_of(const Resources& resources) {
  std::vector<ResourceRequest> requests;
  if (resources.cpu.count > 0) requests.push_back({"", "cpu", resources.cpu.count});
  if (resources.memory.count > 0) requests.push_back({"", "memory", resources.memory.count * 1000});
  for (const auto& [name, count] : resources.extended) requests.push_back({"", name, count * 1000});
  return requests;
}

}  // namespace

ControllerPorts::ControllerPorts(World& world, Pods& pods, Deployments& deployments,
                                 Gateway& gateway, LoadMeter& meter, Metrics& metrics)
    : world_(world),
      pods_(pods),
      deployments_(deployments),
      gateway_(gateway),
      meter_(meter),
      metrics_(metrics),
      alarms_(world.scenario.functions.size()),
      poked_(alarms_.size(), 0),
      written_(alarms_.size()),
      writes_(alarms_.size()),
      future_(world) {
  for (const FunctionSpec& function : world.scenario.functions)
    requests_.push_back(
        requests_of(world.scenario.manifests.workloads[function.workload].requests));
}

void ControllerPorts::serve(Controller* controller, std::vector<FunctionId> governed) {
  controller_ = controller;
  governed_ = std::move(governed);
  std::fill(written_.begin(), written_.end(), std::nullopt);
  for (const FunctionId id : governed_) {
    if (controller_->wants(id).load) listen(id);
    const auto metrics = controller_->wants(id).metrics;
    if (!metrics.empty()) metrics_.sample(id, metrics);
  }
}

// What a gateway told while no controller ran, nobody has heard; the meter is asked in arrears.
void ControllerPorts::listen(FunctionId id) {
  if (!gateway_.reports(id)) return meter_.listen(id);
  gateway_.take_load(id, load_);
  load_.clear();
}

void ControllerPorts::poke(std::size_t function, Cause cause) {
  if (poked_[function] & bit_of(cause)) return;
  poked_[function] |= bit_of(cause);
  world_.events.at(world_.now(), *this, kPoke, function | static_cast<std::uint64_t>(cause) << 32,
                   kPolicyTurn + static_cast<Turn>(function));
}

void ControllerPorts::arrived_at_zero(std::size_t function) {
  const auto id = static_cast<FunctionId>(function);
  const bool governed = std::find(governed_.begin(), governed_.end(), id) != governed_.end();
  if (controller_ && governed && controller_->wants(id).arrivals_at_zero)
    poke(function, Cause::arrival_at_zero);
}

void ControllerPorts::pods_changed(std::size_t function) {
  if (!controller_) return;
  for (const FunctionId id : governed_) {
    const Wants& wants = controller_->wants(id);
    const bool own = id == function && wants.pods;
    const bool peer =
        std::find(wants.peers.begin(), wants.peers.end(), function) != wants.peers.end();
    if (own || peer) poke(id, Cause::pods);
  }
}

void ControllerPorts::path_changed(std::size_t function) {
  const bool governed = std::find(governed_.begin(), governed_.end(), function) != governed_.end();
  const auto id = static_cast<FunctionId>(function);
  if (controller_ && governed && controller_->wants(id).path) poke(id, Cause::path);
}

void ControllerPorts::set_alarm(FunctionId id, TimePoint t) {
  world_.events.cancel(alarms_[id]);
  const Duration off = world_.clock_skew;
  const bool beyond = off < Duration{0} && t > TimePoint::never() + off;
  alarms_[id] =
      world_.events.at(beyond ? TimePoint::never() : t - off, *this, kAlarm, id, kPolicyTurn + id);
}

void ControllerPorts::set_clock(Duration off) {
  world_.clock_skew = off;
  if (!controller_) return;
  for (const FunctionId id : governed_) {
    world_.events.cancel(alarms_[id]);
    alarms_[id] = world_.events.at(world_.now(), *this, kAlarm, id, kPolicyTurn + id);
  }
}

void ControllerPorts::fire(std::uint32_t what, std::uint64_t arg) {
  const auto id = static_cast<FunctionId>(arg & 0xFFFF'FFFF);
  if (what == kAlarm) {
    alarms_[id] = {};
    if (controller_) controller_->alarm(id);
    return;
  }
  if (what == kWrite) {
    writes_[id].state = WriteState::done;
    return write(id);
  }
  const auto cause = static_cast<Cause>(arg >> 32);
  poked_[id] &= static_cast<std::uint8_t>(~bit_of(cause));
  if (controller_) controller_->poke(id, cause);
}

const Observation& ControllerPorts::observe(FunctionId id, const Wants& wants, Cause cause) {
  pod_facts_.clear();
  peer_facts_.clear();
  std::int32_t active = 0, ready = 0;
  for (const Pod* pod : pods_.of(id)) {
    if (!pod->exists()) continue;
    active += pod->active();
    ready += pod->stage == PodStage::ready;
    if (wants.pods)
      pod_facts_.push_back(
          {pod->id, pod->stage < PodStage::waiting ? PodPhase::pending : PodPhase::running,
           pod->stage == PodStage::ready ? Condition::yes : Condition::no, !pod->active(),
           pod->unschedulable, pod->created, pod->started, pod->ready_changed, requests_[id]});
  }
  for (const FunctionId peer : wants.peers) {
    const auto ready_there = world_.gauges.at(Gauge::ready, peer).value();
    peer_facts_.push_back(
        {peer, Replicas(static_cast<std::int32_t>(ready_there)), gateway_.last_activity(peer)});
  }
  observation_ = {};
  observation_.now = observation_.facts_taken = now();
  observation_.cause = cause;
  observation_.spec = deployments_.spec(id);
  observation_.status = Replicas(active);
  observation_.ready = Replicas(ready);
  observation_.in_flight =
      static_cast<std::uint32_t>(world_.gauges.at(Gauge::in_flight, id).value());
  observation_.queued = static_cast<std::uint32_t>(world_.gauges.at(Gauge::queued, id).value());
  observation_.last_activity = gateway_.last_activity(id);
  observation_.pods = pod_facts_;
  observation_.peers = peer_facts_;
  if (wants.load) take_load(id);
  observation_.load = load_;
  metric_facts_.clear();
  for (const MetricRef& metric : wants.metrics) metric_facts_.push_back(metrics_.read(id, metric));
  observation_.metrics = metric_facts_;
  if (wants.future) observation_.future = future_.after(world_.now(), id);
  observation_.path = gateway_.path(id);
  observation_.last_write = writes_[id];
  return observation_;
}

void ControllerPorts::take_load(FunctionId id) {
  load_.clear();
  if (gateway_.reports(id)) {
    gateway_.take_load(id, load_);
  } else {
    meter_.take(id, load_);
  }
  for (Load& report : load_) report.at = report.at + world_.clock_skew;
}

std::uint64_t ControllerPorts::submit(FunctionId id, const Decision& decision) {
  if (decision.path) gateway_.steer(id, *decision.path, decision.gateways);
  if (!decision.desired) return tickets_;
  if (writes_[id].state == WriteState::pending) return tickets_;
  const bool changes = deployments_.spec(id) != *decision.desired;
  const Fault* throttled = world_.disturbance(Fault::Kind::api_throttling);
  if (changes && throttled) {
    writes_[id] = {++tickets_, WriteState::pending, *decision.desired};
    world_.events.after(throttled->delay, *this, kWrite, id);
    return tickets_;
  }
  writes_[id] = {++tickets_, WriteState::done, *decision.desired};
  write(id);
  return tickets_;
}

void ControllerPorts::write(FunctionId id) {
  const bool changes = deployments_.spec(id) != writes_[id].asked;
  deployments_.scale(id, writes_[id].asked);
  if (changes) pods_changed(id);
}

// A line for each write that says something new; asking without a write leaves no trace, so
// skipping cannot be seen, unless somebody asked for all of it.
void ControllerPorts::step(FunctionId id, const Observation& seen, const Decision& decided,
                           const Decision& capped) {
  bool told = false;
  if (options_) {
    if (options_->decided) options_->decided({id, controller_->wants(id), seen, decided, capped});
    told =
        std::find(options_->traced.begin(), options_->traced.end(), id) != options_->traced.end();
  }
  if (capped.desired && !(written_[id] && written_[id]->desired == *capped.desired &&
                          written_[id]->code == capped.why.code)) {
    written_[id] = Written{*capped.desired, capped.why.code};
    told = true;
  }
  if (!told) return;
  const std::string& name = world_.scenario.functions[id].name;
  std::string words = name + " " + std::to_string(seen.spec.count);
  World::Fields fields;
  if (capped.desired) {
    words += " → " + std::to_string(capped.desired->count);
    fields.emplace_back("desired", std::int64_t{capped.desired->count});
  } else {
    words += " left alone";
  }
  fields.emplace_back("was", std::int64_t{seen.spec.count});
  world_.tell(EventKind::decision, name, std::string(name_of(capped.why.code)),
              words + ": " + to_words(capped.why), std::move(fields));
}

}  // namespace thaw::sim
