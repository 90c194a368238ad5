// summary.json (schema thaw.summary/v1) and the closing lines that a person reads.
// Empty optionals are left out of the JSON: what did not happen has no number.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/time.hpp"

namespace thaw {

// What a replica goes through until it serves, in order: docs/ledger.md.
inline constexpr std::array<std::string_view, 12> kColdStartStages = {
    "policy", "node_order", "boot",  "join", "gpu",   "schedule",
    "image",  "container",  "model", "load", "ready", "queue"};

struct Summary {
  struct Spread {
    double mean, p50, p90, p95, p99, max;
  };
  // Of how many values there are from `from_s` to below `to_s`.
  struct Bin {
    double from_s, to_s;
    std::int64_t count;
  };
  struct Requests {
    std::int64_t total = 0, completed = 0, cold = 0;
    std::int64_t timed_out = 0, rejected = 0, failed = 0, unfinished = 0;
  };
  // Of the cold requests that were served in the end.
  struct ColdStarts {
    std::array<double, kColdStartStages.size()> stages_s{};  // means; they add up to the wait's
    Spread wait_s{};                                         // from arrival to start of service
  };
  // What its replicas took of the nodes; the parts add up to the total.
  struct FunctionCost {
    double total = 0, useful = 0, idle_warm = 0, cold_start = 0, stranded = 0;
  };
  struct Function {
    Requests requests;
    std::optional<double>
        wait_probability;                  // waited for a busy server / total; standalone functions
    std::optional<double> in_system_mean;  // requests waiting or in service, over time
    std::optional<double> mean_life_s;     // of the instances that ended
    std::optional<double> cold_start_probability;  // cold / total; empty when nobody called
    std::optional<Spread> latency_s, wait_s;       // completed requests only
    std::optional<Spread> ttft_s, itl_s;           // of answers that came token by token
    std::vector<Bin> latency_bins;                 // for the page's chart, not in summary.json
    std::optional<double> in_vain_s;  // spent by requests that were not completed, all together
    std::optional<ColdStarts> cold_starts;
    std::optional<FunctionCost> cost;  // where there are nodes
    double replicas_mean = 0, busy_mean = 0, idle_mean = 0;
    std::int64_t replicas_peak = 0, scale_ups = 0, scale_downs = 0;
    std::string scaled_by;
  };
  struct Pipeline {
    Requests requests;
    std::optional<Spread> latency_s;                       // completed requests only
    std::vector<Bin> latency_bins;                         // as a function's
    std::optional<std::int64_t> cache_hits, cache_misses;  // where there is a cache
  };
  struct Pool {
    double nodes_mean = 0, node_hours = 0, gpu_busy_ratio = 0, cost = 0;
    std::int64_t nodes_peak = 0;
  };
  struct Cost {
    std::string currency;
    double total = 0;
    std::optional<double> per_1000_requests;
    double useful = 0, idle_warm = 0, cold_start = 0, stranded = 0, draining = 0, fixed = 0;
    std::optional<double> unattributed;  // of no function; with the functions' the total
  };
  struct CheckResult {
    std::string name;
    bool held = false;
    std::optional<double> at_s;  // when it was decided
    std::string detail;          // what was seen when
  };

  // The books held against each other, where that was asked for.
  struct Audit {
    struct Proof {
      std::string name;
      bool held = false;
      std::string detail;  // how many entries, their sum; or the first that does not fit
    };
    std::vector<Proof> proofs;
  };

  std::string scenario;
  bool observed = false;  // on a cluster; not in summary.json
  std::uint64_t seed = 0;
  std::int64_t replications = 1;
  double simulated_s = 0;
  std::map<std::string, Function> functions;
  std::map<std::string, Pipeline> pipelines;
  std::map<std::string, Pool> pools;
  Cost cost;
  std::vector<CheckResult> checks;
  std::optional<Audit> audit;
  std::vector<std::string> notices;

  bool held() const;  // all checks, and all proofs
};

// Indented by two, keys in the contract's order, a newline at the end.
std::string to_json(const Summary&);

// Checks, a line per function in each table, pools, the bill by kind, notices; colour only if
// asked.
std::string to_text(const Summary&, bool colour);

}  // namespace thaw
