// Karpenter: a machine for each batch of pods that fit nowhere, and a loop that takes away what is
// not needed.
//
// Source: Karpenter 1.14 (its pages Disruption and Settings; controllers provisioning and
// disruption; nodeclaim podevents), and recordings of it (tests/recordings/karpenter). Kept: the
// batch window; pods that stay pending are looked at again each 10 s, and a node that such a look
// counts on is nominated, no candidate for 20 s; a node may go `consolidateAfter` after the last
// pod event, of which a second within 10 s is not noticed; a command is validated for 15 s before
// it is carried out, the loop waiting; replacements are usable before their nodes are drained;
// budgets, do-not-disrupt, disruption budgets of pods; a machine type that is out of stock is not
// asked for again for 3 min (its AWS provider's). Left out: drift, several NodePools and their
// weights, minValues, zones, spot to spot (off by default upstream as well).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "sim/autoscaler/disruption.hpp"
#include "sim/autoscaler/fleet.hpp"
#include "sim/node_autoscaler.hpp"

namespace thaw::sim {

class Karpenter final : public NodeAutoscalerLoop, public Handler {
 public:
  Karpenter(World& world, Nodes& nodes, Pods& pods);

  void start() override { disruption_.start(); }
  void pod_changed(const Pod& pod) override;
  void node_changed(const Node& node) override;
  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  void trigger();
  void provision();

  World& world_;
  Nodes& nodes_;
  Pods& pods_;
  const KarpenterSettings& settings_;
  Fleet fleet_;
  Disruption disruption_;
  std::optional<TimePoint> batch_opened_;
  EventId batch_over_;
  std::set<PodId> watched_;  // pending ones, which are looked at again
};

}  // namespace thaw::sim
