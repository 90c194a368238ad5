// What the controller is told of a function: from the inventory, the activity and the metrics.
//
// Nothing here waits or writes. Facts are stale while a watch is broken: then `facts_taken` is when
// it was last heard of. Threads: one; an observation lives until the next call.
#pragma once

#include <functional>
#include <vector>

#include "drivers/world/activity.hpp"
#include "drivers/world/calls.hpp"
#include "drivers/world/functions.hpp"
#include "drivers/world/inventory.hpp"
#include "engine/ports.hpp"

namespace thaw::world {

// What is known of the metrics that a function's policy wants: one each, in the order of
// Wants::metrics. Never waits.
class MetricsPort {
 public:
  virtual ~MetricsPort() = default;
  virtual const MetricFacts& read(FunctionId id, std::size_t index) = 0;
};

class Observer {
 public:
  struct Sources {
    const Clock& clock;
    const Inventory& inventory;
    const Activity& activity;
    MetricsPort* metrics;                    // nullptr: there are none
    std::function<TimePoint()> facts_taken;  // now, while every watch is open
    Calls* calls = nullptr;                  // nullptr: no gateway sees them
  };
  explicit Observer(Sources sources) : sources_(std::move(sources)) {}

  void serve(const Functions& functions) { functions_ = &functions; }
  const Observation& observe(FunctionId id, const Wants& wants, Cause cause,
                             const WriteFacts& last_write);
  // Whether something that its policy wants to know is missing, or too old to scale down on.
  bool blind(const Wants& wants) const;
  // Whether calls of it are on: then it must not go.
  bool called(FunctionId id) const;

 private:
  void look_at_pods(const WorkloadKey& key, bool told);
  const MetricFacts& metric(FunctionId id, std::size_t index);

  Sources sources_;
  const Functions* functions_ = nullptr;
  Observation seen_{};
  std::vector<PodFacts> pods_;
  std::vector<PeerFacts> peers_;
  std::vector<MetricFacts> metrics_;
  std::vector<ResourceRequest> requests_;
  std::vector<Load> load_;
};

}  // namespace thaw::world
