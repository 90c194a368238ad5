// TH211: what the nodes cost that are kept for the least replicas of functions with GPUs.
//
// Of pools that could be empty otherwise: nodes above their own minimum. A month has 730 hours.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/lint/hpa_algebra.hpp"
#include "engine/lint/hpa_metrics.hpp"
#include "engine/lint/rule.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::lint::cost_of_minimum {
namespace {

constexpr std::int64_t kHours = 730;
constexpr std::string_view kGpus = "nvidia.com/gpu";

struct Least {
  std::int64_t replicas = 0;
  std::string said_by;  // "minReplicas"
  Place place;
};

Least read(const Params::Entry* entry, std::string said_by, std::int64_t missing,
           const Place& place) {
  constexpr std::int64_t kMost = 1'000'000;
  const std::int64_t count = entry ? units::integer(entry->value).value_or(missing) : missing;
  return {std::min(count, kMost), std::move(said_by), entry ? entry->place : place};
}

// Nothing where nobody scales it: then its replicas are no minimum.
Least least_of(const Workload& workload, const Manifests& manifests) {
  const auto annotation = [&](const std::string& key) {
    const auto found = workload.annotations.find(key);
    return found == workload.annotations.end() ? nullptr : &found->second;
  };
  if (is_slimfaas_function(workload))
    return read(annotation("SlimFaas/ReplicasMin"), "SlimFaas/ReplicasMin", 0, workload.place);
  if (workload.kind == Workload::Kind::knative_service) {
    const auto* const older = annotation("autoscaling.knative.dev/minScale");
    const auto* const newer = annotation("autoscaling.knative.dev/min-scale");
    return read(newer ? newer : older, "min-scale", 0, workload.place);
  }
  for (const HpaObject& hpa : manifests.hpas)
    if (target_of(hpa, manifests) == &workload)
      return read(hpa.spec.find("minReplicas"), "minReplicas", 1, hpa.place);
  if (workload.kind == Workload::Kind::openfaas_function)
    return read(workload.scale_labels.find("min"), "com.openfaas.scale.min", 1, workload.place);
  return {};
}

bool tolerated(const Taint& taint, const std::vector<Toleration>& tolerations) {
  if (taint.effect == TaintEffect::prefer_no_schedule) return true;
  return std::ranges::any_of(tolerations, [&](const Toleration& one) {
    const bool key = (one.key.empty() && one.exists) || one.key == taint.key;
    return key && (one.exists || one.value == taint.value) &&
           (!one.effect || *one.effect == taint.effect);
  });
}

bool takes(const Pool& pool, const Workload& workload) {
  const bool selected = std::ranges::all_of(workload.node_selector, [&](const auto& wanted) {
    const auto label = pool.labels.find(wanted.first);
    return label != pool.labels.end() && label->second == wanted.second;
  });
  return selected && std::ranges::all_of(pool.taints, [&](const Taint& taint) {
           return tolerated(taint, workload.tolerations);
         });
}

std::int64_t gpus_of(const Pool& pool) {
  if (pool.gpu_sharing.mode == GpuSharing::Mode::vgpu) return 0;  // its slices are not counts
  return std::int64_t{pool.machine.gpus} * pool.gpu_sharing.per_card;
}

struct Kept {
  std::int64_t gpus = 0;
  std::vector<Least> by;
  std::vector<std::string> names;
};

// Only where one pool alone can have it.
std::map<std::size_t, Kept> kept_in(const Scenario& scenario) {
  std::map<std::size_t, Kept> kept;
  const auto& pools = scenario.cluster.pools;
  for (const Workload& workload : scenario.manifests.workloads) {
    const auto asked = workload.requests.extended.find(std::string(kGpus));
    if (asked == workload.requests.extended.end() || asked->second <= 0) continue;
    if (!workload.refused.empty()) continue;
    std::vector<std::size_t> fitting;
    for (std::size_t p = 0; p < pools.size(); ++p)
      if (gpus_of(pools[p]) >= asked->second && takes(pools[p], workload)) fitting.push_back(p);
    Least least = least_of(workload, scenario.manifests);
    if (fitting.size() != 1 || least.replicas <= 0) continue;
    Kept& here = kept[fitting.front()];
    here.gpus += least.replicas * asked->second;
    here.by.push_back(std::move(least));
    here.names.push_back(workload.name);
  }
  return kept;
}

// "547.50": money with two digits.
std::string money(std::int64_t cents) {
  const std::string digits = std::to_string(cents % 100 + 100).substr(1);
  return std::to_string(cents / 100) + "." + digits;
}

void tell(const Pool& pool, const Kept& kept, Report& report) {
  const std::int64_t each = gpus_of(pool);
  const std::int64_t needed = (kept.gpus - 1) / each + 1;
  const std::int64_t nodes = std::min<std::int64_t>(needed, pool.nodes_max) - pool.nodes_min;
  const Price& price = pool.machine.price;
  if (nodes <= 0 || price.per_hour <= 0) return;
  const std::int64_t cents = (nodes * kHours * (price.per_hour / 1000) + 5'000) / 10'000;
  std::string who;
  std::vector<Related> related;
  for (std::size_t i = 0; i < kept.by.size(); ++i) {
    who += (i == 0 ? "" : ", ") + kept.by[i].said_by + " " + std::to_string(kept.by[i].replicas) +
           " of " + kept.names[i];
    if (i > 0) related.push_back({kept.by[i].place, kept.by[i].said_by});
  }
  report.add(kept.by.front().place,
             who + (kept.by.size() == 1 ? " keeps " : " keep ") + std::to_string(nodes) +
                 (nodes == 1 ? " node" : " nodes") + " of pool " + pool.name +
                 " whether or not calls come: " + std::to_string(nodes) + " \u00d7 " +
                 milli_text(price.per_hour / 1'000'000) + " " + price.currency + "/h \u00d7 " +
                 std::to_string(kHours) + " h = " + money(cents) + " " + price.currency +
                 " a month",
             "a minimum of 0, where a cold start may be waited for", std::move(related));
}

void check(const Subject& subject, Report& report) {
  if (!subject.scenario) return;
  for (const auto& [pool, kept] : kept_in(*subject.scenario))
    tell(subject.scenario->cluster.pools[pool], kept, report);
}

}  // namespace

Rule rule() {
  return {"TH211", "cost-of-minimum", Severity::info,
          "what the nodes of the least replicas cost a month", check};
}

}  // namespace thaw::lint::cost_of_minimum
