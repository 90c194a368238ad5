#include "sim/ledger.hpp"

#include <algorithm>

namespace thaw::sim {
namespace {

constexpr Wide kHour = static_cast<Wide>(3'600'000'000'000) * Ledger::kWhole;

}  // namespace

Duration billed(Duration life, const Machine& machine) {
  const Duration least = std::max(life, machine.billing_minimum);
  const std::int64_t unit = machine.billing_unit.count();
  return unit > 0 ? Duration{(least.count() + unit - 1) / unit * unit} : least;
}

// Whole hours apart: so only the money itself must fit, not its product with time.
Wide to_nanomoney(Wide amount, Nanomoney per_hour) {
  return amount / kHour * per_hour + (amount % kHour * per_hour + kHour / 2) / kHour;
}

Ledger::Ledger(World& world, Pods& pods) : world_(world), pods_(pods) {
  const Scenario& scenario = world.scenario;
  for (const Pool& pool : scenario.cluster.pools) {
    fixed_.push_back(std::none_of(scenario.functions.begin(), scenario.functions.end(),
                                  [&](const FunctionSpec& f) {
                                    return can_host(pool, scenario.manifests.workloads[f.workload]);
                                  }));
  }
  for (const FunctionSpec& function : scenario.functions) {
    // Whole cards only: memory and cores of a shared one (gpumem, gpucores) would count it again.
    const auto& extended = scenario.manifests.workloads[function.workload].requests.extended;
    const auto cards = extended.find("nvidia.com/gpu");
    gpus_.push_back(function.service.on_gpu && cards != extended.end() ? cards->second : 0);
  }
  pools_.resize(scenario.cluster.pools.size());
  for (PoolBooks& pool : pools_) pool.booked.resize(scenario.functions.size() + 1);
}

// --- debit: time passes ---

void Ledger::update(const Node& node) {
  if (node.id >= accounts_.size()) accounts_.resize(node.id + 1, Account{});
  Account& account = accounts_[node.id];
  account.pool = node.pool;
  settle(account);
  if (node.stage == NodeStage::gone) return close(node, account);
  share_out(node, account);
}

void Ledger::settle() {
  for (Account& account : accounts_) settle(account);
}

void Ledger::settle(Account& account) {
  for (Entry& entry : account.entries) {
    credit(account, entry, world_.now() - entry.since);
    entry.since = world_.now();
  }
  settle_gpus(account);
}

void Ledger::settle_gpus(Account& account) {
  pools_[account.pool].busy_gpu_ns +=
      static_cast<Wide>(account.busy_gpus) * (world_.now() - account.gpus_since).count();
  account.gpus_since = world_.now();
}

// What the unit and the minimum add to a life is of those who had the node last.
void Ledger::close(const Node& node, Account& account) {
  const Duration life = world_.now() - node.ordered;
  const Machine& machine = world_.scenario.cluster.pools[node.pool].machine;
  for (const Entry& entry : account.entries) credit(account, entry, billed(life, machine) - life);
  account.entries.clear();
  account.busy_gpus = 0;
}

// --- credit: whose it is ---

void Ledger::credit(Account& account, const Entry& entry, Duration time) {
  const Wide amount = static_cast<Wide>(entry.share) * time.count();
  pools_[account.pool].booked[entry.holder][static_cast<std::size_t>(entry.part)] += amount;
  account.booked += amount;
  if (entry.part == Part::cold_start && entry.holder == nobody()) account.unclaimed += amount;
}

void Ledger::claim(Account& account, std::size_t function) {
  constexpr auto kColdStart = static_cast<std::size_t>(Part::cold_start);
  std::vector<Parts>& booked = pools_[account.pool].booked;
  booked[nobody()][kColdStart] -= account.unclaimed;
  booked[function][kColdStart] += account.unclaimed;
  account.unclaimed = 0;
  account.claimed = function;
}

Part Ledger::part_of(const Pod& pod) const {
  if (pod.in_service > 0) return Part::useful;
  if (pod.stage == PodStage::ready) return Part::idle_warm;
  return pod.starting() ? Part::cold_start : Part::stranded;
}

void Ledger::hold(Account& account, const Pod* pod, Part part, std::int64_t share) {
  account.entries.push_back(
      {pod ? pod->id : 0, pod ? pod->function : nobody(), part, share, world_.now()});
}

void Ledger::share_out(const Node& node, Account& account) {
  account.entries.clear();
  account.busy_gpus = 0;
  if (node.supply != Supply::coming) return;  // no machine, no bill
  for (const PodId id : node.pods) {
    const Pod& pod = pods_.get(id);
    if (pod.in_service > 0) account.busy_gpus += gpus_[pod.function];
  }
  if (!account.claimed && !node.pods.empty()) claim(account, pods_.get(node.pods.front()).function);
  if (fixed_[node.pool]) {
    hold(account, nullptr, Part::fixed, kWhole);
  } else if (node.stage >= NodeStage::draining) {
    hold(account, nullptr, Part::draining, kWhole);
  } else if (node.upcoming()) {
    hold(account, nullptr, Part::cold_start, kWhole);
    account.entries.back().holder = account.claimed.value_or(nobody());
  } else if (node.pods.empty()) {
    hold(account, nullptr, Part::stranded, kWhole);
  } else if (node.pods.size() == 1) {
    const Pod& pod = pods_.get(node.pods.front());
    hold(account, &pod, part_of(pod), kWhole);
  } else {
    share_among_pods(node, account);
  }
}

void Ledger::share_among_pods(const Node& node, Account& account) {
  std::int64_t reserved = 0;
  for (const PodId id : node.pods) {
    const Pod& pod = pods_.get(id);
    const double ratio = dominant_share_ratio(pods_.workload(pod).requests, node.allocatable);
    const auto share = static_cast<std::int64_t>(ratio * static_cast<double>(kWhole));
    hold(account, &pod, part_of(pod), share);
    reserved += share;
  }
  std::int64_t left = kWhole;
  for (Entry& entry : account.entries) {
    // Dominant shares of different resources may add up to more than the node.
    if (reserved > kWhole) entry.share = entry.share * kWhole / reserved;
    left -= entry.share;
  }
  hold(account, nullptr, Part::stranded, left);
}

void Ledger::busy_changed(const Pod& pod) {
  Account& account = accounts_[*pod.node];
  if (const std::int64_t gpus = gpus_[pod.function]; gpus > 0) {
    settle_gpus(account);
    account.busy_gpus += pod.in_service > 0 ? gpus : -gpus;
  }
  for (Entry& entry : account.entries) {
    if (entry.pod != pod.id) continue;
    credit(account, entry, world_.now() - entry.since);
    entry.since = world_.now();
    entry.part = part_of(pod);
    return;
  }
}

// --- the bill ---

// Running totals are rounded, not the parts: so the parts add up to the bill to the last billionth.
Ledger::PoolBill Ledger::bill(std::size_t pool) const {
  const Machine& machine = world_.scenario.cluster.pools[pool].machine;
  const std::vector<Parts>& booked = pools_[pool].booked;
  PoolBill bill;
  bill.by_function.resize(booked.size());
  Wide running = 0;
  for (std::size_t p = 0; p < kParts; ++p) {
    for (std::size_t f = 0; f < booked.size(); ++f) {
      running += booked[f][p];
      const Wide until_here = to_nanomoney(running, machine.price.per_hour);
      bill.by_function[f][p] = until_here - bill.total;
      bill.nanomoney[p] += until_here - bill.total;
      bill.total = until_here;
    }
  }
  bill.node_hours = static_cast<double>(running / kWhole) / 3.6e12;
  const int offered = machine.gpus * world_.scenario.cluster.pools[pool].gpu_sharing.per_card;
  const double gpu_ns = static_cast<double>(running / kWhole) * offered;
  bill.gpu_busy_ratio = gpu_ns > 0 ? static_cast<double>(pools_[pool].busy_gpu_ns) / gpu_ns : 0;
  return bill;
}

Wide Ledger::total(std::size_t pool) const {
  Wide all = 0;
  for (const Parts& parts : pools_[pool].booked)
    for (const Wide part : parts) all += part;
  return to_nanomoney(all, world_.scenario.cluster.pools[pool].machine.price.per_hour);
}

}  // namespace thaw::sim
