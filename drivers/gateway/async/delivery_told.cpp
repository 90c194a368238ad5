// What functions and operators tell delivery, and what it tells of itself.
#include <utility>

#include "drivers/gateway/async/delivery.hpp"

namespace thaw::gateway::async {

Awaitable<bool> Delivery::complete(FunctionName function, std::string id, bool success) {
  const auto known = ids_.find(id);
  Entry* const entry = known == ids_.end() ? nullptr : find(known->second);
  const Route* const route = ports_.invoker.route(function);
  if (!entry || !route || entry->queue->name != function) co_return false;
  if (entry->phase == Phase::ending) co_return true;
  const bool awaited = entry->phase == Phase::awaiting;
  if (!success && !awaited) {  // of an attempt that is on; of an earlier one it says nothing new
    entry->failed_early = entry->phase == Phase::running;
    co_return true;
  }
  const TimePoint now = ports_.now();
  Attempt attempt{entry->queue, known->second, route->async, now, now};
  if (awaited) attempt.began = entry->due - route->async.timeout;
  Outcome outcome;
  outcome.status = success ? 200 : 500;
  Queue& queue = *entry->queue;
  ++attempts_;
  if (success) {  // its work is done, whichever attempt did it
    co_await finish(std::move(attempt), std::move(outcome));
  } else {
    co_await settle(std::move(attempt), std::move(outcome));
  }
  --attempts_;
  if (awaited) release(queue);
  co_return true;
}

// Held by nobody else until it is told otherwise.
Delivery::Entry* Delivery::take_dead(const std::string& id, Position& position) {
  const auto known = ids_.find(id);
  Entry* const entry = known == ids_.end() ? nullptr : find(known->second);
  if (!entry || entry->phase != Phase::dead) return nullptr;
  position = known->second;
  move(position, *entry, Phase::ending);
  return entry;
}

Awaitable<bool> Delivery::revive(std::string id) {
  Position position = 0;
  Entry* const entry = take_dead(id, position);
  if (!entry) co_return false;
  const TimePoint now = ports_.now();
  try {
    co_await ports_.journal.commit([position, now](Store& store) { store.revive(position, now); });
  } catch (const StoreError&) {
    move(position, *entry, Phase::dead);
    throw;
  }
  entry->attempts = 0;
  move(position, *entry, Phase::ready, now);
  dispatch(*entry->queue);
  co_return true;
}

Awaitable<bool> Delivery::drop(std::string id) {
  Position position = 0;
  Entry* const entry = take_dead(id, position);
  if (!entry) co_return false;
  const TimePoint now = ports_.now();
  try {
    co_await ports_.journal.commit([position, now](Store& store) { store.end(position, now); });
  } catch (const StoreError&) {
    move(position, *entry, Phase::dead);
    throw;
  }
  erase(position);
  co_return true;
}

std::vector<Counts> Delivery::counts() const {
  std::vector<Counts> all;
  for (const auto& [name, queue] : queues_) {
    const auto in = [&queue = queue](Phase phase) {
      return queue.in[static_cast<std::size_t>(phase)];
    };
    Counts counts{.function = name,
                  .queued = in(Phase::ready) + in(Phase::later),
                  .running = in(Phase::running),
                  .awaiting = in(Phase::awaiting),
                  .dead = in(Phase::dead),
                  .delivered = queue.delivered,
                  .retried = queue.retried,
                  .given_up = queue.given_up,
                  .oldest = std::nullopt,
                  .last_activity = queue.last_activity};
    if (!queue.live.empty()) counts.oldest = entries_.at(*queue.live.begin()).accepted;
    if (in(Phase::ready) + in(Phase::running) + in(Phase::awaiting) > 0) {
      counts.last_activity = ports_.now();
    }
    all.push_back(std::move(counts));
  }
  return all;
}

}  // namespace thaw::gateway::async
