#include "drivers/gateway/async/delivery.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "drivers/gateway/async/headers.hpp"

namespace thaw::gateway::async {
namespace {

constexpr Duration kWantedAgain = 1s, kWrittenAgain = 1s, kAskedAgain = 100ms;

std::string words(const Outcome& outcome) {
  return outcome.status > 0 ? "status " + std::to_string(outcome.status) : outcome.failure;
}

// What the caller is told where there is no answer is what OpenFaaS says of one.
int status_told(const Outcome& outcome) {
  if (outcome.status > 0) return outcome.status;
  return outcome.timed_out ? 504 : 503;
}

http::Request request_for(Call&& call, const std::string& id, std::uint32_t tried, bool last) {
  http::Request request{std::move(call.method), std::move(call.target), std::move(call.headers),
                        std::move(call.body)};
  request.headers.emplace_back(kElementId, id);
  request.headers.emplace_back(kTryNumber, std::to_string(tried));
  request.headers.emplace_back(kLastTry, last ? "true" : "false");
  request.headers.emplace_back(kCallId, call.call_id.empty() ? id : std::move(call.call_id));
  return request;
}

}  // namespace

Delivery::Entry* Delivery::find(Position position) {
  const auto found = entries_.find(position);
  return found == entries_.end() ? nullptr : &found->second;
}

void Delivery::spawn(Awaitable<void> what) {
  boost::asio::co_spawn(ports_.executor, std::move(what), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
}

void Delivery::add(const Element& element) {
  Queue& queue = queues_[element.function];
  queue.name = element.function;
  const Phase phase = element.state == State::dead       ? Phase::dead
                      : element.state == State::awaiting ? Phase::awaiting
                                                         : Phase::later;
  Entry& entry =
      entries_
          .emplace(element.position, Entry{&queue, element.id, element.accepted, element.due,
                                           element.bytes, element.attempts, phase})
          .first->second;
  ids_.emplace(element.id, element.position);
  ++queue.in[static_cast<std::size_t>(phase)];
  if (phase == Phase::dead) return;
  queue.live.insert(element.position);
  queue.last_activity = ports_.now();
  if (phase == Phase::awaiting) ++queue.active;
  if (phase == Phase::later && element.due <= ports_.now()) {
    move(element.position, entry, Phase::ready);
    dispatch(queue);
  } else {
    due_.emplace(element.due, element.position);
    plan(element.due);
  }
}

void Delivery::plan(TimePoint due) {
  if (due >= planned_) return;
  planned_ = due;
  ports_.sooner();
}

// Takes it out of where it was, and puts it where it is.
void Delivery::move(Position position, Entry& entry, Phase phase, TimePoint due) {
  Queue& queue = *entry.queue;
  const auto waits = [](Phase p) { return p == Phase::later || p == Phase::awaiting; };
  if (entry.phase == Phase::ready) queue.ready.erase(position);
  if (waits(entry.phase)) due_.erase({entry.due, position});
  --queue.in[static_cast<std::size_t>(entry.phase)];
  entry.phase = phase;
  entry.due = due;
  ++queue.in[static_cast<std::size_t>(phase)];
  if (phase == Phase::ready) queue.ready.insert(position);
  if (waits(phase)) {
    due_.emplace(entry.due, position);
    plan(entry.due);
  }
  if (phase == Phase::dead) {
    queue.live.erase(position);
  } else {
    queue.live.insert(position);
  }
  queue.last_activity = ports_.now();
}

void Delivery::erase(Position position) {
  const auto found = entries_.find(position);
  Entry& entry = found->second;
  Queue& queue = *entry.queue;
  --queue.in[static_cast<std::size_t>(entry.phase)];
  queue.live.erase(position);
  ports_.room.give(queue.name, entry.bytes);
  ids_.erase(entry.id);
  entries_.erase(found);
}

TimePoint Delivery::act() {
  const TimePoint now = ports_.now();
  while (!due_.empty() && due_.begin()->first <= now) {
    const Position position = due_.begin()->second;
    Entry& entry = entries_.at(position);
    if (entry.phase == Phase::later) {
      move(position, entry, Phase::ready);
    } else {
      expire(position, entry);
    }
  }
  bool held_back = false;
  for (auto& [name, queue] : queues_) {
    dispatch(queue);
    held_back = held_back || !queue.ready.empty();
  }
  const TimePoint next = due_.empty() ? TimePoint::never() : due_.begin()->first;
  planned_ = held_back && !stopping_ ? std::min(next, now + kWantedAgain) : next;
  return planned_;
}

void Delivery::dispatch(Queue& queue) {
  if (stopping_ || queue.ready.empty()) return;
  const Route* const route = ports_.invoker.route(queue.name);
  if (!route) return;
  if (route->ready.empty()) {
    const TimePoint now = ports_.now();
    if (queue.wanted && now - *queue.wanted < kWantedAgain && now >= *queue.wanted) return;
    queue.wanted = now;
    ports_.wanted(queue.name);
    plan(now + kWantedAgain);
    return;
  }
  const std::size_t places =
      std::min<std::size_t>(route->async.parallel, route->ready.size() * route->async.per_replica);
  while (queue.active < places && !queue.ready.empty()) {
    const Position position = *queue.ready.begin();
    start(position, entries_.at(position), route->async);
  }
}

void Delivery::start(Position position, Entry& entry, const AsyncDelivery& terms) {
  move(position, entry, Phase::running);
  entry.failed_early = false;
  ++entry.queue->active;
  ++attempts_;
  spawn(attempt({entry.queue, position, terms, ports_.now(), {}}));
}

// Nobody called back in time. It keeps its place until that is settled.
void Delivery::expire(Position position, Entry& entry) {
  const Route* const route = ports_.invoker.route(entry.queue->name);
  if (!route) {  // nobody knows how often it may be tried
    move(position, entry, entry.phase, ports_.now() + kWantedAgain);
    return;
  }
  move(position, entry, Phase::running);
  ++attempts_;
  Outcome outcome;
  outcome.timed_out = true;
  outcome.failure =
      "it answered 202, and did not call back within " + to_text(route->async.timeout);
  const TimePoint began = entry.due - route->async.timeout;
  spawn(resume({entry.queue, position, route->async, began, {}}, std::move(outcome)));
}

void Delivery::release(Queue& queue) {
  --queue.active;
  dispatch(queue);
}

Awaitable<void> Delivery::attempt(Attempt attempt) {
  std::optional<Call> call;
  std::string unreadable = "it is not in the file";
  try {
    co_await ports_.journal.read([&](Store& store) { call = store.load(attempt.position); });
  } catch (const StoreError& error) {
    unreadable = error.what();
  }
  Outcome outcome;
  outcome.begun = false;
  // Whoever was asked may call back at any time, and then it is gone.
  if (Entry* const entry = find(attempt.position); entry && call && !stopping_) {
    http::Request request = request_for(std::move(*call), entry->id, entry->attempts,
                                        entry->attempts >= attempt.terms.retries.size());
    attempt.began = ports_.now();
    outcome = co_await ports_.invoker.invoke(attempt.queue->name, std::move(request),
                                             attempt.terms.timeout);
  } else if (entry && !call) {
    ports_.tell(entry->id + " cannot be read: " + unreadable);
  }
  co_await resume(std::move(attempt), std::move(outcome));
}

// An attempt that is over gives its place back once that is on disk.
Awaitable<void> Delivery::resume(Attempt attempt, Outcome outcome) {
  const Position position = attempt.position;
  Queue& queue = *attempt.queue;
  attempt.ended = ports_.now();
  if (Entry* const entry = find(position); entry && entry->phase == Phase::running) {
    if (!outcome.begun || (stopping_ && outcome.status == 0)) {
      const Duration pause = outcome.begun ? Duration(0) : kAskedAgain;
      move(position, *entry, Phase::later, attempt.ended + pause);
    } else {
      co_await settle(std::move(attempt), std::move(outcome));
    }
  }
  --attempts_;
  release(queue);
}

Awaitable<void> Delivery::settle(Attempt attempt, Outcome outcome) {
  Entry& entry = entries_.at(attempt.position);
  if (outcome.status == 202 && !entry.failed_early) {
    const Position position = attempt.position;
    const TimePoint due = attempt.began + attempt.terms.timeout;
    ++entry.queue->active;  // it holds a place beyond the attempt's
    move(position, entry, Phase::awaiting, due);
    co_await persist([position, due](Store& store) { store.await(position, due); });
    co_return;
  }
  if (outcome.status == 202) outcome.status = 500;
  const bool retried =
      outcome.status == 0 ||
      (outcome.status >= 400 &&
       std::ranges::find(attempt.terms.retried, outcome.status) != attempt.terms.retried.end());
  if (retried) {
    co_await retry_or_bury(std::move(attempt), std::move(outcome));
  } else {
    co_await finish(std::move(attempt), std::move(outcome));
  }
}

// What its caller is told, put on disk with its end.
std::optional<Result> Delivery::end(Store& store, Entry& entry, const Attempt& attempt,
                                    const Outcome& outcome) const {
  Store::Told told = store.told(attempt.position);
  if (told.callback.empty()) return std::nullopt;
  Result result;
  result.id = entry.id;
  result.url = std::move(told.callback);
  result.headers = passed_on(outcome.headers);
  result.body = outcome.body;
  result.due = attempt.ended;
  const auto& [space, name] = entry.queue->name;
  result.headers.emplace_back("X-Function-Name", name + "." + space);
  result.headers.emplace_back("X-Function-Status", std::to_string(status_told(outcome)));
  result.headers.emplace_back(kCallId, told.call_id.empty() ? entry.id : std::move(told.call_id));
  result.headers.emplace_back("X-Duration-Seconds", in_seconds(attempt.ended - attempt.began));
  result.position = store.add(result);
  return result;
}

Awaitable<void> Delivery::finish(Attempt attempt, Outcome outcome) {
  const Position position = attempt.position;
  Entry& entry = entries_.at(position);
  move(position, entry, Phase::ending);  // from here on nobody else touches it
  std::optional<Result> result;
  const bool written = co_await persist([&](Store& store) {
    result = end(store, entry, attempt, outcome);
    store.end(position, attempt.ended);
  });
  if (!written) co_return;
  ++entry.queue->delivered;
  erase(position);
  if (result) ports_.ended(*result);
}

Awaitable<void> Delivery::retry_or_bury(Attempt attempt, Outcome outcome) {
  const Position position = attempt.position;
  Entry& entry = entries_.at(position);
  const std::uint32_t tried = ++entry.attempts;
  if (tried <= attempt.terms.retries.size()) {
    const TimePoint due = attempt.ended + attempt.terms.retries[tried - 1];
    ++entry.queue->retried;
    move(position, entry, Phase::later, due);
    co_await persist([=](Store& store) { store.wait(position, tried, due); });
    co_return;
  }
  move(position, entry, Phase::ending);
  std::optional<Result> result;
  const bool written = co_await persist([&](Store& store) {
    result = end(store, entry, attempt, outcome);
    store.bury(position, tried, words(outcome));
  });
  if (!written) co_return;
  ++entry.queue->given_up;
  move(position, entry, Phase::dead);
  ports_.tell(entry.id + " of " + entry.queue->name.second + " was given up after " +
              std::to_string(tried) + " attempts: " + words(outcome));
  if (result) ports_.ended(*result);
}

// True once it is on disk; false: it is not, and this gateway ends.
Awaitable<bool> Delivery::persist(Journal::Work work) {
  for (;;) {
    std::string why;
    try {
      co_await ports_.journal.commit(work);
      if (std::exchange(not_written_, false)) ports_.tell("the queue's file is written again");
      co_return true;
    } catch (const StoreError& error) {
      why = error.what();
    }
    if (!std::exchange(not_written_, true)) {
      ports_.tell("the queue's file cannot be written: " + why);
    }
    if (stopping_) co_return false;
    boost::asio::steady_timer timer(ports_.executor, kWrittenAgain);
    boost::system::error_code ignored;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }
}

}  // namespace thaw::gateway::async
