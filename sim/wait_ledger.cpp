#include "sim/wait_ledger.hpp"

#include <algorithm>

namespace thaw::sim {

StageTimes stages_of(const Request& request, const Pod& pod, const Node& node) {
  const auto node_was = [&](NodeStage stage) {
    return node.entered[static_cast<std::size_t>(stage)];
  };
  const auto pod_was = [&](PodStage stage) { return pod.entered[static_cast<std::size_t>(stage)]; };
  const TimePoint bound = pod_was(PodStage::pulling);
  // When each stage but the last was over. A node that was there before has its stages behind it,
  // and a pod that wants no GPU may be bound before there is one.
  const std::array<TimePoint, kColdStages - 1> over = {
      pod_was(PodStage::pending),
      std::min(node_was(NodeStage::ordered), bound),
      std::min(node_was(NodeStage::created), bound),
      std::min(node_was(NodeStage::ready), bound),
      std::min(node_was(NodeStage::usable), bound),
      bound,
      pod_was(PodStage::starting),
      pod_was(PodStage::downloading),
      pod_was(PodStage::loading),
      pod_was(PodStage::ready),
      request.taken,
  };
  StageTimes stages{};
  TimePoint until_here = request.arrived;
  for (std::size_t stage = 0; stage < over.size(); ++stage) {
    const TimePoint end = std::clamp(over[stage], until_here, request.began);
    stages[stage] = end - until_here;
    until_here = end;
  }
  stages.back() = request.began - until_here;
  return stages;
}

void WaitLedger::ended(const Request& request, const Pod& pod, const Node& node) {
  if (!request.cold && !keeps_lines_) return;
  const StageTimes stages = stages_of(request, pod, node);
  if (request.cold) {
    Account& account = accounts_[request.function];
    for (std::size_t i = 0; i < kColdStages; ++i) account.stages[i] += stages[i].count();
    if (!account.waits) account.waits = std::make_unique<Sketch>();
    account.waits->add(request.began - request.arrived);
  }
  if (keeps_lines_)
    lines_.push_back({request.function, request.cold, request.arrived, request.began, stages});
}

}  // namespace thaw::sim
