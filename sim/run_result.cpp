// What a run leaves behind: summary, timeline, series.
#include <algorithm>
#include <numeric>

#include "engine/run/summary_parts.hpp"
#include "sim/instances/instances_run.hpp"
#include "sim/run.hpp"
#include "sim/simplifications.hpp"

namespace thaw::sim {
namespace {

double money(Wide nano) { return static_cast<double>(nano) / 1e9; }

std::optional<Summary::ColdStarts> cold_starts_of(const WaitLedger::Account& account) {
  if (!account.waits) return std::nullopt;
  Summary::ColdStarts cold;
  const auto number = static_cast<double>(account.waits->count());
  for (std::size_t i = 0; i < kColdStages; ++i)
    cold.stages_s[i] = static_cast<double>(account.stages[i]) / number / 1e9;
  cold.wait_s = *spread_of(*account.waits);
  return cold;
}

}  // namespace

void Run::add_functions(Summary& summary) const {
  for (std::size_t f = 0; f < scenario_.functions.size(); ++f) {
    const Tally& tally = load_.tally(f);
    Summary::Function& function = summary.functions[scenario_.functions[f].name];
    add_calls(tally, function);
    function.cold_starts = cold_starts_of(serving_.waits().account(f));
    const TimeWeighted& replicas = world_.gauges.at(Gauge::replicas, f);
    function.in_system_mean = world_.gauges.at(Gauge::in_flight, f).mean(world_.now()) +
                              world_.gauges.at(Gauge::queued, f).mean(world_.now());
    function.replicas_mean = replicas.mean(world_.now());
    function.replicas_peak = replicas.max();
    function.busy_mean = busy_[f].mean(world_.now());
    function.idle_mean =
        std::max(0.0, world_.gauges.at(Gauge::ready, f).mean(world_.now()) - function.busy_mean);
    function.scale_ups = deployments_.scale_ups(f);
    function.scale_downs = deployments_.scale_downs(f);
    function.scaled_by = "none";
    for (const Governor& governor : options_.governors)
      if (governor.spec.function == f) function.scaled_by = governor.policy->name;
  }
}

void Run::add_bill(Summary& summary) {
  ledger_.settle();
  std::vector<Parts> by_function(scenario_.functions.size() + 1);
  Wide total = 0;
  for (std::size_t p = 0; p < scenario_.cluster.pools.size(); ++p) {
    const Ledger::PoolBill bill = ledger_.bill(p);
    Summary::Pool& pool = summary.pools[scenario_.cluster.pools[p].name];
    const TimeWeighted& nodes = world_.gauges.at(Gauge::nodes, p);
    pool.nodes_mean = nodes.mean(world_.now());
    pool.nodes_peak = nodes.max();
    pool.node_hours = bill.node_hours;
    pool.gpu_busy_ratio = bill.gpu_busy_ratio;
    pool.cost = money(bill.total);
    for (std::size_t f = 0; f < by_function.size(); ++f)
      for (std::size_t part = 0; part < kParts; ++part)
        by_function[f][part] += bill.by_function[f][part];
    total += bill.total;
  }
  Parts parts{};
  for (const Parts& of : by_function)
    for (std::size_t part = 0; part < kParts; ++part) parts[part] += of[part];
  const auto part = [](const Parts& of, Part p) { return money(of[static_cast<std::size_t>(p)]); };
  Summary::Cost& cost = summary.cost;
  cost.currency = scenario_.cluster.pools.empty()
                      ? "EUR"
                      : scenario_.cluster.pools.front().machine.price.currency;
  cost.total = money(total);
  cost.useful = part(parts, Part::useful);
  cost.idle_warm = part(parts, Part::idle_warm);
  cost.cold_start = part(parts, Part::cold_start);
  cost.stranded = part(parts, Part::stranded);
  cost.draining = part(parts, Part::draining);
  cost.fixed = part(parts, Part::fixed);
  if (scenario_.cluster.pools.empty()) return;
  for (std::size_t f = 0; f < scenario_.functions.size(); ++f) {
    const Parts& of = by_function[f];
    summary.functions[scenario_.functions[f].name].cost = {
        money(std::accumulate(of.begin(), of.end(), Wide{0})), part(of, Part::useful),
        part(of, Part::idle_warm), part(of, Part::cold_start), part(of, Part::stranded)};
  }
  const Parts& nobodys = by_function.back();
  cost.unattributed = money(std::accumulate(nobodys.begin(), nobodys.end(), Wide{0}));
}

Books Run::books() {
  ledger_.settle();
  Books books;
  const std::vector<Stays> stays = load_.stays();
  for (std::size_t f = 0; f < scenario_.functions.size(); ++f) {
    const WaitLedger::Account& account = serving_.waits().account(f);
    books.functions.push_back({scenario_.functions[f].name, stays[f],
                               world_.gauges.at(Gauge::queued, f).integral(world_.now()),
                               world_.gauges.at(Gauge::in_flight, f).integral(world_.now()),
                               account.stages,
                               account.waits ? static_cast<Wide>(account.waits->sum()) : 0});
  }
  books.waits = serving_.waits().lines();
  for (const Node& node : nodes_.all()) {
    if (node.supply != Supply::coming) continue;  // no machine, no bill
    const bool gone = node.stage == NodeStage::gone;
    books.nodes.push_back({node.name, node.pool, node.ordered,
                           gone ? node.entered[NodeStage::gone] : world_.now(), gone,
                           ledger_.booked(node)});
  }
  for (std::size_t p = 0; p < scenario_.cluster.pools.size(); ++p)
    books.pools.push_back({scenario_.cluster.pools[p].name, scenario_.cluster.pools[p].machine,
                           ledger_.booked(p), ledger_.bill(p)});
  return books;
}

RunResult Run::result() {
  Summary summary;
  summary.scenario = scenario_.name;
  summary.seed = options_.seed;
  summary.simulated_s = seconds(world_.now() - scenario_.start);

  for (std::size_t p = 0; p < scenario_.pipelines.size(); ++p) {
    const Pipeline& spec = scenario_.pipelines[p];
    Summary::Pipeline& pipeline = summary.pipelines[spec.name];
    pipeline.requests = requests_of(load_.pipeline_tally(p));
    pipeline.latency_s = spread_of(load_.pipeline_tally(p).latency);
    pipeline.latency_bins = bins_of(load_.pipeline_tally(p).latency);
    if (!spec.cache) continue;
    pipeline.cache_hits = load_.pipelines().cache_use(p).hits;
    pipeline.cache_misses = load_.pipelines().cache_use(p).misses;
  }
  add_functions(summary);
  add_bill(summary);
  std::int64_t requests = 0;
  for (std::size_t f = 0; f < scenario_.functions.size(); ++f) requests += load_.tally(f).total;
  if (requests > 0)
    summary.cost.per_1000_requests = summary.cost.total * 1000 / static_cast<double>(requests);

  summary.checks = results_of(checker_, scenario_.start);
  if (options_.audit) summary.audit = audit(books());
  summary.notices = scenario_.notices;
  for (const std::string& notice : notices_.notices()) summary.notices.push_back(notice);
  for (std::string& notice : simplifications_of(scenario_))
    summary.notices.push_back(std::move(notice));

  world_.gauges.series().finish(world_.now());
  RunResult result{std::move(summary),
                   std::move(world_.timeline),
                   world_.gauges.series().to_csv(),
                   {},
                   world_.events.fired(),
                   interrupted_,
                   {}};
  for (std::size_t p = 0; p < scenario_.pipelines.size(); ++p)
    result.latency.merge(load_.pipeline_tally(p).latency);
  for (std::size_t f = 0; f < scenario_.functions.size(); ++f) {
    const Tally& tally = load_.tally(f);
    if (scenario_.pipelines.empty()) result.latency.merge(tally.latency);
    if (options_.demand) result.longest_waits.push_back(tally.wait.max());
  }
  return result;
}

RunResult simulate(const Scenario& scenario, const RunOptions& options) {
  // The loader lets a scenario have functions of one kind only.
  if (scenario.functions.front().standalone) {
    InstancesRun run(scenario, options);
    run.play();
    return run.result();
  }
  Run run(scenario, options);
  run.play();
  return run.result();
}

}  // namespace thaw::sim
