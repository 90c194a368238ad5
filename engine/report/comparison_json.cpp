// compare.json, schema thaw.compare/v1: docs/compare.md has its fields.
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/report/comparison.hpp"

namespace thaw {
namespace {

using Json = nlohmann::ordered_json;

// JSON has no word for a number that is not finite.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json interval(const Estimate& estimate) {
  return Json::array({number(estimate.low), number(estimate.high)});
}

Json json_of(const Estimate& estimate) {
  return {{"mean", number(estimate.mean)}, {"ci95", interval(estimate)}};
}

Json json_of(const std::optional<Estimate>& estimate) {
  return estimate ? json_of(*estimate) : Json(nullptr);
}

void add_waste(const Comparison::Waste& waste, Json& means, Json& intervals) {
  const auto add = [&](const char* kind, const Estimate& of) {
    means[kind] = number(of.mean);
    intervals[kind] = interval(of);
  };
  add("idle_warm", waste.idle_warm);
  add("cold_start", waste.cold_start);
  add("stranded", waste.stranded);
  add("draining", waste.draining);
  add("fixed", waste.fixed);
}

void add_over_optimum(const OverOptimum<Estimate>& over, Json& means, Json& intervals) {
  means["cost_over_optimum"] = number(over.ratio.mean);
  intervals["cost_over_optimum"] = interval(over.ratio);
  const auto add = [&](const char* part, const Estimate& of) {
    means["above_optimum"][part] = number(of.mean);
    intervals["above_optimum"][part] = interval(of);
  };
  add("served_longer", over.served_longer);
  add("kept_longer", over.kept_longer);
  add("started_more", over.started_more);
  add("nodes_unused", over.nodes_unused);
}

Json json_of(const Comparison::Policy& policy) {
  Json out = {{"label", policy.label()}, {"name", policy.name}, {"settings", policy.settings}};
  if (!policy.ran()) {
    out["not_run"] = policy.not_run;
    return out;
  }
  out["held"] = policy.held;
  out["foresees"] = policy.foresees;
  out["cost"] = json_of(policy.cost);
  out["cost_per_1000_requests"] = json_of(policy.cost_per_1000_requests);
  out["latency_s"] = {{"mean", json_of(policy.latency_s.mean)},
                      {"p50", json_of(policy.latency_s.p50)},
                      {"p95", json_of(policy.latency_s.p95)},
                      {"p99", json_of(policy.latency_s.p99)}};
  out["cold_share"] = json_of(policy.cold_share);
  out["unanswered_share"] = json_of(policy.unanswered_share);
  out["changes_per_hour"] = number(policy.changes_per_hour.mean);
  out["useful"] = number(policy.useful.mean);
  Json& waste = out["waste"] = Json::object();
  Json intervals = {{"changes_per_hour", interval(policy.changes_per_hour)},
                    {"useful", interval(policy.useful)}};
  add_waste(policy.waste, waste, intervals["waste"]);
  out["cost_over_optimum"] = out["above_optimum"] = nullptr;
  if (policy.over_optimum) add_over_optimum(*policy.over_optimum, out, intervals);
  out["simulated_s"] = number(policy.simulated_s.mean);
  out["ci95"] = std::move(intervals);
  out["pareto"] = policy.pareto;
  out["dominated_by"] = policy.dominated_by;
  out["not_run"] = nullptr;
  return out;
}

Json json_of(const Comparison::Pair& pair) {
  return {{"a", pair.a},
          {"b", pair.b},
          {"cost_ratio", json_of(pair.cost_ratio)},
          {"cost_difference", json_of(pair.cost_difference)},
          {"p95_difference_s", json_of(pair.p95_difference_s)}};
}

}  // namespace

std::string to_json(const Comparison& comparison) {
  Json out = {{"schema", "thaw.compare/v1"},     {"scenario", comparison.scenario},
              {"seed", comparison.seed},         {"replications", comparison.replications},
              {"currency", comparison.currency}, {"warm_up_s", comparison.warm_up_s}};
  out["optimum"] = nullptr;
  if (comparison.optimum)
    out["optimum"] = {{"total", number(comparison.optimum->total.mean)},
                      {"ci95", interval(comparison.optimum->total)},
                      {"wait_allowed_s", comparison.optimum->wait_allowed_s}};
  Json& policies = out["policies"] = Json::array();
  for (const Comparison::Policy& policy : comparison.policies) policies.push_back(json_of(policy));
  Json& pairs = out["pairs"] = Json::array();
  for (const Comparison::Pair& pair : comparison.pairs) pairs.push_back(json_of(pair));
  out["notices"] = comparison.notices;
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace thaw
