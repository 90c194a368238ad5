#include "sim/controller_ports.hpp"

#include <algorithm>

namespace thaw::sim {
namespace {

enum What : std::uint32_t { kAlarm, kPoke };

std::uint8_t bit_of(Cause cause) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(cause));
}

}  // namespace

ControllerPorts::ControllerPorts(World& world, Pods& pods, Deployments& deployments,
                                 const Gateway* gateway)
    : world_(world),
      pods_(pods),
      deployments_(deployments),
      gateway_(gateway),
      alarms_(world.scenario.functions.size()),
      poked_(alarms_.size(), 0),
      written_(alarms_.size()),
      writes_(alarms_.size()) {}

void ControllerPorts::serve(Controller* controller, std::vector<FunctionId> governed) {
  controller_ = controller;
  governed_ = std::move(governed);
  std::fill(written_.begin(), written_.end(), std::nullopt);
}

void ControllerPorts::poke(std::size_t function, Cause cause) {
  if (poked_[function] & bit_of(cause)) return;
  poked_[function] |= bit_of(cause);
  world_.events.at(world_.now(), *this, kPoke, function | static_cast<std::uint64_t>(cause) << 32,
                   kPolicyTurn + static_cast<Turn>(function));
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

void ControllerPorts::set_alarm(FunctionId id, TimePoint t) {
  world_.events.cancel(alarms_[id]);
  alarms_[id] = world_.events.at(t, *this, kAlarm, id, kPolicyTurn + id);
}

void ControllerPorts::fire(std::uint32_t what, std::uint64_t arg) {
  const auto id = static_cast<FunctionId>(arg & 0xFFFF'FFFF);
  if (what == kAlarm) {
    alarms_[id] = {};
    if (controller_) controller_->alarm(id);
    return;
  }
  const auto cause = static_cast<Cause>(arg >> 32);
  poked_[id] &= static_cast<std::uint8_t>(~bit_of(cause));
  if (controller_) controller_->poke(id, cause);
}

const Observation& ControllerPorts::observe(FunctionId id, const Wants& wants, Cause cause) {
  pod_facts_.clear();
  peer_facts_.clear();
  std::int32_t active = 0, ready = 0;
  for (const auto& [pod_id, pod] : pods_.all()) {
    if (pod.function != id || !pod.exists()) continue;
    active += pod.active();
    ready += pod.stage == PodStage::ready;
    if (wants.pods)
      pod_facts_.push_back(
          {pod_id, pod.stage < PodStage::waiting ? PodPhase::pending : PodPhase::running,
           pod.stage == PodStage::ready, !pod.active(), pod.unschedulable, pod.created});
  }
  const auto last_activity = [&](std::size_t f) {
    return gateway_ ? gateway_->last_activity(f) : std::optional<TimePoint>();
  };
  for (const FunctionId peer : wants.peers) {
    const auto ready_there = world_.gauges.at(Gauge::ready, peer).value();
    peer_facts_.push_back(
        {peer, Replicas(static_cast<std::int32_t>(ready_there)), last_activity(peer)});
  }
  observation_ = {};
  observation_.now = observation_.facts_taken = world_.now();
  observation_.cause = cause;
  observation_.spec = deployments_.spec(id);
  observation_.status = Replicas(active);
  observation_.ready = Replicas(ready);
  observation_.in_flight =
      static_cast<std::uint32_t>(world_.gauges.at(Gauge::in_flight, id).value());
  observation_.queued = static_cast<std::uint32_t>(world_.gauges.at(Gauge::queued, id).value());
  observation_.last_activity = last_activity(id);
  observation_.pods = pod_facts_;
  observation_.peers = peer_facts_;
  observation_.last_write = writes_[id];
  return observation_;
}

std::uint64_t ControllerPorts::submit(FunctionId id, const Decision& decision) {
  writes_[id] = {++tickets_, WriteState::done, *decision.desired};
  deployments_.scale(id, *decision.desired);
  pods_changed(id);
  return tickets_;
}

// A line for each write that says something new; asking without a write leaves no trace, so
// skipping cannot be seen.
void ControllerPorts::step(FunctionId id, const Observation& seen, const Decision&,
                           const Decision& capped) {
  if (!capped.desired) return;
  if (written_[id] && written_[id]->desired == *capped.desired &&
      written_[id]->code == capped.why.code)
    return;
  written_[id] = Written{*capped.desired, capped.why.code};
  const std::string& name = world_.scenario.functions[id].name;
  world_.tell(
      EventKind::decision, name, std::string(name_of(capped.why.code)),
      name + " " + std::to_string(seen.spec.count) + " → " + std::to_string(capped.desired->count) +
          ": " + to_words(capped.why),
      {{"desired", std::int64_t{capped.desired->count}}, {"was", std::int64_t{seen.spec.count}}});
}

}  // namespace thaw::sim
