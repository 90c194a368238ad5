#include "drivers/gateway/async/attachment.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <mutex>
#include <optional>
#include <utility>

#include "drivers/gateway/async/answers.hpp"
#include "drivers/gateway/async/balanced_invoker.hpp"

namespace thaw::gateway::async {
namespace {

namespace asio = boost::asio;

Awaitable<http::Response> unavailable() {
  http::Response response = plain(503, "asynchronous calls are not served now\n");
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
  std::optional<asio::any_io_executor> executor;  // from begin() on

  std::shared_ptr<Running> running() const {
    const std::lock_guard lock(mutex_);
    return running_;
  }
  // Where the last hold of what was there is let go it ends: on the loop, or when that is over.
  void set(std::shared_ptr<Running> running) {
    const std::lock_guard lock(mutex_);
    running_.swap(running);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<Running> running_;
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
    const auto running = state->running();
    if (!running) return unavailable();
    return running->async.call(function, std::move(target), std::move(request));
  };
  hooks.ended = [state = state_] { state->set(nullptr); };
}

void Attachment::begin(Gateway& gateway) {
  state_->executor = gateway.executor();
  std::promise<void> begun;
  asio::post(*state_->executor, [&] {
    auto running = std::make_shared<Running>(gateway, std::move(state_->store), state_->settings,
                                             state_->hooks);
    running->async.start();
    state_->set(std::move(running));
    begun.set_value();
  });
  begun.get_future().get();
}

void Attachment::routed() {
  if (!state_->executor) return;
  asio::post(*state_->executor, [state = state_] {
    if (const auto running = state->running()) running->async.routed();
  });
}

void Attachment::end(Duration within) {
  if (!state_->running()) return;
  std::promise<void> ended;
  const auto stop = [&]() -> Awaitable<void> {
    Running& running = *state_->running();
    const std::function<void()> cut = [&running] { running.invoker.close(); };
    const bool quiet = co_await running.async.stop(within, cut);
    // What does not end goes when the gateway's loop is over.
    if (quiet) state_->set(nullptr);
  };
  asio::co_spawn(*state_->executor, stop(), [&](const std::exception_ptr&) { ended.set_value(); });
  ended.get_future().get();
}

Awaitable<http::Response> Attachment::callback(http::Request request) {
  const auto running = state_->running();
  return running ? running->async.callback(std::move(request)) : unavailable();
}

Awaitable<http::Response> Attachment::dead_letters(http::Request request) {
  if (!state_->executor) return unavailable();
  const auto here = [](std::shared_ptr<State> state,
                       http::Request asked) -> Awaitable<http::Response> {
    Running* const running = state->running().get();  // nobody else lets it go on this loop
    http::Response response;
    if (running) {
      response = co_await running->async.dead_letters(std::move(asked));
    } else {
      response = co_await unavailable();
    }
    co_return response;
  };
  return asio::co_spawn(*state_->executor, here(state_, std::move(request)), asio::use_awaitable);
}

Metrics Attachment::metrics() const {
  const auto running = state_->running();
  return running ? running->async.metrics() : Metrics{};
}

}  // namespace thaw::gateway::async
