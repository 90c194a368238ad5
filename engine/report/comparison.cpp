#include "engine/report/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/statistics/paired.hpp"

namespace thaw {
namespace {

constexpr double kUnansweredSlack = 0.01;

using Runs = std::vector<Outcome>;

template <class T>
std::vector<double> values(const Runs& runs, T Outcome::*field) {
  std::vector<double> all;
  for (const Outcome& run : runs) all.push_back(static_cast<double>(run.*field));
  return all;
}

Estimate estimate_of(const Runs& runs, double Outcome::*field) {
  return estimate(values(runs, field));
}

// Over the replications that have the number.
std::optional<Estimate> estimate_of(const Runs& runs, std::optional<double> Outcome::*field) {
  std::vector<double> all;
  for (const Outcome& run : runs)
    if (run.*field) all.push_back(*(run.*field));
  if (all.empty()) return std::nullopt;
  return estimate(all);
}

// Over all replications or none: a mean over some would be one over those that kept the promise.
std::optional<OverOptimum<Estimate>> over_optimum_of(const Runs& runs) {
  if (!std::all_of(runs.begin(), runs.end(), [](const Outcome& r) { return r.over_optimum; }))
    return std::nullopt;
  const auto of = [&](double OverOptimum<double>::*part) {
    std::vector<double> all;
    for (const Outcome& run : runs) all.push_back((*run.over_optimum).*part);
    return estimate(all);
  };
  using Over = OverOptimum<double>;
  return OverOptimum<Estimate>{of(&Over::ratio), of(&Over::served_longer), of(&Over::kept_longer),
                               of(&Over::started_more), of(&Over::nodes_unused)};
}

Comparison::Policy policy_of(const Contest::Contender& contender) {
  Comparison::Policy policy;
  policy.name = contender.name;
  policy.settings = contender.settings;
  policy.not_run = contender.not_run;
  policy.foresees = contender.foresees;
  const Runs& runs = contender.runs;
  if (!policy.ran()) return policy;
  policy.held = std::all_of(runs.begin(), runs.end(), [](const Outcome& run) { return run.held; });
  policy.cost = estimate_of(runs, &Outcome::cost);
  policy.useful = estimate_of(runs, &Outcome::useful);
  policy.waste = {estimate_of(runs, &Outcome::idle_warm), estimate_of(runs, &Outcome::cold_start),
                  estimate_of(runs, &Outcome::stranded), estimate_of(runs, &Outcome::draining),
                  estimate_of(runs, &Outcome::fixed)};
  policy.changes_per_hour = estimate_of(runs, &Outcome::changes_per_hour);
  policy.simulated_s = estimate_of(runs, &Outcome::simulated_s);
  policy.latency_s = {estimate_of(runs, &Outcome::mean_s), estimate_of(runs, &Outcome::p50_s),
                      estimate_of(runs, &Outcome::p95_s), estimate_of(runs, &Outcome::p99_s)};
  policy.cost_per_1000_requests = estimate_of(runs, &Outcome::cost_per_1000_requests);
  policy.cold_share = estimate_of(runs, &Outcome::cold_share);
  policy.over_optimum = over_optimum_of(runs);
  return policy;
}

std::optional<Estimate> p95_difference(const Runs& a, const Runs& b) {
  std::vector<double> of_a, of_b;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!a[i].p95_s || !b[i].p95_s) continue;
    of_a.push_back(*a[i].p95_s);
    of_b.push_back(*b[i].p95_s);
  }
  if (of_a.empty()) return std::nullopt;
  return paired_difference(of_a, of_b);
}

// Of what came in each replication, or would have come: the most that anybody was asked for, where
// all get the same load.
std::vector<double> requests_of(const Contest& contest, const Runs& runs) {
  std::vector<double> requests = values(runs, &Outcome::requests);
  for (const Contest::Contender& other : contest.contenders)
    for (std::size_t r = 0; contest.same_load && r < other.runs.size(); ++r)
      requests[r] = std::max(requests[r], other.runs[r].requests);
  return requests;
}

std::optional<Estimate> unanswered_share(const Contest& contest, const Runs& runs) {
  const std::vector<double> requests = requests_of(contest, runs);
  std::vector<double> shares;
  for (std::size_t r = 0; r < runs.size(); ++r)
    if (requests[r] > 0) shares.push_back(1 - runs[r].answered / requests[r]);
  if (shares.empty()) return std::nullopt;
  return estimate(shares);
}

enum class Verdict : std::uint8_t { better, same, worse, unknown };

