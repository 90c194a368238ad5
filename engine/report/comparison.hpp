// Policies against each other on one scenario, under the same random numbers (schema
// thaw.compare/v1).
//
// A Contest is what was measured, run by run; compared() makes means, Student's intervals and
// paired comparisons of it. One policy dominates another where it is better in cost or in p95 and
// worse in neither: each by a paired difference whose 95 % interval excludes 0, or the same in
// every replication. It must not answer fewer requests either, but for one in a hundred. The Pareto
// front is of the means, and of those who answer as many as anybody: nobody is at least as good in
// both and better in one. Where all policies get the same load, requests that a policy never came
// to (a step that waits for a replica) are unanswered, too.
// Units: as the names say; money in `currency`. In a world without prices the currency is
// instance hours. Shares are 0 … 1. Errors: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/report/precision.hpp"
#include "engine/statistics/estimate.hpp"

namespace thaw {

// What was paid over what had to be, and where the rest comes from: the ratio is 1 and the four
// parts, which are multiples of the bound as well. Below 0: less was paid for that than the bound
// pays, and more elsewhere.
template <class Number>
struct OverOptimum {
  Number ratio{};
  Number served_longer{};  // replicas with a request in service
  Number kept_longer{};    // idle ones
  Number started_more{};   // what does not serve yet
  Number nodes_unused{};  // nodes, or parts of them, that held no replica, or were on their way out
};

// Of one run.
struct Outcome {
  double cost = 0, useful = 0, idle_warm = 0, cold_start = 0, stranded = 0, draining = 0, fixed = 0;
  std::optional<double> cost_per_1000_requests;
  std::optional<double> mean_s, p50_s, p95_s, p99_s;  // of completed requests
  double requests = 0, answered = 0;                  // of users
  std::optional<double> cold_share;                   // of all calls; empty: nobody called
  // Empty: no bound, as there are no prices, or as not every request was answered.
  std::optional<OverOptimum<double>> over_optimum;  // its requests wait as long as the run's did
  std::optional<double> optimum;                    // the bound for whom nobody waits
  double changes_per_hour = 0;                      // replicas asked for or let go
  double simulated_s = 0;
  bool held = true;  // every check of the scenario
};

struct Contest {
  struct Contender {
    std::string name, settings;
    std::string not_run;        // why not; empty: it ran
    std::vector<Outcome> runs;  // one a replication, the same replications for all that ran
    bool foresees = false;      // knows what comes: a bound, and no rival
  };
  struct Bound {
    double wait_allowed_s = 0;
    std::vector<double> totals;  // one a replication
  };
  std::string scenario, currency;
  std::uint64_t seed = 0;
  double warm_up_s = 0;
  bool same_load = true;  // no request depends on an earlier answer
  std::vector<Contender> contenders;
  std::optional<Bound> optimum;  // the least that anybody could pay who knew the future
  std::vector<std::string> notices;

  std::size_t replications() const;
};

struct Comparison {
  struct Latency {
    std::optional<Estimate> mean, p50, p95, p99;
  };
  struct Waste {
    Estimate idle_warm, cold_start, stranded, draining, fixed;
  };
  struct Policy {
    std::string name, settings, not_run;
    bool held = false;      // in every replication
    bool foresees = false;  // then neither on the front nor ahead of anybody
    Estimate cost, useful, changes_per_hour, simulated_s;
    Waste waste;
    Latency latency_s;
    std::optional<Estimate> cost_per_1000_requests, cold_share, unanswered_share;
    std::optional<OverOptimum<Estimate>> over_optimum;
    bool pareto = false;
    std::vector<std::string> dominated_by;  // labels

    bool ran() const { return not_run.empty(); }
    std::string label() const { return settings.empty() ? name : name + ":" + settings; }
  };
  // a against b: a's cost over b's, a's p95 less b's.
  struct Pair {
    std::string a, b;  // labels
    std::optional<Estimate> cost_ratio;
    Estimate cost_difference;
    std::optional<Estimate> p95_difference_s;
  };
  struct Optimum {
    Estimate total;
    double wait_allowed_s = 0;
  };
  std::string scenario, currency;
  std::uint64_t seed = 0;
  std::size_t replications = 0;
  double warm_up_s = 0;
  std::optional<Optimum> optimum;
  std::vector<Policy> policies;  // in the contest's order
  std::vector<Pair> pairs;       // each later policy against each earlier one
  std::vector<std::string> notices;
};

Comparison compared(const Contest& contest);  // of one replication at least

// But for one request in a hundred.
bool answers_as_many(const Comparison::Policy& a, const Comparison::Policy& b);

// Of costs, p50, p95, p99 and cold shares.
WidestMean widest_mean(const Comparison& comparison);

// What a reader has to know of the runs, before the scenario's own notices. `precision`: what was
// asked for, as a share.
void add_own_notices(Comparison& comparison, std::optional<double> precision);

std::string to_json(const Comparison& comparison);
std::string to_csv(const Comparison& comparison);
std::string to_markdown(const Comparison& comparison);
std::string to_text(const Comparison& comparison, bool colour);

}  // namespace thaw
