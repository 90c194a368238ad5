// One instance taken out of the idle set and put back, in each dispatch order: what a request costs
// there.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "sim/instances/idle_set.hpp"

namespace thaw::sim {
namespace {

void idle_set(benchmark::State& state, Dispatch dispatch) {
  std::vector<Instance> all(static_cast<std::size_t>(state.range(0)));
  IdleSet idle(dispatch);
  Random choice(1, "bench");
  for (std::uint32_t id = 0; id < all.size(); ++id) {
    all[id].order = id;
    idle.add(all, id);
  }
  for (auto _ : state) idle.add(all, idle.take(all, choice));
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(idle_set, newest, Dispatch::newest)->Arg(6)->Arg(200);
BENCHMARK_CAPTURE(idle_set, oldest, Dispatch::oldest)->Arg(6)->Arg(200);
BENCHMARK_CAPTURE(idle_set, recently_idle, Dispatch::recently_idle)->Arg(6)->Arg(200);
BENCHMARK_CAPTURE(idle_set, longest_idle, Dispatch::longest_idle)->Arg(6)->Arg(200);
BENCHMARK_CAPTURE(idle_set, random, Dispatch::random)->Arg(6)->Arg(200);

}  // namespace
}  // namespace thaw::sim
