#include "engine/lint/gpu_room.hpp"

#include <fmt/format.h>

#include "engine/lint/pods.hpp"
#include "engine/lint/replica_range.hpp"
#include "engine/scenario/placement.hpp"
#include "engine/scenario/vgpu_request.hpp"

namespace thaw::lint {

std::optional<GpuRoom> gpu_room(const Scenario& scenario, const Workload& workload) {
  GpuRoom room;
  room.hosts = hosts_of(scenario, workload);
  if (room.hosts.empty()) return std::nullopt;
  for (const Pool* const pool : room.hosts) {
    const auto on_node = room_on_node(workload, *pool);
    if (!on_node) return std::nullopt;
    room.replicas += *on_node * pool->nodes_max;
    room.sum += fmt::format("{}pool {}: at most {} node{} with room for {} each",
                            room.sum.empty() ? "" : ", ", pool->name, pool->nodes_max,
                            pool->nodes_max == 1 ? "" : "s", *on_node);
  }
  return room;
}

void tell_above(const Subject& subject, const Workload& workload, const GpuRoom& room,
                const std::string& mend, Report& report) {
  const ReplicaRange range = replica_range(subject, workload);
  if (range.least > room.replicas) {
    report.add(
        Severity::error, place_of_resource(source_of(subject, workload), kGpuCards, workload.place),
        fmt::format("{} always wants {} replicas, of which {} can never run: the GPUs have room "
                    "for {} ({})",
                    workload.name, range.least, range.least - room.replicas, room.replicas,
                    room.sum),
        mend);
  } else if (range.most && *range.most > room.replicas) {
    report.add(Severity::warning, range.place,
               fmt::format("{} may be scaled to {} replicas, and the GPUs have room for {} ({}): "
                           "those above can never run",
                           workload.name, *range.most, room.replicas, room.sum),
               mend);
  }
}

}  // namespace thaw::lint
