#include "drivers/world/control.hpp"

#include <algorithm>
#include <utility>

namespace thaw::world {

void Control::begin(const std::map<FunctionName, Kept>& kept, Duration aged) {
  aged_ = aged;
  woken_since_.clear();
  for (const auto& [name, one] : kept) {
    if (one.last_activity) ports_.activity.called(name, *one.last_activity);
    if (!one.up) woken_since_.insert(name);
  }
  build(kept);
  aged_ = Duration{0};
  woken_since_.clear();
}

void Control::end() {
  if (controller_) controller_->stop();
  controller_.reset();
  ids_.clear();
  interested_.clear();
}

void Control::reform() {
  if (!controller_) {
    functions_ = ports_.take_census();
    ports_.known(functions_);
    return;
  }
  const std::map<FunctionName, Kept> as_of_now = kept();
  end();
  build(as_of_now);
}

void Control::build(const std::map<FunctionName, Kept>& kept) {
  functions_ = ports_.take_census();
  tell_refusals();
  ports_.serve(functions_);
  ports_.known(functions_);
  controller_ = std::make_unique<Controller>(ports_.clock, ports_.cluster, ports_.recorder);
  Controller::State states;
  for (Function& function : functions_.governed) {
    keep_warm(function);
    const auto before = kept.find(function.name);
    if (before != kept.end() && before->second.policy == function.policy)
      states[function.id] = before->second.state;
    controller_->add(function.id, std::move(function.scaler));
    if (function.most) controller_->cap(function.id, *function.most);
    ids_[function.name] = function.id;
    const Wants& wants = controller_->wants(function.id);
    if (wants.pods) interested_[function.target].push_back(function.id);
    for (const FunctionId peer : wants.peers)
      interested_[functions_.known[peer].second].push_back(function.id);
  }
  for (const FunctionId id : controller_->restore(states))
    ports_.log.warning("state", "what was kept is of a version not known here; it starts fresh",
                       {{"function", functions_.known[id].first.second}});
  tell_made(states);
  controller_->start();
}

void Control::tell_made(const Controller::State& states) {
  for (const Function& function : functions_.governed) {
    const auto state = states.find(function.id);
    ports_.made(function, controller_->wants(function.id),
                state == states.end() ? nullptr : &state->second);
  }
}

void Control::tell_made(const std::function<void()>& begin) {
  const Controller::State states = controller_ ? controller_->save() : Controller::State{};
  begin();
  if (controller_) tell_made(states);
}

bool Control::is_up(const Function& function) const {
  const WorkloadState* const state = ports_.inventory.find(function.target);
  return state && state->spec.count > 0;
}

// Of a function that is up: what is not known of its activity is no ground for scaling it down. It
// counts as called just now if nobody knows, or if it was at zero when it was kept; otherwise
// `aged_` later than was kept. One that is at zero stays there.
void Control::keep_warm(const Function& function) {
  if (!is_up(function)) return;
  const TimePoint now = ports_.clock.now();
  auto last = ports_.activity.last(function.name);
  if (woken_since_.contains(function.name)) last.reset();
  ports_.activity.called(function.name, last ? std::min(now, *last + aged_) : now);
}

void Control::tell_refusals() {
  std::map<WorkloadKey, std::string> now;
  for (const Refusal& refusal : functions_.refused) now[refusal.target] = refusal.why;
  for (const auto& [key, why] : now)
    if (const auto told = told_.find(key); told == told_.end() || told->second != why)
      ports_.log.warning("refused", to_text(key) + " is left alone: " + why,
                         {{"function", key.ns + "/" + key.name}});
  told_ = std::move(now);
}

std::map<FunctionName, Kept> Control::kept() {
  std::map<FunctionName, Kept> all;
  if (!controller_) return all;
  ports_.ring_due();
  Controller::State states = controller_->save();
  for (const Function& function : functions_.governed)
    all[function.name] = {function.policy, ports_.activity.last(function.name),
                          std::move(states[function.id]), is_up(function)};
  return all;
}

void Control::alarm(FunctionId id) {
  if (controller_) controller_->alarm(id);
}

void Control::poke(FunctionId id, Cause cause) {
  ports_.ring_due();
  if (controller_) controller_->poke(id, cause);
}

const FunctionId* Control::find(const FunctionName& name) const {
  const auto found = ids_.find(name);
  return found == ids_.end() ? nullptr : &found->second;
}

bool Control::wake(const FunctionName& name) {
  const FunctionId* const id = find(name);
  if (!id) return false;
  if (ready(name)) return true;
  ports_.activity.wake(name, ports_.clock.now());
  if (controller_->wants(*id).arrivals_at_zero) poke(*id, Cause::arrival_at_zero);
  return true;
}

std::size_t Control::wake_all() {
  for (const auto& [name, id] : ids_) wake(name);
  return ids_.size();
}

bool Control::ready(const FunctionName& name) const {
  const FunctionId* const id = find(name);
  if (!id) return true;  // gone: nothing to wait for
  return ports_.inventory.ready(functions_.known[*id].second).count > 0;
}

void Control::workload_changed(const WorkloadKey& key, bool settings) {
  if (settings) ports_.settings_changed();
  pods_changed(key);  // .spec.replicas may be another
}

void Control::pods_changed(const WorkloadKey& key) {
  const auto found = interested_.find(key);
  if (found == interested_.end()) return;
  const std::vector<FunctionId> ids = found->second;
  for (const FunctionId id : ids) poke(id, Cause::pods);
}

}  // namespace thaw::world