// Of a difference, of which less is better.
Verdict verdict(const Estimate& difference) {
  if (difference.n < 2) return Verdict::unknown;
  if (difference.low == 0 && difference.high == 0) return Verdict::same;
  if (!told_apart(difference)) return Verdict::unknown;
  return difference.high < 0 ? Verdict::better : Verdict::worse;
}

Estimate reversed(const Estimate& e) { return {-e.mean, -e.high, -e.low, e.n}; }

// `a` against `b`, with the differences a less b.
bool dominates(const Comparison::Policy& a, const Comparison::Policy& b, const Estimate& cost,
               const std::optional<Estimate>& p95) {
  if (a.foresees || !a.latency_s.p95 || !answers_as_many(a, b)) return false;
  const Verdict by_cost = verdict(cost);
  // Who answers nobody at all has no latency to be better with.
  const Verdict by_p95 = p95 ? verdict(*p95) : Verdict::better;
  const auto allowed = [](Verdict v) { return v == Verdict::better || v == Verdict::same; };
  return allowed(by_cost) && allowed(by_p95) &&
         (by_cost == Verdict::better || by_p95 == Verdict::better);
}

void mark_front(std::vector<Comparison::Policy>& policies) {
  const auto at_least = [](const Comparison::Policy& a, const Comparison::Policy& b) {
    return a.cost.mean <= b.cost.mean && a.latency_s.p95->mean <= b.latency_s.p95->mean &&
           answers_as_many(a, b);
  };
  const auto stands = [](const Comparison::Policy& p) {
    return p.ran() && p.latency_s.p95 && !p.foresees;
  };
  for (Comparison::Policy& one : policies) {
    if (!stands(one) || !std::all_of(policies.begin(), policies.end(), [&](const auto& other) {
          return !other.ran() || other.foresees || answers_as_many(one, other);
        }))
      continue;
    one.pareto = std::none_of(policies.begin(), policies.end(), [&](const auto& other) {
      if (&other == &one || !stands(other) || !at_least(other, one)) return false;
      return other.cost.mean < one.cost.mean || other.latency_s.p95->mean < one.latency_s.p95->mean;
    });
  }
}

}  // namespace

bool answers_as_many(const Comparison::Policy& a, const Comparison::Policy& b) {
  if (!a.unanswered_share || !b.unanswered_share) return true;
  return a.unanswered_share->mean <= b.unanswered_share->mean + kUnansweredSlack;
}

std::size_t Contest::replications() const {
  for (const Contender& one : contenders)
    if (one.not_run.empty()) return one.runs.size();
  return 0;
}

Comparison compared(const Contest& contest) {
  Comparison result;
  result.replications = contest.replications();
  result.scenario = contest.scenario;
  result.currency = contest.currency;
  result.seed = contest.seed;
  result.warm_up_s = contest.warm_up_s;
  result.notices = contest.notices;
  if (contest.optimum)
    result.optimum = {estimate(contest.optimum->totals), contest.optimum->wait_allowed_s};
  for (const Contest::Contender& contender : contest.contenders) {
    result.policies.push_back(policy_of(contender));
    if (!contender.not_run.empty()) continue;
    result.policies.back().unanswered_share = unanswered_share(contest, contender.runs);
  }
  for (std::size_t i = 0; i < contest.contenders.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      Comparison::Policy &a = result.policies[i], &b = result.policies[j];
      if (!a.ran() || !b.ran()) continue;
      const Runs &of_a = contest.contenders[i].runs, &of_b = contest.contenders[j].runs;
      const auto cost_a = values(of_a, &Outcome::cost), cost_b = values(of_b, &Outcome::cost);
      const Estimate cost = paired_difference(cost_a, cost_b);
      const auto p95 = p95_difference(of_a, of_b);
      if (dominates(a, b, cost, p95)) b.dominated_by.push_back(a.label());
      if (dominates(b, a, reversed(cost), p95 ? std::optional(reversed(*p95)) : std::nullopt))
        a.dominated_by.push_back(b.label());
      result.pairs.push_back({a.label(), b.label(), paired_ratio(cost_a, cost_b), cost, p95});
    }
  }
  mark_front(result.policies);
  return result;
}

WidestMean widest_mean(const Comparison& comparison) {
  WidestMean widest;
  for (const Comparison::Policy& policy : comparison.policies) {
    if (!policy.ran()) continue;
    const auto look = [&](const char* what, const std::optional<Estimate>& of) {
      if (of) widest.look(std::string(what) + " of " + policy.label(), *of);
    };
    look("the cost", policy.cost);
    look("p50", policy.latency_s.p50);
    look("p95", policy.latency_s.p95);
    look("p99", policy.latency_s.p99);
    look("the cold share", policy.cold_share);
  }
  return widest;
}

}  // namespace thaw
