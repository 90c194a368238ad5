#include "drivers/world/live_cluster.hpp"

namespace thaw::world {

void LiveCluster::serve(const Functions& functions) {
  functions_ = &functions;
  writes_.clear();
}

const Observation& LiveCluster::observe(FunctionId id, const Wants& wants, Cause cause) {
  const Observation& seen = observer_.observe(id, wants, cause, writes_[id]);
  blind_ = observer_.blind(wants);
  return seen;
}

std::uint64_t LiveCluster::submit(FunctionId id, const Decision& decision) {
  const WorkloadKey& key = functions_->known.at(id).second;
  const WorkloadState* const state = inventory_.find(key);
  WriteFacts& write = writes_[id];
  if (!decision.desired || !state || write.state == WriteState::pending) return write.ticket;
  if (state->spec == *decision.desired) return write.ticket;
  write = {++tickets_, WriteState::pending, *decision.desired};
  const bool up = state->spec < *decision.desired;
  const bool cuts_calls = decision.desired->count == 0 && observer_.called(id);
  if (!scaler_.may_write() || (up ? !scaler_.may_grow() : blind_ || cuts_calls)) {
    write.state = WriteState::refused;
    ++held_back_;
    return write.ticket;
  }
  scaler_.scale(
      {key, state->spec, *decision.desired, state->resource_version, decision.why},
      [this, id, ticket = write.ticket](Scaler::Outcome outcome) { settle(id, ticket, outcome); });
  return tickets_;
}

void LiveCluster::settle(FunctionId id, std::uint64_t ticket, Scaler::Outcome outcome) {
  const auto found = writes_.find(id);
  if (found == writes_.end() || found->second.ticket != ticket) return;  // of an earlier life
  found->second.state = outcome == Scaler::Outcome::done ? WriteState::done : WriteState::refused;
  if (outcome != Scaler::Outcome::done) again_(id);
}

}  // namespace thaw::world
