// Asynchronous calls: how many are taken, each on disk before its 202, and how many go through to a
// function that answers at once. The file is in the folder that it is run in: the disk is what is
// measured.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "drivers/gateway/async/async.hpp"

namespace thaw::gateway::async {
namespace {

const FunctionName kFunction = {"default", "f"};

TimePoint wall_clock() {
  return {
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
}

class Answering final : public Invoker {
 public:
  explicit Answering(std::size_t ready) {
    route_.ready.resize(ready);
    route_.async.parallel = 1'000;
    route_.async.per_replica = 64;
  }
  std::optional<FunctionName> find(std::string_view) const override { return kFunction; }
  const Route* route(const FunctionName&) const override { return &route_; }
  Awaitable<Outcome> invoke(FunctionName, http::Request, Duration) override {
    ++calls;
    Outcome outcome;
    outcome.status = 200;
    co_return outcome;
  }
  std::uint64_t calls = 0;

 private:
  Route route_;
};

class Queue {
 public:
  explicit Queue(std::size_t ready) : function_(ready) {
    if (!mkdtemp(folder_.data())) throw std::runtime_error("no folder");
    Settings settings;
    settings.path = folder_ + "/queue.db";
    settings.room = {.of_function = 10'000'000, .elements = 10'000'000, .bytes = 1ull << 40};
    Async::Hooks hooks;
    hooks.now = wall_clock;
    hooks.wanted = [](const FunctionName&) {};
    hooks.tell = [](const std::string& line) { throw std::runtime_error(line); };
    auto store = open_store(settings.path, settings.memory, wall_clock(), hooks.tell);
    async_.emplace(io_.get_executor(), std::move(store), std::move(settings), function_,
                   std::move(hooks));
    async_->start();
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue() {
    async_.reset();
    std::filesystem::remove_all(folder_);
  }
  void take(std::int64_t count) {
    taken_ = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      boost::asio::co_spawn(io_, call(), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
      });
    }
    while (taken_ < count) io_.run_one();
  }
  void deliver(std::uint64_t count) {
    while (function_.calls < count) io_.run_one();
  }

 private:
  Awaitable<void> call() {
    http::Request request;
    request.method = "POST";
    request.headers = {{"Content-Type", "application/json"}, {"User-Agent", "bench"}};
    request.body.assign(1'000, 'x');
    const http::Response answer = co_await async_->call(kFunction, "/", std::move(request));
    if (answer.status != 202) throw std::runtime_error(answer.body);
    ++taken_;
  }

  std::string folder_ = "bench-async-XXXXXX";
  boost::asio::io_context io_;
  Answering function_;
  std::optional<Async> async_;
  std::int64_t taken_ = 0;
};

// So many callers at once, a body of 1 kB each.
void accepted(benchmark::State& state) {
  Queue queue(0);
  for (auto _ : state) queue.take(state.range(0));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void accepted_and_delivered(benchmark::State& state) {
  Queue queue(16);
  std::uint64_t all = 0;
  for (auto _ : state) {
    queue.take(state.range(0));
    queue.deliver(all += static_cast<std::uint64_t>(state.range(0)));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(accepted)->Arg(1)->Arg(8)->Arg(64)->Arg(256)->UseRealTime();
BENCHMARK(accepted_and_delivered)->Arg(64)->UseRealTime();

}  // namespace
}  // namespace thaw::gateway::async
