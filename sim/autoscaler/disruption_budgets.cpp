#include "sim/autoscaler/disruption_budgets.hpp"

#include <algorithm>

#include "sim/anti_affinity.hpp"

namespace thaw::sim {
namespace {

bool covers(const DisruptionBudgetObject& budget, const Workload& workload) {
  return budget.ns == workload.ns && selects_labels(budget.pods, workload.labels);
}

std::int64_t resolved(const CountOrRatio& limit, std::int64_t of) {
  if (!limit.ratio) return limit.count;
  // Per cent, whole: the product is exact before it is rounded up.
  const auto percent = static_cast<std::int64_t>(*limit.ratio * 100 + 0.5);
  return (percent * of + 99) / 100;
}

}  // namespace

DisruptionBudgets::Health DisruptionBudgets::health(const DisruptionBudgetObject& budget) const {
  Health health;
  for (const auto& [id, pod] : pods_.all()) {
    if (!pod.active() || !covers(budget, pods_.workload(pod))) continue;
    ++health.expected;
    health.healthy += pod.stage == PodStage::ready;
  }
  return health;
}

std::int64_t DisruptionBudgets::healthy_needed(const DisruptionBudgetObject& budget,
                                               std::int64_t expected) {
  const std::int64_t limit = resolved(budget.limit, expected);
  return budget.says_unavailable ? expected - limit : limit;
}

std::int64_t DisruptionBudgets::allowed(const DisruptionBudgetObject& budget) const {
  const Health now = health(budget);
  return std::max<std::int64_t>(0, now.healthy - healthy_needed(budget, now.expected));
}

bool DisruptionBudgets::may_evict(const Pod& pod) const {
  const Workload& workload = pods_.workload(pod);
  const DisruptionBudgetObject* of = nullptr;
  for (const auto& budget : world_.scenario.manifests.disruption_budgets) {
    if (!covers(budget, workload)) continue;
    if (of) return false;
    of = &budget;
  }
  if (!of || !pod.node) return true;
  if (pod.stage == PodStage::ready) return allowed(*of) > 0;
  // One that is not healthy may go as long as enough others are (IfHealthyBudget).
  const Health now = health(*of);
  return now.healthy >= healthy_needed(*of, now.expected);
}

bool DisruptionBudgets::cover(const Workload& workload) const {
  const auto& all = world_.scenario.manifests.disruption_budgets;
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& budget) { return covers(budget, workload); });
}

}  // namespace thaw::sim
