#include "engine/controller.hpp"

#include "engine/invariant.hpp"

namespace thaw {
namespace {

Decision under_cap(Decision decided, std::optional<Replicas> cap) {
  if (!cap || !decided.desired || *decided.desired <= *cap) return decided;
  decided.why = {ReasonCode::operator_cap,
                 {static_cast<double>(decided.desired->count), static_cast<double>(cap->count)}};
  decided.desired = cap;
  return decided;
}

}  // namespace

Controller::Controller(Clock& clock, Cluster& cluster, Recorder& recorder)
    : clock_(clock), cluster_(cluster), recorder_(recorder) {}

void Controller::add(FunctionId id, std::unique_ptr<ScalingPolicy> policy) {
  THAW_CHECK(policy != nullptr, "a function needs a policy");
  const Wants wants = policy->wants();
  const bool added = governed_.try_emplace(id, Governed{std::move(policy), wants, {}}).second;
  THAW_CHECK(added, "two policies for one function");
  ask(id, Cause::start);
}

void Controller::cap(FunctionId id, Replicas most) {
  const auto found = governed_.find(id);
  THAW_CHECK(found != governed_.end(), "a cap for a function that nobody added");
  found->second.cap = most;
}

void Controller::start() {
  running_ = true;
  for (const auto& [id, governed] : governed_) ask(id, Cause::start);
}

void Controller::stop() {
  running_ = false;
  waiting_.clear();
  for (const auto& [id, governed] : governed_) clock_.cancel_alarm(id);
}

void Controller::poke(FunctionId id, Cause cause) {
  if (governed_.contains(id)) ask(id, cause);
}

void Controller::alarm(FunctionId id) { poke(id, Cause::timer); }

void Controller::ask(FunctionId id, Cause cause) {
  if (!running_) return;
  waiting_.emplace_back(id, cause);
  if (stepping_) return;
  stepping_ = true;
  while (!waiting_.empty()) {
    const auto [next, why] = waiting_.front();
    waiting_.pop_front();
    step(next, governed_.at(next), why);
  }
  stepping_ = false;
}

void Controller::step(FunctionId id, Governed& governed, Cause cause) {
  const Observation& seen = cluster_.observe(id, governed.wants, cause);
  const Decision decided = governed.policy->decide(seen);
  THAW_CHECK(decided.ask_again > seen.now, "a policy that asks again at once would never let go");
  const Decision capped = under_cap(decided, governed.cap);
  if (capped.desired || capped.path) cluster_.submit(id, capped);
  recorder_.step(id, seen, decided, capped);
  if (!running_) return;  // stopped by what the write or its record set off
  if (decided.ask_again == TimePoint::never()) {
    clock_.cancel_alarm(id);
  } else {
    clock_.set_alarm(id, decided.ask_again);
  }
}

Controller::State Controller::save() const {
  State state;
  for (const auto& [id, governed] : governed_) {
    const Observation& seen = cluster_.observe(id, governed.wants, Cause::timer);
    governed.policy->look(seen);
    recorder_.look(id, seen);
    StateWriter writer(state[id]);
    governed.policy->save(writer);
  }
  return state;
}

std::vector<FunctionId> Controller::restore(const State& state) {
  std::vector<FunctionId> fresh;
  for (const auto& [id, kept] : state) {
    const auto found = governed_.find(id);
    if (found == governed_.end()) continue;  // its function is gone, and its state with it
    if (!found->second.policy->restore(StateReader(kept))) fresh.push_back(id);
  }
  return fresh;
}

const Wants& Controller::wants(FunctionId id) const {
  const auto found = governed_.find(id);
  THAW_CHECK(found != governed_.end(), "the wants of a function that nobody added");
  return found->second.wants;
}

}  // namespace thaw
