// TH307: pods that never bring the first node, because its template does not offer what they want.
//
// cluster-autoscaler knows of a node that is not there what its pool's template says: of GPUs their
// number. What device plugins add once they run is not among it.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/lint/gke_pools.hpp"
#include "engine/lint/node_fit.hpp"
#include "engine/lint/pods.hpp"
#include "engine/lint/rule.hpp"
#include "engine/scenario/vgpu_request.hpp"

namespace thaw::lint::no_scale_from_zero {
namespace {

// Empty: nothing that only a device plugin offers.
std::string plugin_resource(const Workload& workload) {
  constexpr std::array kHamis{kGpuCores, kGpuMemory, kGpuMemoryPercent};
  for (const auto& [name, count] : workload.requests.extended) {
    const bool late = std::ranges::find(kHamis, name) != kHamis.end() ||
                      name.starts_with("nvidia.com/mig-") || name.ends_with(".shared");
    if (late && count > 0) return name;
  }
  return "";
}

void tell(const Subject& subject, const Workload& workload, const std::string& resource,
          Severity severity, const std::string& pool, std::vector<Related> related,
          Report& report) {
  report.add(severity, place_of_resource(source_of(subject, workload), resource, workload.place),
             fmt::format("{} asks for {}, which a node offers only once its device plugin runs: "
                         "cluster-autoscaler finds it on no template, and pool {} stays at 0 nodes",
                         workload.name, resource, pool),
             "keep one node (minimum 1), or bring nodes with placeholder pods that ask for "
             "nvidia.com/gpu alone",
             std::move(related));
}

void check_scenario(const Subject& subject, Report& report) {
  if (!subject.scenario->cluster.node_autoscaler.enabled) return;
  for (const Workload& workload : subject.manifests.workloads) {
    const std::string resource = plugin_resource(workload);
    const auto hosts = hosts_of(*subject.scenario, workload);
    if (resource.empty() || hosts.empty()) continue;
    if (std::ranges::all_of(hosts, [](const Pool* pool) { return pool->nodes_min == 0; }))
      tell(subject, workload, resource, Severity::error, hosts.front()->name, {}, report);
  }
}

// A text that makes the only pool with GPUs, and workloads that want them.
void check_text(const Subject& subject, const GkePool& pool, Report& report) {
  if (!pool.autoscaled || pool.nodes_min > 0) return;
  for (const Workload& workload : subject.manifests.workloads) {
    const std::string resource = plugin_resource(workload);
    if (!resource.empty())
      tell(subject, workload, resource, Severity::warning, pool.name,
           {{pool.place, "the pool is made here, with a minimum of 0"}}, report);
  }
}

void check(const Subject& subject, Report& report) {
  if (subject.scenario) return check_scenario(subject, report);
  const std::vector<GkePool> pools = gke_pools_of(subject);
  if (pools.size() == 1) check_text(subject, pools.front(), report);
}

}  // namespace

Rule rule() {
  return {"TH307", "no-scale-from-zero", Severity::error,
          "pods that never bring a pool's first node", check};
}

}  // namespace thaw::lint::no_scale_from_zero
