#include "drivers/trial/summary.hpp"

#include <algorithm>

#include "engine/run/summary_parts.hpp"

namespace thaw::trial {
namespace {

Summary::Function function_of(const SummaryParts& parts, std::size_t f) {
  const workload::Tally& tally = parts.load.tally(f);
  const observed::View& view = parts.view;
  const auto over_time = [&](Gauge gauge) { return view.gauges.at(gauge, f).mean(view.now()); };
  Summary::Function function;
  add_calls(tally, function);
  function.in_system_mean = over_time(Gauge::in_flight);
  function.replicas_mean = over_time(Gauge::replicas);
  function.replicas_peak = view.gauges.at(Gauge::replicas, f).max();
  function.busy_mean = view.busy(f).mean(view.now());
  function.idle_mean = std::max(0.0, over_time(Gauge::ready) - function.busy_mean);
  function.scale_ups = parts.workloads.scale_ups(f);
  function.scale_downs = parts.workloads.scale_downs(f);
  function.scaled_by = parts.scaled_by[f];
  return function;
}

}  // namespace

Summary summary_of(const SummaryParts& parts) {
  const Scenario& scenario = parts.view.scenario();
  Summary summary;
  summary.observed = true;
  summary.scenario = scenario.name;
  summary.seed = parts.seed;
  summary.simulated_s = seconds(parts.view.now() - scenario.start);
  for (std::size_t p = 0; p < scenario.pipelines.size(); ++p) {
    const Pipeline& spec = scenario.pipelines[p];
    const workload::Tally& tally = parts.load.pipeline_tally(p);
    Summary::Pipeline& pipeline = summary.pipelines[spec.name];
    pipeline.requests = requests_of(tally);
    pipeline.latency_s = spread_of(tally.latency);
    pipeline.latency_bins = bins_of(tally.latency);
    if (!spec.cache) continue;
    pipeline.cache_hits = parts.load.cache_use(p).hits;
    pipeline.cache_misses = parts.load.cache_use(p).misses;
  }
  std::int64_t requests = 0;
  for (std::size_t f = 0; f < scenario.functions.size(); ++f) {
    summary.functions[scenario.functions[f].name] = function_of(parts, f);
    requests += parts.load.tally(f).total;
  }
  parts.bill.tell(summary);
  if (requests > 0)
    summary.cost.per_1000_requests = summary.cost.total * 1000 / static_cast<double>(requests);
  summary.checks = results_of(parts.checker, scenario.start);
  summary.notices = parts.notices;
  return summary;
}

}  // namespace thaw::trial
