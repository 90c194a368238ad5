#include "sim/cloud.hpp"

#include <algorithm>

namespace thaw::sim {

bool Cloud::is_about_it(const Fault& fault) {
  using Kind = Fault::Kind;
  return fault.kind == Kind::stock_out || fault.kind == Kind::slow_join ||
         fault.kind == Kind::quota;
}

void Cloud::begin(std::size_t index) {
  const Fault& fault = world_.scenario.faults[index];
  const std::string of = fault.pool.empty() ? "the cluster" : fault.pool;
  std::string words = of + " has no machines to be had";
  if (fault.kind == Fault::Kind::slow_join) words = "new nodes of " + of + " take longer";
  if (fault.kind == Fault::Kind::quota)
    words = of + " gets " + std::to_string(fault.nodes) + " machines at most";
  world_.tell(EventKind::fault, fault.name, "began", std::move(words));
  active_.push_back(&fault);
  if (fault.lasts) world_.events.after(*fault.lasts, *this, 0, index);
}

void Cloud::fire(std::uint32_t, std::uint64_t index) {
  const Fault& fault = world_.scenario.faults[index];
  std::erase(active_, &fault);
  world_.tell(EventKind::fault, fault.name, "ended", fault.name + " is over");
}

bool Cloud::concerns(const Fault& fault, std::size_t pool) const {
  return fault.pool.empty() || fault.pool == world_.scenario.cluster.pools[pool].name;
}

Supply Cloud::supply(std::size_t pool, std::int64_t of_pool, std::int64_t of_cluster) const {
  Supply supply = Supply::coming;
  for (const Fault* fault : active_) {
    if (!concerns(*fault, pool)) continue;
    const std::int64_t there = fault->pool.empty() ? of_cluster : of_pool;
    if (fault->kind == Fault::Kind::quota && there >= fault->nodes) return Supply::error;
    if (fault->kind == Fault::Kind::stock_out && !fault->silent) return Supply::error;
    if (fault->kind == Fault::Kind::stock_out) supply = Supply::silence;
  }
  return supply;
}

void Cloud::slow_down(std::size_t pool, Stages& stages) const {
  using Stage = Fault::Stage;
  for (const Fault* fault : active_) {
    if (fault->kind != Fault::Kind::slow_join || !concerns(*fault, pool)) continue;
    Duration& stage = fault->stage == Stage::instance ? stages.instance
                      : fault->stage == Stage::boot   ? stages.boot
                                                      : stages.gpu;
    stage =
        Distribution::rounded(static_cast<double>(stage.count()) * fault->times) + fault->longer;
  }
}

}  // namespace thaw::sim
