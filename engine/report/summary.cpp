#include "engine/report/summary.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace thaw {
namespace {

using Json = nlohmann::ordered_json;

// JSON has no word for a number that is not finite, so such a key is left out.
void put(Json& object, const char* key, double value) {
  if (std::isfinite(value)) object[key] = value;
}

void put(Json& object, const char* key, const std::optional<double>& value) {
  if (value) put(object, key, *value);
}

void put(Json& object, const char* key, const std::optional<Summary::Spread>& spread) {
  if (!spread) return;
  Json& out = object[key] = Json::object();
  put(out, "mean", spread->mean);
  put(out, "p50", spread->p50);
  put(out, "p90", spread->p90);
  put(out, "p95", spread->p95);
  put(out, "p99", spread->p99);
  put(out, "max", spread->max);
}

Json json_of(const Summary::Requests& requests) {
  return {{"total", requests.total},
          {"completed", requests.completed},
          {"cold", requests.cold},
          {"timed_out", requests.timed_out},
          {"rejected", requests.rejected},
          {"failed", requests.failed},
          {"unfinished", requests.unfinished}};
}

void put(Json& object, const Summary::ColdStarts& cold) {
  Json& stages = object["cold_start_stages_s"] = Json::object();
  for (std::size_t i = 0; i < kColdStartStages.size(); ++i)
    put(stages, kColdStartStages[i].data(), cold.stages_s[i]);
  put(object, "cold_start_wait_s", std::optional(cold.wait_s));
}

Json json_of(const Summary::FunctionCost& cost) {
  Json out = Json::object();
  put(out, "total", cost.total);
  Json& parts = out["parts"] = Json::object();
  put(parts, "useful", cost.useful);
  put(parts, "idle_warm", cost.idle_warm);
  put(parts, "cold_start", cost.cold_start);
  put(parts, "stranded", cost.stranded);
  return out;
}

Json json_of(const Summary::Function& function) {
  Json out = {{"requests", json_of(function.requests)}};
  put(out, "cold_start_probability", function.cold_start_probability);
  put(out, "wait_probability", function.wait_probability);
  put(out, "in_system_mean", function.in_system_mean);
  put(out, "mean_life_s", function.mean_life_s);
  put(out, "latency_s", function.latency_s);
  put(out, "wait_s", function.wait_s);
  put(out, "ttft_s", function.ttft_s);
  put(out, "itl_s", function.itl_s);
  put(out, "in_vain_s", function.in_vain_s);
  if (function.cold_starts) put(out, *function.cold_starts);
  Json& replicas = out["replicas"] = Json::object();
  put(replicas, "mean", function.replicas_mean);
  replicas["peak"] = function.replicas_peak;
  put(replicas, "busy_mean", function.busy_mean);
  put(replicas, "idle_mean", function.idle_mean);
  replicas["scale_ups"] = function.scale_ups;
  replicas["scale_downs"] = function.scale_downs;
  out["scaled_by"] = function.scaled_by;
  if (function.cost) out["cost"] = json_of(*function.cost);
  return out;
}

Json json_of(const Summary::Pipeline& pipeline) {
  Json out = {{"requests", json_of(pipeline.requests)}};
  put(out, "latency_s", pipeline.latency_s);
  if (pipeline.cache_hits) out["cache_hits"] = *pipeline.cache_hits;
  if (pipeline.cache_misses) out["cache_misses"] = *pipeline.cache_misses;
  return out;
}

Json json_of(const Summary::Pool& pool) {
  Json out = Json::object();
  put(out, "nodes_mean", pool.nodes_mean);
  out["nodes_peak"] = pool.nodes_peak;
  put(out, "node_hours", pool.node_hours);
  put(out, "gpu_busy_ratio", pool.gpu_busy_ratio);
  put(out, "cost", pool.cost);
  return out;
}

Json json_of(const Summary::Cost& cost) {
  Json out = {{"currency", cost.currency}};
  put(out, "total", cost.total);
  put(out, "per_1000_requests", cost.per_1000_requests);
  Json& parts = out["parts"] = Json::object();
  put(parts, "useful", cost.useful);
  put(parts, "idle_warm", cost.idle_warm);
  put(parts, "cold_start", cost.cold_start);
  put(parts, "stranded", cost.stranded);
  put(parts, "draining", cost.draining);
  put(parts, "fixed", cost.fixed);
  put(out, "unattributed", cost.unattributed);
  return out;
}

Json json_of(const Summary::CheckResult& check) {
  Json out = {{"name", check.name}, {"held", check.held}};
  put(out, "at_s", check.at_s);
  out["detail"] = check.detail;
  out["held_in"] = check.held ? "1/1" : "0/1";
  return out;
}

Json json_of(const Summary::Audit& audit) {
  Json proofs = Json::array();
  for (const Summary::Audit::Proof& proof : audit.proofs)
    proofs.push_back({{"name", proof.name},
                      {"held", proof.held},
                      {"detail", proof.detail},
                      {"held_in", proof.held ? "1/1" : "0/1"}});
  return {{"proofs", std::move(proofs)}};
}

}  // namespace

bool Summary::held() const {
  return std::ranges::all_of(checks, &CheckResult::held) &&
         (!audit || std::ranges::all_of(audit->proofs, &Audit::Proof::held));
}

std::string to_json(const Summary& summary) {
  Json out = {{"schema", "thaw.summary/v1"},
              {"scenario", summary.scenario},
              {"seed", summary.seed},
              {"replications", summary.replications}};
  put(out, "simulated_s", summary.simulated_s);
  Json& functions = out["functions"] = Json::object();
  for (const auto& [name, function] : summary.functions) functions[name] = json_of(function);
  if (!summary.pipelines.empty()) {
    Json& pipelines = out["pipelines"] = Json::object();
    for (const auto& [name, pipeline] : summary.pipelines) pipelines[name] = json_of(pipeline);
  }
  Json& pools = out["pools"] = Json::object();
  for (const auto& [name, pool] : summary.pools) pools[name] = json_of(pool);
  out["cost"] = json_of(summary.cost);
  Json& checks = out["checks"] = Json::array();
  for (const Summary::CheckResult& check : summary.checks) checks.push_back(json_of(check));
  if (summary.audit) out["audit"] = json_of(*summary.audit);
  out["notices"] = summary.notices;
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace thaw
