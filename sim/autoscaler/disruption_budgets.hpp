// PodDisruptionBudgets as the eviction API reads them. Source: Kubernetes, the disruption
// controller and "API-initiated eviction".
//
// Pods that should be there are those that are not Terminating: their controllers make up for a
// lost one in the same instant.
#pragma once

#include <cstdint>

#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class DisruptionBudgets {
 public:
  DisruptionBudgets(const World& world, Pods& pods) : world_(world), pods_(pods) {}

  // How many more of its pods may be evicted now.
  std::int64_t allowed(const DisruptionBudgetObject& budget) const;
  // Whether every budget lets this one go; a pod of two is refused by the API.
  bool may_evict(const Pod& pod) const;
  bool cover(const Workload& workload) const;

 private:
  struct Health {
    std::int64_t healthy = 0, expected = 0;
  };
  Health health(const DisruptionBudgetObject& budget) const;
  static std::int64_t healthy_needed(const DisruptionBudgetObject& budget, std::int64_t expected);

  const World& world_;
  Pods& pods_;
};

}  // namespace thaw::sim
