// TH304: more replicas than there can be MIG instances, and MIG profiles that are not there.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/lint/gke_pools.hpp"
#include "engine/lint/gpu_room.hpp"
#include "engine/lint/pods.hpp"
#include "engine/lint/replica_range.hpp"
#include "engine/scenario/mig_profiles.hpp"
#include "engine/scenario/units.hpp"
#include "engine/scenario/vgpu_request.hpp"

namespace thaw::lint::mig_replicas {
namespace {

constexpr std::string_view kMigPrefix = "nvidia.com/mig-";
constexpr const char* kPartitionLabel = "cloud.google.com/gke-gpu-partition-size";
constexpr const char* kMend =
    "ask for fewer replicas, let the pool have more nodes, or cut the cards smaller";

// "1g.5gb", "1g.10gb.me"
bool is_profile(std::string_view text) {
  const auto digits = [&] {
    const std::size_t before = text.size();
    while (!text.empty() && std::isdigit(static_cast<unsigned char>(text.front())))
      text.remove_prefix(1);
    return text.size() < before;
  };
  const auto word = [&](std::string_view wanted) {
    if (!text.starts_with(wanted)) return false;
    text.remove_prefix(wanted.size());
    return true;
  };
  return digits() && word("g.") && digits() && word("gb") && (text.empty() || text == ".me");
}

void check_names(const Subject& subject, const Workload& workload, Report& report) {
  for (const auto& [name, count] : workload.requests.extended) {
    if (!name.starts_with(kMigPrefix) || is_profile(name.substr(kMigPrefix.size()))) continue;
    report.add(place_of_resource(source_of(subject, workload), name, workload.place),
               fmt::format("{} is no MIG profile: they are named by slices and memory", name),
               "write it like nvidia.com/mig-1g.5gb");
  }
  if (!subject.scenario) return;
  const auto nearest = nearest_pool(*subject.scenario, workload);
  if (!nearest || !nearest->only(LackOf::mig_name)) return;
  const Lack& lack = nearest->lacks.front();
  report.add(place_of_resource(source_of(subject, workload), lack.name, workload.place),
             fmt::format("{} is what strategy mixed offers; in pool {} {}", lack.name,
                         nearest->pool->name, lack.text),
             "ask for nvidia.com/gpu: 1, or run NVIDIA's device plugin with strategy mixed");
}

void check_room(const Subject& subject, const Workload& workload, Report& report) {
  const auto room = gpu_room(*subject.scenario, workload);
  const bool partitions = room && std::ranges::all_of(room->hosts, [](const Pool* pool) {
                            return pool->gpu_sharing.mode == GpuSharing::Mode::mig;
                          });
  if (partitions) tell_above(subject, workload, *room, kMend, report);
}

void check_replicas(const std::string& who, const ReplicaRange& range, const GkePool& pool,
                    std::int64_t room, Report& report) {
  const std::int64_t most = std::max(range.least, range.most.value_or(0));
  if (most <= room) return;
  report.add(range.least > room ? Severity::error : Severity::warning, range.place,
             fmt::format("{} may have {} replicas, of which {} can never run: the pool {} has {} "
                         "instances of {} at most ({} node{} × {} card{})",
                         who, most, most - room, pool.name, room, pool.partition, pool.nodes_max,
                         pool.nodes_max == 1 ? "" : "s", pool.cards, pool.cards == 1 ? "" : "s"),
             kMend, {{pool.place, "the pool is made here"}});
}

// Annotations of Knative that a text shows alone: whose they are is not said.
void check_fragment(const yaml::Node& fragment, const GkePool& pool, std::int64_t room,
                    Report& report) {
  for (const auto& [key, value] : fragment.map) {
    const bool most = key.scalar == "autoscaling.knative.dev/max-scale" ||
                      key.scalar == "autoscaling.knative.dev/maxScale";
    const auto count = units::integer(value.scalar);
    if (most && count) check_replicas("the service", {0, *count, value.place}, pool, room, report);
  }
}

void check_pool(const Subject& subject, const GkePool& pool, Report& report) {
  if (pool.partition.empty() || pool.gpu_model.empty()) return;
  const auto profile = mig_profile(pool.gpu_model, pool.partition);
  if (!profile) {
    std::string known;
    for (const MigProfile& one : mig_profiles(pool.gpu_model))
      known += (known.empty() ? "" : ", ") + std::string(one.name);
    report.add(pool.place, fmt::format("an {} has no partition {}", pool.gpu_model, pool.partition),
               fmt::format("choose one of {}", known));
    return;
  }
  const std::int64_t room = std::int64_t{profile->instances} * pool.cards * pool.nodes_max;
  for (const Workload& workload : subject.manifests.workloads) {
    const auto label = workload.node_selector.find(kPartitionLabel);
    if (label == workload.node_selector.end() || label->second != pool.partition) continue;
    check_replicas(workload.name, replica_range(subject, workload), pool, room, report);
  }
  for (const Fragment& fragment : subject.fragments)
    check_fragment(*fragment.node, pool, room, report);
}

void check(const Subject& subject, Report& report) {
  for (const Workload& workload : subject.manifests.workloads) {
    check_names(subject, workload, report);
    if (subject.scenario) check_room(subject, workload, report);
  }
  const std::vector<GkePool> pools = gke_pools_of(subject);
  // With several pools a text does not say whose partitions its services get.
  if (pools.size() == 1) check_pool(subject, pools.front(), report);
}

}  // namespace

Rule rule() {
  return {"TH304", "mig-replicas", Severity::error,
          "more replicas than there can be MIG instances, or a profile that is not there", check};
}

}  // namespace thaw::lint::mig_replicas
