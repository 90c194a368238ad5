// How many replicas of a workload the GPUs of a scenario's pools have room for, and what is told
// where more are asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/lint/node_fit.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint {

struct GpuRoom {
  std::int64_t replicas = 0;
  std::vector<const Pool*> hosts;
  std::string sum;  // "pool gpu: 1 node × 5 = 5"
};

// Empty: it asks for no GPU, or no pool can take it at all.
std::optional<GpuRoom> gpu_room(const Scenario& scenario, const Workload& workload);

// Tells where a workload's least or most replicas are more than there is room for.
void tell_above(const Subject& subject, const Workload& workload, const GpuRoom& room,
                const std::string& mend, Report& report);

}  // namespace thaw::lint
