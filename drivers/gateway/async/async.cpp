#include "drivers/gateway/async/async.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <utility>

#include "drivers/gateway/async/dead_letters.hpp"

namespace thaw::gateway::async {
namespace {

namespace asio = boost::asio;

constexpr Duration kPass = 1s;  // the longest between two looks: a wall clock may be set

Awaitable<void> pause(asio::steady_timer& timer, Duration length) {
  boost::system::error_code cancelled;
  timer.expires_after(length);
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace

Async::Async(asio::any_io_executor executor, std::unique_ptr<Store> store, Settings settings,
             Invoker& invoker, Hooks hooks, std::unique_ptr<Poster> poster)
    : executor_(std::move(executor)),
      settings_(std::move(settings)),
      hooks_(std::move(hooks)),
      callback_rule_(settings_.callback_hosts),
      poster_(poster ? std::move(poster)
                     : std::make_unique<CallbackClient>(executor_, callback_rule_)),
      room_(settings_.room),
      left_(store->elements()),
      results_left_(store->results()),
      journal_(executor_, std::move(store)),
      delivery_({.executor = executor_,
                 .journal = journal_,
                 .invoker = invoker,
                 .room = room_,
                 .now = hooks_.now,
                 .wanted = hooks_.wanted,
                 .ended = [this](const Result& result) { callbacks_.add(result); },
                 .sooner = [this] { routed(); },
                 .tell = hooks_.tell}),
      callbacks_(settings_.callbacks, {.executor = executor_,
                                       .journal = journal_,
                                       .poster = *poster_,
                                       .room = room_,
                                       .now = hooks_.now,
                                       .sooner = [this] { routed(); },
                                       .tell = hooks_.tell}),
      calls_(settings_.body, {.journal = journal_,
                              .delivery = delivery_,
                              .invoker = invoker,
                              .room = room_,
                              .callback_rule = callback_rule_,
                              .now = hooks_.now}),
      timer_(executor_) {}

// What is being written looks at what delivery knows.
Async::~Async() { journal_.close(); }

void Async::start() {
  for (const Element& element : left_) {
    room_.add(element.function, element.bytes);
    delivery_.add(element);
  }
  for (const Result& result : results_left_) callbacks_.add(result);
  left_ = {};
  results_left_ = {};
  running_ = true;
  asio::co_spawn(executor_, run(), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
}

void Async::routed() {
  woken_ = true;
  timer_.cancel();
}

Awaitable<void> Async::run() {
  TimePoint forgets;
  while (!stopping_) {
    woken_ = false;
    const TimePoint next = std::min(delivery_.act(), callbacks_.act());
    const TimePoint now = hooks_.now();
    if (now - forgets >= kPass || now < forgets) {
      forgets = now;
      try {
        co_await journal_.commit([now](Store& store) { store.forget(now); });
      } catch (const StoreError&) {  // another time; who writes a call hears of it
      }
    }
    if (woken_ || stopping_) continue;
    const Duration wait = std::clamp(next - hooks_.now(), Duration(0), kPass);
    co_await pause(timer_, wait);
  }
  running_ = false;
}

Awaitable<bool> Async::quiet(Duration within) {
  const auto until = std::chrono::steady_clock::now() + within;
  asio::steady_timer timer(executor_);
  while ((running_ || on() > 0) && std::chrono::steady_clock::now() < until) {
    co_await pause(timer, 5ms);
  }
  co_return !running_ && on() == 0;
}

Awaitable<bool> Async::stop(Duration within, std::function<void()> cut) {
  stopping_ = true;
  calls_.stop();
  delivery_.stop();
  callbacks_.stop();
  routed();
  bool over = co_await quiet(within);
  if (!over && cut) {
    cut();
    over = co_await quiet(kPass);
  }
  co_return over;
}

Awaitable<http::Response> Async::call(FunctionName function, std::string target,
                                      http::Request request) {
  return calls_.call(std::move(function), std::move(target), std::move(request));
}

Awaitable<http::Response> Async::callback(http::Request request) {
  return calls_.callback(std::move(request));
}

Awaitable<http::Response> Async::dead_letters(http::Request request) {
  ++operators_;
  http::Response response = co_await answer_dead_letters(journal_, delivery_, std::move(request));
  --operators_;
  co_return response;
}

Metrics Async::metrics() const {
  std::map<FunctionName, Metrics::OfFunction> functions;
  for (const auto& [name, counts] : calls_.counts()) {
    functions[name].delivery.function = name;
    functions[name].calls = counts;
  }
  for (Counts& counts : delivery_.counts()) {
    functions[counts.function].delivery = std::move(counts);
  }
  Metrics now;
  for (auto& [name, of] : functions) now.functions.push_back(std::move(of));
  now.callbacks = callbacks_.counts();
  now.elements = room_.elements();
  now.bytes = room_.bytes();
  now.commits = journal_.commits();
  return now;
}

}  // namespace thaw::gateway::async
