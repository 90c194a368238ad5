// The two queues of the simulated worlds, held at a size: one goes in for each that comes out.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>

#include "engine/event_queue.hpp"
#include "engine/random.hpp"
#include "sim/instances/finish_heap.hpp"

namespace thaw::sim {
namespace {

// Fires and comes again after a random while.
class Repeated final : public Handler {
 public:
  explicit Repeated(EventQueue& queue) : queue_(queue) {}
  void fire(std::uint32_t, std::uint64_t) override { again(); }
  void again() {
    queue_.after(Duration{1 + static_cast<std::int64_t>(random_.below(1000))}, *this, 0);
  }

 private:
  EventQueue& queue_;
  Random random_{1, "bench"};
};

void event_queue(benchmark::State& state) {
  EventQueue queue{TimePoint{}};
  Repeated handler(queue);
  for (std::int64_t i = 0; i < state.range(0); ++i) handler.again();
  for (auto _ : state) queue.run_next();
  state.SetItemsProcessed(state.iterations());
}

// As a time-out that is nearly always cancelled: it stays in the heap until its instant.
void event_queue_cancel(benchmark::State& state) {
  using namespace std::chrono_literals;
  EventQueue queue{TimePoint{}};
  Repeated handler(queue);
  for (std::int64_t i = 0; i < state.range(0); ++i) handler.again();
  for (auto _ : state) {
    EventId timeout = queue.after(2us, handler, 0);
    queue.run_next();
    queue.cancel(timeout);
  }
  state.SetItemsProcessed(state.iterations());
}

void finish_heap(benchmark::State& state) {
  FinishHeap heap;
  Random random(1, "bench");
  const auto later = [&] { return static_cast<std::int64_t>(1 + random.below(1000)); };
  for (std::int64_t i = 0; i < state.range(0); ++i)
    heap.push({later(), static_cast<std::uint64_t>(i)});
  for (auto _ : state) {
    const FinishHeap::Entry first = heap.top();
    heap.pop();
    heap.push({first.at + later(), first.id});
  }
  state.SetItemsProcessed(state.iterations());
}

void finish_heap_replace_top(benchmark::State& state) {
  FinishHeap heap;
  Random random(1, "bench");
  const auto later = [&] { return static_cast<std::int64_t>(1 + random.below(1000)); };
  for (std::int64_t i = 0; i < state.range(0); ++i)
    heap.push({later(), static_cast<std::uint64_t>(i)});
  for (auto _ : state) heap.replace_top({heap.top().at + later(), heap.top().id});
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(event_queue)->Arg(16)->Arg(256)->Arg(4096);
BENCHMARK(event_queue_cancel)->Arg(16)->Arg(256);
BENCHMARK(finish_heap)->Arg(2)->Arg(256)->Arg(4096);
BENCHMARK(finish_heap_replace_top)->Arg(2)->Arg(256)->Arg(4096);

}  // namespace
}  // namespace thaw::sim
