// How a node goes: marked, its pods evicted as their disruption budgets allow, its VM deleted when
// they are gone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "sim/autoscaler/disruption_budgets.hpp"
#include "sim/nodes.hpp"
#include "sim/pods.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

class DrainListener {
 public:
  virtual ~DrainListener() = default;
  virtual void drain_failed(Node& node) = 0;  // it stays
};

class Drain final : public Handler {
 public:
  struct Rules {
    Duration delay{};                 // from the mark to the first eviction
    Duration grace_max = kForEver;    // of the time that a pod has to stop
    std::optional<Duration> give_up;  // on a pod that may not be evicted; empty: never
  };
  Drain(World& world, Nodes& nodes, Pods& pods, DrainListener& listener, Rules rules);

  void begin(Node& node);  // one that is marked already is not marked again
  void fire(std::uint32_t what, std::uint64_t node) override;

 private:
  static constexpr Duration kForEver = std::chrono::hours(24 * 366);
  void evict(Node& node);

  World& world_;
  Nodes& nodes_;
  Pods& pods_;
  DrainListener& listener_;
  Rules rules_;
  DisruptionBudgets budgets_;
  std::map<NodeId, TimePoint> since_;  // when the evictions began
};

}  // namespace thaw::sim
