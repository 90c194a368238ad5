// What the instances of standalone functions cost, where the scenario has prices for them.
//
// useful: time in service; cold_start: time of starts and their prices; idle_warm: the rest of the
// time that instances are there, and what is kept of them at lower levels. A start ahead of its
// request is paid for as long as starts take on average.
#include <algorithm>

#include "engine/wide.hpp"
#include "sim/instances/instances_run.hpp"

namespace thaw::sim {
namespace {

constexpr double kNanosecondsPerHour = 3600e9, kBillionthsPerUnit = 1e9;

double price(Nanomoney per_hour, Wide ns) {
  return static_cast<double>(per_hour) / kBillionthsPerUnit *
         (static_cast<double>(ns) / kNanosecondsPerHour);
}

double price(Nanomoney each, std::int64_t number) {
  return static_cast<double>(each) / kBillionthsPerUnit * static_cast<double>(number);
}

}  // namespace

std::optional<Summary::FunctionCost> InstancesRun::cost(std::size_t f) const {
  const FunctionSpec& spec = scenario_.functions[f];
  const Standalone& rules = *spec.standalone;
  if (rules.currency.empty()) return std::nullopt;
  const Function& function = functions_[f];
  const InstanceTally tally = until_now(function);
  const std::int64_t time = std::max<std::int64_t>(0, now_ - arena_.warm_up);
  const Wide alive = function.pool ? tally.alive_ns : Wide{time} * function.alive();
  Summary::FunctionCost cost;
  cost.useful = price(rules.keep_per_hour, tally.busy_ns - tally.starting_ns);
  cost.cold_start = price(rules.keep_per_hour, tally.starting_ns);
  cost.idle_warm = price(rules.keep_per_hour, alive - tally.busy_ns);
  std::int64_t from_nothing = tally.created;
  if (function.pool) {
    const auto uses = function.pool->remains().uses(now_, arena_.warm_up);
    for (std::size_t level = 1; level < uses.size(); ++level) {
      const Standalone::Level& at = rules.levels[level - 1];
      cost.idle_warm += price(at.keep_per_hour, uses[level].kept_ns);
      cost.cold_start += price(at.start, uses[level].starts);
      from_nothing -= uses[level].starts;
    }
  }
  const Distribution& warm = spec.service.duration;
  const double start_ns = std::max(0.0, spec.service.cold.value_or(warm).mean() - warm.mean());
  cost.cold_start +=
      price(rules.start, from_nothing) +
      price(rules.keep_per_hour, Wide{Distribution::rounded(start_ns).count()} * tally.prewarmed);
  cost.total = cost.useful + cost.cold_start + cost.idle_warm;
  return cost;
}

void InstancesRun::add_bill(Summary& summary) const {
  summary.cost.currency = "EUR";
  std::int64_t requests = 0;
  bool paid = false;
  for (std::size_t f = 0; f < functions_.size(); ++f) {
    requests += functions_[f].tally.total;
    const auto of_function = cost(f);
    if (!of_function) continue;
    paid = true;
    summary.functions[scenario_.functions[f].name].cost = of_function;
    summary.cost.currency = scenario_.functions[f].standalone->currency;
    summary.cost.total += of_function->total;
    summary.cost.useful += of_function->useful;
    summary.cost.idle_warm += of_function->idle_warm;
    summary.cost.cold_start += of_function->cold_start;
  }
  if (paid && requests > 0)
    summary.cost.per_1000_requests = summary.cost.total * 1000 / static_cast<double>(requests);
}

}  // namespace thaw::sim
