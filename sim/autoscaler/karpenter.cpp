#include "sim/autoscaler/karpenter.hpp"

#include <algorithm>
#include <utility>

namespace thaw::sim {
namespace {

enum : std::uint32_t { kBatchOver, kLookAgain };

constexpr Duration kPendingAgain = std::chrono::seconds(10);

}  // namespace

Karpenter::Karpenter(World& world, Nodes& nodes, Pods& pods)
    : world_(world),
      nodes_(nodes),
      pods_(pods),
      settings_(world.scenario.cluster.node_autoscaler.karpenter),
      fleet_(world, nodes, pods),
      disruption_(world, nodes, pods, fleet_) {}

void Karpenter::pod_changed(const Pod& pod) {
  if (pod.stage == PodStage::pending && pod.unschedulable && watched_.insert(pod.id).second) {
    trigger();
    world_.events.after(kPendingAgain, *this, kLookAgain, pod.id);
  }
  if (pod.node && (pod.stage == PodStage::pulling || pod.stage == PodStage::terminating))
    fleet_.pod_event(*pod.node);
}

void Karpenter::node_changed(const Node& node) { disruption_.node_changed(node); }

void Karpenter::fire(std::uint32_t what, std::uint64_t arg) {
  if (what == kBatchOver) return provision();
  const auto pod = pods_.all().find(arg);
  if (pod == pods_.all().end() || pod->second.stage != PodStage::pending) {
    watched_.erase(arg);
    return;
  }
  trigger();
  world_.events.after(kPendingAgain, *this, kLookAgain, arg);
}

// The window ends when nothing came for a while, and in any case after its longest time.
void Karpenter::trigger() {
  if (!batch_opened_) batch_opened_ = world_.now();
  world_.events.cancel(batch_over_);
  const TimePoint over =
      std::min(world_.now() + settings_.batch_idle, *batch_opened_ + settings_.batch_max);
  batch_over_ = world_.events.at(over, *this, kBatchOver);
}

void Karpenter::provision() {
  batch_opened_.reset();
  fleet_.give_up_orders();
  std::vector<const Workload*> pending;
  for (const auto& [id, pod] : pods_.all())
    if (pod.stage == PodStage::pending && pod.unschedulable)
      pending.push_back(&pods_.workload(pod));
  if (pending.empty()) return;
  const std::vector<NodeId> there = fleet_.there({});
  const Packing::Result result = fleet_.packing(there).pack(std::move(pending));
  for (const std::size_t used : result.used) fleet_.nominate(there[used], 2 * settings_.batch_max);
  for (const Packing::Claim& claim : result.claims) fleet_.launch(claim.pools);
}

}  // namespace thaw::sim
