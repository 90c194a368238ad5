#include "sim/ledger.hpp"

#include <algorithm>

namespace thaw::sim {
namespace {
std::int64_t& of(std::array<std::int64_t, kParts>& split, Part part) {
  return split[static_cast<std::size_t>(part)];
}
}  // namespace

Ledger::Ledger(World& world, Pods& pods) : world_(world), pods_(pods) {
  const Scenario& scenario = world.scenario;
  for (const Pool& pool : scenario.cluster.pools) {
    fixed_.push_back(std::none_of(scenario.functions.begin(), scenario.functions.end(),
                                  [&](const FunctionSpec& f) {
                                    return can_host(pool, scenario.manifests.workloads[f.workload]);
                                  }));
  }
  totals_.resize(scenario.cluster.pools.size());
}

void Ledger::update(const Node& node) {
  if (node.id >= accounts_.size()) accounts_.resize(node.id + 1, Account{world_.now()});
  Account& account = accounts_[node.id];
  accrue(node, world_.now() - account.since);
  account.since = world_.now();
  if (node.stage == NodeStage::gone) {
    const std::int64_t unit = world_.scenario.cluster.pools[node.pool].machine.billing_unit.count();
    const std::int64_t life = (world_.now() - node.ordered).count();
    if (unit > 0) accrue(node, Duration{(life + unit - 1) / unit * unit - life});
    account.split = {};
    account.busy_gpus = 0;
    return;
  }
  split(node, account);
}

void Ledger::accrue(const Node& node, Duration elapsed) {
  const Account& account = accounts_[node.id];
  PoolTotals& totals = totals_[node.pool];
  for (std::size_t p = 0; p < kParts; ++p)
    totals.part[p] += static_cast<Wide>(account.split[p]) * elapsed.count();
  totals.busy_gpu_ns += static_cast<Wide>(account.busy_gpus) * elapsed.count();
}

Part Ledger::part_of(const Pod& pod) const {
  if (pod.in_service > 0) return Part::useful;
  if (pod.stage == PodStage::ready) return Part::idle_warm;
  return pod.starting() ? Part::cold_start : Part::stranded;
}

void Ledger::split(const Node& node, Account& account) const {
  account.split = {};
  account.busy_gpus = 0;
  if (node.supply != Supply::coming) return;  // no machine, no bill
  for (const PodId id : node.pods) {
    const Pod& pod = pods_.get(id);
    if (pod.in_service == 0 || !pods_.spec(pod).service.on_gpu) continue;
    // Whole cards only: memory and cores of a shared one (gpumem, gpucores) would count it again.
    const auto& extended = pods_.workload(pod).requests.extended;
    if (const auto gpus = extended.find("nvidia.com/gpu"); gpus != extended.end())
      account.busy_gpus += gpus->second;
  }
  if (fixed_[node.pool]) {
    of(account.split, Part::fixed) = kWhole;
  } else if (node.stage >= NodeStage::draining) {
    of(account.split, Part::draining) = kWhole;
  } else if (node.upcoming()) {
    of(account.split, Part::cold_start) = kWhole;
  } else if (node.pods.empty()) {
    of(account.split, Part::stranded) = kWhole;
  } else if (node.pods.size() == 1) {
    of(account.split, part_of(pods_.get(node.pods.front()))) = kWhole;
  } else {
    std::vector<std::int64_t> shares;
    std::int64_t reserved = 0;
    for (const PodId id : node.pods) {
      const double share =
          dominant_share_ratio(pods_.workload(pods_.get(id)).requests, node.allocatable);
      shares.push_back(static_cast<std::int64_t>(share * static_cast<double>(kWhole)));
      reserved += shares.back();
    }
    std::int64_t left = kWhole;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      // Dominant shares of different resources may add up to more than the node.
      const std::int64_t share = reserved > kWhole ? shares[i] * kWhole / reserved : shares[i];
      of(account.split, part_of(pods_.get(node.pods[i]))) += share;
      left -= share;
    }
    of(account.split, Part::stranded) += left;
  }
}

void Ledger::finish(std::deque<Node>& nodes) {
  for (const Node& node : nodes)
    if (node.stage != NodeStage::gone) update(node);
}

// Running totals are rounded, not the parts: so the parts add up to the bill to the last billionth.
Ledger::PoolBill Ledger::bill(std::size_t pool) const {
  constexpr Wide kHour = static_cast<Wide>(3'600'000'000'000) * kWhole;
  const Machine& machine = world_.scenario.cluster.pools[pool].machine;
  const PoolTotals& totals = totals_[pool];
  PoolBill bill;
  Wide running = 0;
  for (std::size_t p = 0; p < kParts; ++p) {
    running += totals.part[p];
    const auto until_here =
        static_cast<std::int64_t>((running * machine.price.per_hour + kHour / 2) / kHour);
    bill.nanomoney[p] = until_here - bill.total;
    bill.total = until_here;
  }
  bill.node_hours = static_cast<double>(running / kWhole) / 3.6e12;
  const int offered = machine.gpus * world_.scenario.cluster.pools[pool].gpu_sharing.per_card;
  const double gpu_ns = static_cast<double>(running / kWhole) * offered;
  bill.gpu_busy_ratio = gpu_ns > 0 ? static_cast<double>(totals.busy_gpu_ns) / gpu_ns : 0;
  return bill;
}

}  // namespace thaw::sim
