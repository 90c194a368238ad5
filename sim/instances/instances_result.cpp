// What a run of standalone functions leaves behind, and what its checks may ask.
#include <algorithm>

#include "engine/run/summary_parts.hpp"
#include "engine/wide.hpp"
#include "sim/instances/instances_run.hpp"

namespace thaw::sim {
namespace {

double per_ns(InstanceTally::Wide amount, std::int64_t time) {
  return time > 0 ? static_cast<double>(amount) / static_cast<double>(time) : 0;
}

}  // namespace

void InstancesRun::sample(std::int64_t t) {
  const TimePoint now{Duration{t}};
  std::int64_t sums[3] = {0, 0, 0};
  const bool each = columns_.size() == functions_.size() * 3;
  for (std::size_t f = 0; f < functions_.size(); ++f) {
    Function& function = functions_[f];
    if (function.pool) function.pool->expire(now, arena_, function.tally);
    const std::int64_t values[3] = {function.alive(), function.busy(), function.waiting()};
    for (std::size_t i = 0; i < 3; ++i) {
      sums[i] += values[i];
      if (each) series_.set(columns_[f * 3 + i], now, values[i]);
    }
  }
  for (std::size_t i = 0; !each && i < 3; ++i) series_.set(columns_[i], now, sums[i]);
}

void InstancesRun::expire_all() {
  for (Function& function : functions_)
    if (function.pool) function.pool->expire(TimePoint{Duration{now_}}, arena_, function.tally);
}

void InstancesRun::start_counting() {
  expire_all();
  for (Function& function : functions_)
    function.tally.peak = std::max(function.tally.peak, function.alive());
}

void InstancesRun::close() {
  const TimePoint now{Duration{now_}};
  for (Function& function : functions_) function.ended_stays = function.tally.in_system_ns;
  for (const Instance& instance : arena_.all)
    if (instance.function != kNoInstance)
      functions_[instance.function].pool->add_present(instance, now, arena_.warm_up,
                                                      functions_[instance.function].tally);
  for (Function& function : functions_) {
    if (function.pool) function.pool->add_waiting(now, arena_.warm_up, function.tally);
    if (function.station) function.station->add_present(now, arena_.warm_up, function.tally);
  }
  closed_ = true;
}

// With what is still there.
InstanceTally InstancesRun::until_now(const Function& function) const {
  const TimePoint now{Duration{now_}};
  InstanceTally tally = function.tally;
  if (closed_) return tally;
  if (function.pool) {
    function.pool->add_waiting(now, arena_.warm_up, tally);
    for (const Instance& instance : arena_.all)
      if (instance.function != kNoInstance && &functions_[instance.function] == &function)
        function.pool->add_present(instance, now, arena_.warm_up, tally);
  } else {
    function.station->add_present(now, arena_.warm_up, tally);
  }
  return tally;
}

// From the end of the warm-up until now.
Value InstancesRun::mean(const Function& function, Gauge gauge) const {
  const std::int64_t time = now_ - arena_.warm_up;
  if (time <= 0) return {};
  const InstanceTally tally = until_now(function);
  const auto in_service = function.pool ? tally.busy_ns : tally.in_service_ns;
  if (gauge == Gauge::in_flight) return per_ns(in_service, time);
  if (gauge == Gauge::queued) return per_ns(tally.in_system_ns - in_service, time);
  return function.pool ? per_ns(tally.alive_ns, time) : static_cast<double>(function.alive());
}

Value InstancesRun::value(const Term& term) const {
  switch (term.kind) {
    case Term::Kind::gauge: {
      const Function& function = functions_[function_index(term.name)];
      if (term.gauge == Gauge::in_flight) return static_cast<double>(function.busy());
      if (term.gauge == Gauge::queued) return static_cast<double>(function.waiting());
      return static_cast<double>(function.alive());
    }
    case Term::Kind::folded:
      return mean(functions_[function_index(term.name)], term.gauge);
    case Term::Kind::cost: {
      double total = 0;  // there are no nodes to pay for
      for (std::size_t f = 0; f < functions_.size(); ++f)
        if (const auto paid = cost(f)) total += paid->total;
      return total;
    }
    case Term::Kind::percentile: {
      if (term.of_first_token) return {};  // nothing is streamed
      const Sketch& latency = functions_[function_index(term.name)].tally.latency;
      if (latency.count() == 0) return {};
      return seconds(latency.quantile(term.quantile));
    }
    case Term::Kind::count: {
      const InstanceTally& tally = functions_[function_index(term.name)].tally;
      const auto number = [](std::int64_t n) { return static_cast<double>(n); };
      if (term.field == "total") return number(tally.total);
      if (term.field == "completed") return number(tally.completed);
      if (term.field == "cold") return number(tally.cold);
      if (term.field == "rejected") return number(tally.rejected);
      return 0.0;
    }
    default:
      return {};
  }
}

// There are no nodes to bill and no stages to wait for: what can be held against each other is
// requests and their time. A warm-up cuts stays that latencies do not count.
Summary::Audit InstancesRun::audit() const {
  using Wide = InstanceTally::Wide;
  Wide latencies = 0, ended = 0, alive = 0, busy = 0;
  std::int64_t total = 0, over = 0, there = 0;
  bool each_fits = true, each_closes = true, none_negative = true;
  for (const Function& function : functions_) {
    const InstanceTally& tally = function.tally;
    const auto latency = static_cast<Wide>(tally.latency.sum());
    const Wide rest = function.ended_stays - latency;
    each_fits &= arena_.warm_up > scenario_.start.ns() ? rest >= 0 : rest == 0;
    const std::int64_t unfinished = tally.total - tally.completed - tally.rejected;
    each_closes &= unfinished >= 0 && unfinished <= function.busy() + function.waiting();
    none_negative &= tally.busy_ns >= 0 && (!function.pool || tally.busy_ns <= tally.alive_ns);
    latencies += latency;
    ended += function.ended_stays;
    alive += tally.alive_ns;
    busy += tally.busy_ns;
    total += tally.total;
    over += tally.completed + tally.rejected;
    there += unfinished;
  }
  constexpr int kBillionths = 9;
  const auto time = [](Wide ns) { return decimal(ns, kBillionths) + " s"; };
  return {{{"requests", each_closes,
            std::to_string(total) + " requests: " + std::to_string(over) + " over, " +
                std::to_string(there) + " under way"},
           {"little's law", each_fits,
            time(ended) + " in the system, " + time(latencies) + " of latencies"},
           {"signs", none_negative,
            time(busy) + " of work in " + time(alive) + " of instances' lives"}}};
}

RunResult InstancesRun::result() {
  Summary summary;
  summary.scenario = scenario_.name;
  summary.seed = options_.seed;
  summary.simulated_s = static_cast<double>(now_ - scenario_.start.ns()) / 1e9;
  const std::int64_t time = now_ - std::min(now_, arena_.warm_up);
  for (std::size_t f = 0; f < functions_.size(); ++f) {
    const InstanceTally& tally = functions_[f].tally;
    Summary::Function& function = summary.functions[scenario_.functions[f].name];
    function.requests = {tally.total,
                         tally.completed,
                         tally.cold,
                         0,
                         tally.rejected,
                         0,
                         tally.total - tally.completed - tally.rejected};
    if (tally.total > 0) {
      function.cold_start_probability =
          static_cast<double>(tally.cold) / static_cast<double>(tally.total);
      function.wait_probability =
          static_cast<double>(tally.waited) / static_cast<double>(tally.total);
    }
    function.latency_s = spread_of(tally.latency);
    function.latency_bins = bins_of(tally.latency);
    function.wait_s = spread_of(tally.wait);
    const bool always_on = functions_[f].station != nullptr;
    const auto servers = static_cast<double>(functions_[f].alive());
    function.replicas_mean = always_on ? servers : per_ns(tally.alive_ns, time);
    function.replicas_peak = always_on ? functions_[f].alive() : tally.peak;
    function.busy_mean = per_ns(tally.busy_ns, time);
    function.idle_mean = std::max(0.0, function.replicas_mean - function.busy_mean);
    function.in_system_mean = per_ns(tally.in_system_ns, time);
    function.scale_ups = tally.created;
    function.scale_downs = tally.ended;
    if (tally.ended > 0) function.mean_life_s = per_ns(tally.life_ns, tally.ended) / 1e9;
    function.scaled_by = "none";
    for (const Governor& governor : options_.governors)
      if (governor.spec.function == f) function.scaled_by = governor.policy->name;
  }
  add_bill(summary);
  summary.checks = results_of(checker_, scenario_.start);
  if (options_.audit) summary.audit = audit();
  summary.notices = scenario_.notices;
  const bool priced = std::any_of(
      scenario_.functions.begin(), scenario_.functions.end(),
      [](const FunctionSpec& function) { return !function.standalone->currency.empty(); });
  summary.notices.push_back(
      std::string("standalone functions know neither nodes nor stages") +
      (priced ? "" : ", and cost nothing") +
      ": an instance is there as soon as a request needs it, and what its start takes is in "
      "`cold`");
  for (const std::string& notice : notices_.notices()) summary.notices.push_back(notice);
  series_.finish(TimePoint{Duration{now_}});
  RunResult result{
      std::move(summary), std::move(timeline_), series_.to_csv(), {}, events_, interrupted_, {}};
  for (const Function& function : functions_) {
    result.latency.merge(function.tally.latency);
    if (options_.demand)
      result.longest_waits.push_back(
          std::max(function.tally.wait.max(), Duration{function.tally.longest_start}));
  }
  return result;
}

}  // namespace thaw::sim
