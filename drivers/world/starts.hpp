// How long pods took from their creation until they were ready, stage by stage, as far as a pod
// tells.
//
//   node       created to bound, of one that the scheduler had found no node for: the simulator's
//              node_order, boot, join and gpu, which a pod does not tell apart
//   schedule   the same, of one that it had
//   container  bound to its last container running: image and container
//   ready      running to ready: model and load too
// Only of pods that were seen before they were ready. The server's times are to the second.
// Threads: one.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "drivers/world/objects.hpp"

namespace thaw::world {

class Starts {
 public:
  static constexpr std::array<std::string_view, 4> kStages = {"node", "schedule", "container",
                                                              "ready"};
  struct Spent {
    std::uint64_t pods = 0;
    std::array<Duration, kStages.size()> stages{};
  };
  void see(const PodState& pod);
  void forget(const std::string& uid) { coming_.erase(uid); }
  const std::map<WorkloadKey, Spent>& all() const { return all_; }

 private:
  std::map<std::string, bool> coming_;  // by uid: whether it had to wait for a node
  std::map<WorkloadKey, Spent> all_;
};

}  // namespace thaw::world
