// What a run says of its policy, in a few numbers.
#include <algorithm>

#include "sim/study/compare.hpp"

namespace thaw::sim {
namespace {

struct Calls {
  std::int64_t total = 0, completed = 0;
  void add(const Summary::Requests& requests) {
    total += requests.total;
    completed += requests.completed;
  }
};

// What users call: pipelines where there are any, otherwise functions.
Calls calls_of(const Summary& summary) {
  Calls calls;
  for (const auto& [name, pipeline] : summary.pipelines) calls.add(pipeline.requests);
  if (!summary.pipelines.empty()) return calls;
  for (const auto& [name, function] : summary.functions) calls.add(function.requests);
  return calls;
}

// A world without prices has no bill. What a policy takes of it is time of instances.
void count_instances(const Summary& summary, double hours, Outcome& outcome) {
  for (const auto& [name, function] : summary.functions) {
    outcome.cost += function.replicas_mean * hours;
    outcome.useful += function.busy_mean * hours;
    outcome.idle_warm += function.idle_mean * hours;
  }
}

}  // namespace

bool has_prices(const Scenario& scenario) {
  const auto& functions = scenario.functions;
  return !scenario.cluster.pools.empty() ||
         std::any_of(functions.begin(), functions.end(), [](const FunctionSpec& function) {
           return function.standalone && !function.standalone->currency.empty();
         });
}

Outcome outcome_of(const Scenario& scenario, const RunResult& result) {
  const Summary& summary = result.summary;
  Outcome outcome;
  outcome.simulated_s = summary.simulated_s;
  outcome.held = summary.held();
  const double hours = (summary.simulated_s - seconds(scenario.warm_up)) / 3600;
  const Summary::Cost& cost = summary.cost;
  if (!has_prices(scenario)) {
    count_instances(summary, hours, outcome);
  } else {
    outcome.cost = cost.total;
    outcome.useful = cost.useful;
    outcome.idle_warm = cost.idle_warm;
    outcome.cold_start = cost.cold_start;
    outcome.stranded = cost.stranded;
    outcome.draining = cost.draining;
    outcome.fixed = cost.fixed;
  }
  std::int64_t cold = 0, total = 0, changes = 0;
  for (const auto& [name, function] : summary.functions) {
    cold += function.requests.cold;
    total += function.requests.total;
    changes += function.scale_ups + function.scale_downs;
  }
  if (hours > 0) outcome.changes_per_hour = static_cast<double>(changes) / hours;
  const auto share = [](std::int64_t part, std::int64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  if (total > 0) {
    outcome.cold_share = share(cold, total);
    outcome.cost_per_1000_requests = outcome.cost * 1000 / static_cast<double>(total);
  }
  const Calls calls = calls_of(summary);
  outcome.requests = static_cast<double>(calls.total);
  outcome.answered = static_cast<double>(calls.completed);
  if (result.latency.count() > 0) {
    outcome.mean_s = result.latency.mean() / 1e9;
    outcome.p50_s = seconds(result.latency.quantile(0.50));
    outcome.p95_s = seconds(result.latency.quantile(0.95));
    outcome.p99_s = seconds(result.latency.quantile(0.99));
  }
  return outcome;
}

}  // namespace thaw::sim
