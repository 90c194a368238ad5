// Asynchronous calls: on disk before 202, delivered at least once, retried a bounded number of
// times, then dead letters; results posted to callbacks. docs/async.md says what is promised.
//
// One file, one gateway. A function's author must expect the same call more than once: a gateway
// that ends between an answer and the write of it asks again.
// Threads: everything runs on `executor`'s one; dead_letters() and metrics() may be called from
// any. Errors: the constructor throws StoreError where the file cannot be opened or is not ours;
// one that is damaged is moved aside, and Hooks::tell hears of it. It outlives the executor's last
// run, and goes before the executor's context does.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "drivers/gateway/async/callback_client.hpp"
#include "drivers/gateway/async/calls.hpp"

namespace thaw::gateway::async {

struct Settings {
  std::string path;                         // a file on a volume that outlives the pod
  std::size_t body = std::size_t{1} << 20;  // of one call; more is 413
  Room::Limits room;                        // 429 and 503 beyond
  Store::Memory memory;                     // of keys whose calls are over
  std::vector<std::string> callback_hosts;  // see CallbackRule; empty: any, by address
  Callbacks::Policy callbacks;
};

struct Metrics {
  struct OfFunction {
    Counts delivery;
    Calls::Counts calls;
  };
  std::vector<OfFunction> functions;  // by name; those that were called since the start, or wait
  Callbacks::Counts callbacks;
  std::uint64_t elements = 0, bytes = 0, commits = 0;
};

class Async {
 public:
  struct Hooks {
    std::function<void(const FunctionName&)> wanted;  // as Gateway::Hooks::wanted
    std::function<TimePoint()> now;                   // the wall clock
    std::function<void(const std::string&)> tell;     // a line for the log
  };
  // `store`: of open_store(settings.path, …). `poster`: null: over HTTP.
  Async(boost::asio::any_io_executor executor, std::unique_ptr<Store> store, Settings settings,
        Invoker& invoker, Hooks hooks, std::unique_ptr<Poster> poster = nullptr);
  Async(const Async&) = delete;
  Async& operator=(const Async&) = delete;
  ~Async();

  void start();   // what an earlier gateway left is due
  void routed();  // replicas came or went
  // No new call, no new attempt. Returns when those that are on have ended, or after `within`;
  // `cut` (may be null) is then asked to end them, and those that get no answer wait for the next
  // start. True: nothing is on any more.
  Awaitable<bool> stop(Duration within, std::function<void()> cut);

  // For Gateway::Hooks::async, and for what Hooks::pages is asked under kCallback. See Calls.
  Awaitable<http::Response> call(FunctionName function, std::string target, http::Request request);
  Awaitable<http::Response> callback(http::Request request);
  // See dead_letters.hpp: for the private pages.
  Awaitable<http::Response> dead_letters(http::Request request);

  Metrics metrics() const;  // as of now

 private:
  Awaitable<void> run();
  std::size_t on() const {
    return delivery_.attempts() + callbacks_.posts() + calls_.on() + operators_;
  }
  Awaitable<bool> quiet(Duration within);

  boost::asio::any_io_executor executor_;
  Settings settings_;
  Hooks hooks_;
  CallbackRule callback_rule_;
  std::unique_ptr<Poster> poster_;
  Room room_;
  std::vector<Element> left_;
  std::vector<Result> results_left_;
  Journal journal_;
  Delivery delivery_;
  Callbacks callbacks_;
  Calls calls_;
  boost::asio::steady_timer timer_;
  std::size_t operators_ = 0;  // at dead letters
  bool woken_ = false, running_ = false, stopping_ = false;
};

}  // namespace thaw::gateway::async
