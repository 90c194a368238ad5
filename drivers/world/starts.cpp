#include "drivers/world/starts.hpp"

#include <algorithm>

namespace thaw::world {

void Starts::see(const PodState& pod) {
  if (!pod.owner) return;
  const auto coming = coming_.find(pod.uid);
  if (pod.ready != Condition::yes) {
    coming_[pod.uid] = pod.unschedulable || (coming != coming_.end() && coming->second);
    return;
  }
  if (coming == coming_.end()) return;
  const bool waited = coming->second;
  coming_.erase(coming);
  Spent& spent = all_[*pod.owner];
  ++spent.pods;
  TimePoint from = pod.created;
  const auto until = [&](std::size_t stage, TimePoint to) {
    spent.stages[stage] += std::max(Duration{0}, to - from);
    from = std::max(from, to);
  };
  if (pod.scheduled) until(waited ? 0 : 1, *pod.scheduled);
  if (pod.running) until(2, *pod.running);
  until(3, pod.ready_changed);
}

}  // namespace thaw::world
