#include "drivers/world/observer.hpp"

#include <algorithm>

namespace thaw::world {
namespace {

// A watch that has been broken for longer is no ground for scaling down.
constexpr Duration kStale = std::chrono::seconds(15);

bool is_active(const PodState& pod) {
  return !pod.deleting && pod.phase != PodPhase::succeeded && pod.phase != PodPhase::failed;
}

}  // namespace

void Observer::look_at_pods(const WorkloadKey& key, bool told) {
  const Inventory::Pods& pods = sources_.inventory.pods_of(key);
  std::int32_t active = 0;
  for (const auto& [id, pod] : pods) active += is_active(pod.state);
  seen_.status = Replicas(active);
  seen_.ready = sources_.inventory.ready(key);
  pods_.clear();
  requests_.clear();
  if (!told) return;
  std::size_t many = 0;
  for (const auto& [id, pod] : pods) many += pod.state.requests.size();
  requests_.reserve(many);  // spans into it must hold
  for (const auto& [id, pod] : pods) {
    const PodState& state = pod.state;
    const std::size_t first = requests_.size();
    for (const ContainerRequest& one : state.requests)
      requests_.push_back({one.container, one.resource, one.milli});
    pods_.push_back({id,
                     state.phase,
                     state.ready,
                     state.deleting,
                     state.unschedulable,
                     state.created,
                     state.started,
                     state.ready_changed,
                     {requests_.data() + first, requests_.size() - first}});
  }
  seen_.pods = pods_;
}

const MetricFacts& Observer::metric(FunctionId id, std::size_t index) {
  static const MetricFacts kAbsent;
  return sources_.metrics ? sources_.metrics->read(id, index) : kAbsent;
}

const Observation& Observer::observe(FunctionId id, const Wants& wants, Cause cause,
                                     const WriteFacts& last_write) {
  const auto& [name, key] = functions_->known.at(id);
  seen_ = {};
  seen_.now = sources_.clock.now();
  seen_.facts_taken = sources_.facts_taken();
  seen_.cause = cause;
  if (const WorkloadState* const state = sources_.inventory.find(key)) seen_.spec = state->spec;
  look_at_pods(key, wants.pods);
  seen_.last_activity = sources_.activity.last(name);
  peers_.clear();
  for (const FunctionId peer : wants.peers) {
    const auto& [peer_name, peer_key] = functions_->known.at(peer);
    peers_.push_back({peer, sources_.inventory.ready(peer_key), sources_.activity.last(peer_name)});
  }
  seen_.peers = peers_;
  metrics_.clear();
  for (std::size_t i = 0; i < wants.metrics.size(); ++i) metrics_.push_back(metric(id, i));
  seen_.metrics = metrics_;
  seen_.last_write = last_write;
  load_.clear();
  if (sources_.calls) {
    const CallCounts now = sources_.calls->of(name, seen_.now);
    seen_.in_flight = static_cast<std::uint32_t>(now.in_flight);
    seen_.queued = static_cast<std::uint32_t>(now.queued);
    if (now.last_activity)
      seen_.last_activity =
          std::max(seen_.last_activity.value_or(*now.last_activity), *now.last_activity);
    seen_.path.proxied_since = TimePoint{};  // the gateway is in the path always
    if (wants.load) sources_.calls->take_load(name, load_);
  }
  seen_.load = load_;
  return seen_;
}

bool Observer::called(FunctionId id) const {
  if (!sources_.calls) return false;
  return sources_.calls->of(functions_->known.at(id).first, sources_.clock.now()).on() > 0;
}

bool Observer::blind(const Wants& wants) const {
  if (seen_.now - seen_.facts_taken > kStale) return true;
  return std::any_of(metrics_.begin(),
                     metrics_.begin() + static_cast<std::ptrdiff_t>(
                                            std::min(metrics_.size(), wants.metrics.size())),
                     [](const MetricFacts& one) { return one.presence != Presence::ok; });
}

}  // namespace thaw::world
