#include "drivers/gateway/async/attachment.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "drivers/gateway/async/balanced_invoker.hpp"

namespace thaw::gateway::async {
namespace {

namespace asio = boost::asio;

Awaitable<http::Response> unavailable() {
  http::Response response = http::plain(503, "asynchronous calls are not served now\n");
  response.headers.emplace_back("Retry-After", "1");
  co_return response;
}

}  // namespace

struct Attachment::Running {
  Running(Gateway& gateway, std::unique_ptr<Store> store, Settings settings, Async::Hooks hooks)
      : invoker(gateway.executor(), gateway.balancer()),
        async(gateway.executor(), std::move(store), std::move(settings), invoker,
              std::move(hooks)) {}
  BalancedInvoker invoker;
  Async async;
};

struct Attachment::State {
  Settings settings;
  Async::Hooks hooks;
  std::unique_ptr<Store> store;
  std::optional<asio::any_io_executor> executor;  // from begin() until the loop is over
  std::thread::id loop;
  std::unique_ptr<Running> running;  // on the loop, or when that is over
};

Attachment::Attachment(Settings settings, Async::Hooks hooks) : state_(std::make_shared<State>()) {
  state_->store = open_store(settings.path, settings.memory, hooks.now(), hooks.tell);
  state_->settings = std::move(settings);
  state_->hooks = std::move(hooks);
}

Attachment::~Attachment() = default;

void Attachment::attach(Gateway::Hooks& hooks) {
  hooks.async = [state = state_](const FunctionName& function, std::string target,
                                 http::Request request) {
    if (!state->running) return unavailable();
    return state->running->async.call(function, std::move(target), std::move(request));
  };
  hooks.ended = [state = state_] {
    state->running.reset();
    state->executor.reset();
  };
}

void Attachment::begin(Gateway& gateway) {
  state_->executor = gateway.executor();
  std::promise<void> begun;
  asio::post(*state_->executor, [&] {
    state_->loop = std::this_thread::get_id();
    state_->running = std::make_unique<Running>(gateway, std::move(state_->store), state_->settings,
                                                state_->hooks);
    state_->running->async.start();
    begun.set_value();
  });
  begun.get_future().get();
}

void Attachment::routed() {
  if (!state_->executor) return;
  asio::post(*state_->executor, [state = state_] {
    if (state->running) state->running->async.routed();
  });
}

void Attachment::end(Duration within) {
  if (!state_->executor) return;
  std::promise<void> ended;
  const auto stop = [&]() -> Awaitable<void> {
    Running* const running = state_->running.get();
    if (!running) co_return;
    const std::function<void()> cut = [running] { running->invoker.close(); };
    const bool quiet = co_await running->async.stop(within, cut);
    // What does not end goes when the gateway's loop is over.
    if (quiet) state_->running.reset();
  };
  asio::co_spawn(*state_->executor, stop(), [&](const std::exception_ptr&) { ended.set_value(); });
  ended.get_future().get();
}

Awaitable<http::Response> Attachment::callback(http::Request request) {
  if (!state_->running) return unavailable();
  return state_->running->async.callback(std::move(request));
}

Awaitable<http::Response> Attachment::dead_letters(http::Request request) {
  if (!state_->executor) return unavailable();
  const auto here = [](std::shared_ptr<State> state,
                       http::Request asked) -> Awaitable<http::Response> {
    http::Response response;
    if (state->running) {
      response = co_await state->running->async.dead_letters(std::move(asked));
    } else {
      response = co_await unavailable();
    }
    co_return response;
  };
  return asio::co_spawn(*state_->executor, here(state_, std::move(request)), asio::use_awaitable);
}

Metrics Attachment::metrics() const {
  if (!state_->executor) return {};
  const auto now = [this] {
    return state_->running ? state_->running->async.metrics() : Metrics{};
  };
  if (std::this_thread::get_id() == state_->loop) return now();
  std::promise<Metrics> promise;
  asio::post(*state_->executor, [&] { promise.set_value(now()); });
  return promise.get_future().get();
}

}  // namespace thaw::gateway::async
