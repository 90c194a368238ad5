// Percentiles: a latency added, a quantile asked.
#include "engine/statistics/sketch.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <chrono>

#include "engine/distribution.hpp"

namespace thaw {
namespace {

using namespace std::chrono_literals;

// Spread over the buckets as latencies are.
std::array<Duration, 1024> latencies() {
  std::array<Duration, 1024> values;
  Random random(1, "bench");
  for (Duration& value : values) value = Distribution::exponential(2s).draw(random);
  return values;
}

void sketch_add(benchmark::State& state) {
  const auto values = latencies();
  Sketch sketch;
  std::size_t i = 0;
  for (auto _ : state) sketch.add(values[i++ % values.size()]);
  benchmark::DoNotOptimize(sketch.count());
}

void sketch_quantile(benchmark::State& state) {
  Sketch sketch;
  for (const Duration value : latencies()) sketch.add(value);
  for (auto _ : state) benchmark::DoNotOptimize(sketch.quantile(0.99));
}

BENCHMARK(sketch_add);
BENCHMARK(sketch_quantile);

}  // namespace
}  // namespace thaw
