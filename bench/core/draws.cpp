// What is drawn per request: durations one by one and sixteen at a time, and the arrivals of each
// kind of process.
#include <benchmark/benchmark.h>

#include <chrono>

#include "engine/arrivals.hpp"
#include "engine/distribution.hpp"
#include "engine/sampler.hpp"

namespace thaw {
namespace {

using namespace std::chrono_literals;

void uniform(benchmark::State& state) {
  Random random(1, "bench");
  for (auto _ : state) benchmark::DoNotOptimize(random.uniform());
}

void draw(benchmark::State& state, const Distribution& distribution) {
  Random random(1, "bench");
  for (auto _ : state) benchmark::DoNotOptimize(distribution.draw(random));
}

void sampler(benchmark::State& state, const Distribution& distribution) {
  Sampler values(distribution, Random(1, "bench"));
  for (auto _ : state) benchmark::DoNotOptimize(values.next());
}

void arrivals(benchmark::State& state, const ArrivalProcess& process) {
  ArrivalStream stream(process, Random(1, "bench"), TimePoint{});
  for (auto _ : state) benchmark::DoNotOptimize(stream.next());
}

ArrivalProcess poisson() {
  ArrivalProcess process;
  process.gap = Distribution::exponential(1ms);
  return process;
}

ArrivalProcess mmpp() {
  ArrivalProcess process;
  process.kind = ArrivalProcess::Kind::mmpp;
  process.states = {{1500, 10s}, {500, 10s}};
  return process;
}

ArrivalProcess diurnal() {
  ArrivalProcess process;
  process.kind = ArrivalProcess::Kind::diurnal;
  process.rate = 1000;
  process.amplitude_ratio = 0.5;
  process.period = 24h;
  return process;
}

BENCHMARK(uniform);
BENCHMARK_CAPTURE(draw, exponential, Distribution::exponential(2s));
BENCHMARK_CAPTURE(draw, lognormal, Distribution::lognormal_mean_cv(2s, 0.6));
BENCHMARK_CAPTURE(draw, gamma, Distribution::gamma_mean_cv(2s, 0.6));
BENCHMARK_CAPTURE(draw, weibull, Distribution::weibull_mean_cv(2s, 0.6));
BENCHMARK_CAPTURE(sampler, exponential, Distribution::exponential(2s));
BENCHMARK_CAPTURE(sampler, lognormal, Distribution::lognormal_mean_cv(2s, 0.6));
BENCHMARK_CAPTURE(arrivals, poisson, poisson());
BENCHMARK_CAPTURE(arrivals, mmpp, mmpp());
BENCHMARK_CAPTURE(arrivals, diurnal, diurnal());

}  // namespace
}  // namespace thaw
