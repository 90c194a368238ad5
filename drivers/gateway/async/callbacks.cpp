#include "drivers/gateway/async/callbacks.hpp"

#include <boost/asio/co_spawn.hpp>
#include <utility>

namespace thaw::gateway::async {
namespace {

constexpr Duration kReadAgain = 1s;

std::uint64_t bytes_of(const Result& result) {
  std::uint64_t sum = result.body.size() + result.url.size();
  for (const auto& [name, value] : result.headers) sum += name.size() + value.size();
  return sum;
}

}  // namespace

void Callbacks::add(const Result& result) {
  const Entry entry{result.id, result.due, result.attempts, bytes_of(result)};
  ports_.room.grow(entry.bytes);
  results_.emplace(result.position, entry);
  due_.emplace(entry.due, result.position);
  ports_.sooner();
}

TimePoint Callbacks::act() {
  start();
  // Where all posts are on, the end of one starts the next.
  const bool room = posts_ < policy_.at_once;
  return due_.empty() || !room ? TimePoint::never() : due_.begin()->first;
}

void Callbacks::start() {
  const TimePoint now = ports_.now();
  while (!stopping_ && posts_ < policy_.at_once && !due_.empty() && due_.begin()->first <= now) {
    const Position position = due_.begin()->second;
    due_.erase(due_.begin());
    ++posts_;
    boost::asio::co_spawn(ports_.executor, post(position), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
}

Awaitable<void> Callbacks::post(Position position) {
  std::optional<Result> result;
  try {
    co_await ports_.journal.read([&](Store& store) { result = store.load_result(position); });
  } catch (const StoreError& error) {
    ports_.tell(std::string("a result cannot be read: ") + error.what());
  }
  if (result && !stopping_) {
    Outcome outcome =
        co_await ports_.poster.post(std::move(result->url), std::move(result->headers),
                                    std::move(result->body), policy_.within);
    if (!stopping_ || outcome.status > 0) co_await settle(position, std::move(outcome));
  } else if (!stopping_) {
    results_.at(position).due = ports_.now() + kReadAgain;
    due_.emplace(results_.at(position).due, position);
  }
  --posts_;
  ports_.sooner();
}

Awaitable<void> Callbacks::settle(Position position, Outcome outcome) {
  Entry& entry = results_.at(position);
  const bool taken = outcome.status >= 200 && outcome.status < 300;
  const std::uint32_t tried = ++entry.attempts;
  if (!taken && tried <= policy_.retries.size()) {
    const TimePoint due = entry.due = ports_.now() + policy_.retries[tried - 1];
    due_.emplace(due, position);
    co_await write([=](Store& store) { store.wait_result(position, tried, due); });
    co_return;
  }
  ++(taken ? delivered_ : failed_);
  if (!taken) {
    ports_.tell(
        "the result of " + entry.id + " was not taken after " + std::to_string(tried) +
        " attempts: " +
        (outcome.status > 0 ? "status " + std::to_string(outcome.status) : outcome.failure));
  }
  ports_.room.shrink(entry.bytes);
  results_.erase(position);
  co_await write([=](Store& store) { store.end_result(position); });
}

// What cannot be written now is posted again after a restart: at least once, as all is.
Awaitable<void> Callbacks::write(Journal::Work work) {
  try {
    co_await ports_.journal.commit(std::move(work));
  } catch (const StoreError& error) {
    ports_.tell(std::string("a result's end cannot be written: ") + error.what());
  }
}

}  // namespace thaw::gateway::async
