#include "sim/wait_ledger.hpp"

#include <algorithm>

namespace thaw::sim {

StageTimes stages_of(const Request& request, const Pod& pod, const Node& node) {
  const TimePoint bound = pod.entered[PodStage::pulling];
  // When each stage but the last was over. A node that was there before has its stages behind it,
  // and a pod that wants no GPU may be bound before there is one.
  const std::array<TimePoint, kColdStages - 1> over = {
      pod.entered[PodStage::pending],
      std::min(node.entered[NodeStage::ordered], bound),
      std::min(node.entered[NodeStage::created], bound),
      std::min(node.entered[NodeStage::ready], bound),
      std::min(node.entered[NodeStage::usable], bound),
      bound,
      pod.entered[PodStage::starting],
      pod.entered[PodStage::downloading],
      pod.entered[PodStage::loading],
      pod.entered[PodStage::ready],
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
