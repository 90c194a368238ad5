// engine/math beside libm: what the same bits on every machine cost.
#include "engine/math.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <cmath>

namespace thaw {
namespace {

// Arguments that no compiler foresees, within (0, 1).
template <class Function>
void each(benchmark::State& state, Function function) {
  std::array<double, 64> arguments{};
  for (std::size_t i = 0; i < arguments.size(); ++i)
    arguments[i] = (static_cast<double>(i) + 0.5) / static_cast<double>(arguments.size());
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(function(arguments[i++ % arguments.size()]));
}

void log_of_sixteen(benchmark::State& state) {
  math::Lanes lanes;
  for (auto _ : state) {
    for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i] = static_cast<double>(i + 1) / 17;
    math::log_each(lanes);
    benchmark::DoNotOptimize(lanes);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(lanes.size()));
}

BENCHMARK_CAPTURE(each, log, [](double x) { return math::log(x); });
BENCHMARK_CAPTURE(each, libm_log, [](double x) { return std::log(x); });
BENCHMARK(log_of_sixteen);
BENCHMARK_CAPTURE(each, exp, [](double x) { return math::exp(x); });
BENCHMARK_CAPTURE(each, libm_exp, [](double x) { return std::exp(x); });
BENCHMARK_CAPTURE(each, pow, [](double x) { return math::pow(x, 0.7); });
BENCHMARK_CAPTURE(each, libm_pow, [](double x) { return std::pow(x, 0.7); });
BENCHMARK_CAPTURE(each, cos_turns, [](double x) { return math::cos_turns(x); });
BENCHMARK_CAPTURE(each, normal_quantile, [](double x) { return math::normal_quantile(x); });

}  // namespace
}  // namespace thaw
