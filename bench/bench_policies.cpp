// One decision of a policy, in a steady state with load: the time from facts to decision, without
// the world around it. Times are the median of the repetitions; each is to stay below 2 us.
#include <benchmark/benchmark.h>

#include "bench/steady_state.hpp"
#include "engine/invariant.hpp"

namespace thaw {
namespace {

void decides(benchmark::State& state, const char* name, const SettingList& settings) {
  SteadyState steady(name, settings);
  THAW_CHECK(steady.problem().empty(), "the settings are good");
  for (int i = 0; i < 1'000; ++i) steady.ask();
  for (auto _ : state) benchmark::DoNotOptimize(steady.ask());
}

constexpr int kRepetitions = 11;

BENCHMARK_CAPTURE(decides, concurrency, "concurrency", kConcurrencySettings)
    ->Repetitions(kRepetitions)
    ->ReportAggregatesOnly();
BENCHMARK_CAPTURE(decides, hpa, "hpa", kHpaSettings)
    ->Repetitions(kRepetitions)
    ->ReportAggregatesOnly();

// What a policy that weighs has to know.
const SettingList kPriced = {{"price", "0.75"}, {"cold-start", "60s"}};

BENCHMARK_CAPTURE(decides, thaw, "thaw", kPriced)
    ->Repetitions(kRepetitions)
    ->ReportAggregatesOnly();
const SettingList kWaitPriced = {{"price", "0.75"}, {"cold-start", "60s"}, {"wait-price", "1"}};
BENCHMARK_CAPTURE(decides, thaw_with_a_price_of_waiting, "thaw", kWaitPriced)
    ->Repetitions(kRepetitions)
    ->ReportAggregatesOnly();
BENCHMARK_CAPTURE(decides, mpc, "mpc", kPriced)->Repetitions(kRepetitions)->ReportAggregatesOnly();
BENCHMARK_CAPTURE(decides, seasonal, "seasonal", SettingList{})
    ->Repetitions(kRepetitions)
    ->ReportAggregatesOnly();
BENCHMARK_CAPTURE(decides, runpod, "runpod", SettingList{})
    ->Repetitions(kRepetitions)
    ->ReportAggregatesOnly();
BENCHMARK_CAPTURE(decides, modal, "modal", SettingList{})
    ->Repetitions(kRepetitions)
    ->ReportAggregatesOnly();

}  // namespace
}  // namespace thaw
