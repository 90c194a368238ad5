#include "drivers/world/inventory.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace thaw::world {
namespace {

void translate(const Pace& pace, PodState& pod) {
  pod.created = pace.of_wall(pod.created);
  pod.ready_changed = pace.of_wall(pod.ready_changed);
  for (std::optional<TimePoint>* const one : {&pod.started, &pod.scheduled, &pod.running})
    if (*one) **one = pace.of_wall(**one);
}

}  // namespace

void Inventory::apply_workload(const nlohmann::json& object, bool stateful) {
  WorkloadState state = workload_of(object, stateful);
  const WorkloadKey key = state.key;
  WorkloadState& kept = workloads_[key];
  const bool settings = kept.settings != state.settings || kept.owner != state.owner;
  kept = std::move(state);
  listener_.workload_changed(key, settings);
}

void Inventory::remove_workload(const nlohmann::json& object, bool stateful) {
  const WorkloadKey key = workload_of(object, stateful).key;
  if (workloads_.erase(key) > 0) listener_.workload_changed(key, true);
}

void Inventory::apply_pod(const nlohmann::json& object) {
  PodState state = pod_of(object);
  if (!state.owner) return;
  if (pace_) translate(*pace_, state);
  const WorkloadKey key = *state.owner;
  starts_.see(state);
  const auto [found, added] = owners_.try_emplace(state.uid, key, next_pod_);
  next_pod_ += added;
  names_[state.ns + "/" + state.name] = found->second;
  const std::uint64_t id = found->second.second;
  pods_[key].insert_or_assign(id, Pod{id, std::move(state)});
  listener_.pods_changed(key);
}

void Inventory::remove_pod(const nlohmann::json& object) {
  const PodState gone = pod_of(object);
  const auto found = owners_.find(gone.uid);
  if (found == owners_.end()) return;
  const auto [key, id] = found->second;
  starts_.forget(gone.uid);
  // One of a StatefulSet may have been made again under its name.
  if (const auto named = names_.find(gone.ns + "/" + gone.name);
      named != names_.end() && named->second.second == id)
    names_.erase(named);
  owners_.erase(found);
  const auto pods = pods_.find(key);
  pods->second.erase(id);
  if (pods->second.empty()) pods_.erase(pods);
  listener_.pods_changed(key);
}

void Inventory::apply_hpa(const nlohmann::json& object) {
  HpaState state = hpa_of(object);
  HpaState& kept = hpas_[{state.ns, state.name}];
  if (kept.settings == state.settings) return;
  const std::optional<WorkloadKey> before = std::exchange(kept, std::move(state)).target;
  if (before && before != kept.target) listener_.workload_changed(*before, true);
  if (kept.target) listener_.workload_changed(*kept.target, true);
}

void Inventory::remove_hpa(const nlohmann::json& object) {
  const HpaState state = hpa_of(object);
  const auto found = hpas_.find({state.ns, state.name});
  if (found == hpas_.end()) return;
  const std::optional<WorkloadKey> target = found->second.target;
  hpas_.erase(found);
  if (target) listener_.workload_changed(*target, true);
}

const WorkloadState* Inventory::find(const WorkloadKey& key) const {
  const auto found = workloads_.find(key);
  return found == workloads_.end() ? nullptr : &found->second;
}

const Inventory::Pods& Inventory::pods_of(const WorkloadKey& key) const {
  static const Pods kNone;
  const auto found = pods_.find(key);
  return found == pods_.end() ? kNone : found->second;
}

Replicas Inventory::ready(const WorkloadKey& key) const {
  const Pods& pods = pods_of(key);
  const auto count = std::count_if(pods.begin(), pods.end(), [](const auto& entry) {
    return entry.second.state.ready == Condition::yes && !entry.second.state.deleting;
  });
  return Replicas(static_cast<std::int32_t>(count));
}

std::optional<std::uint64_t> Inventory::id_of_pod(std::string_view ns,
                                                  std::string_view name) const {
  const auto found = names_.find(std::string(ns) + "/" + std::string(name));
  if (found == names_.end()) return std::nullopt;
  return found->second.second;
}

const Inventory::Pod* Inventory::find_pod(std::string_view ns, std::string_view name) const {
  const auto found = names_.find(std::string(ns) + "/" + std::string(name));
  if (found == names_.end()) return nullptr;
  return &pods_.at(found->second.first).at(found->second.second);
}

}  // namespace thaw::world
