#include "sim/deployments.hpp"

#include <algorithm>

namespace thaw::sim {

Deployments::Deployments(World& world, Pods& pods)
    : world_(world),
      pods_(pods),
      due_(world.scenario.functions.size(), false),
      ups_(due_.size(), 0),
      downs_(due_.size(), 0) {
  for (const FunctionSpec& function : world.scenario.functions)
    spec_.push_back(world.scenario.manifests.workloads[function.workload].replicas);
}

void Deployments::start() {
  for (std::size_t f = 0; f < spec_.size(); ++f) {
    world_.gauges.set(Gauge::desired, f, spec_[f].count, world_.now());
    wake(f);
    tell_refused(f);
  }
}

void Deployments::tell_refused(std::size_t function) {
  const FunctionSpec& spec = world_.scenario.functions[function];
  const std::string& why = world_.scenario.manifests.workloads[spec.workload].refused;
  if (!why.empty())
    world_.tell(EventKind::note, spec.name, "refused", spec.name + " is not deployed: " + why);
}

void Deployments::scale(std::size_t function, Replicas replicas) {
  if (replicas == spec_[function]) return;
  ++(replicas > spec_[function] ? ups_ : downs_)[function];
  spec_[function] = replicas;
  world_.gauges.set(Gauge::desired, function, replicas.count, world_.now());
  wake(function);
}

void Deployments::wake(std::size_t function) {
  if (due_[function]) return;
  due_[function] = true;
  world_.events.after(Duration{0}, *this, 0, function);
}

void Deployments::fire(std::uint32_t, std::uint64_t function) {
  due_[function] = false;
  std::vector<Pod*> active;
  for (Pod* pod : pods_.of(function))
    if (pod->active()) active.push_back(pod);
  const FunctionSpec& spec = world_.scenario.functions[function];
  const bool made_once =
      world_.scenario.manifests.workloads[spec.workload].kind == Workload::Kind::pod;
  if (made_once && std::exchange(spec_[function], Replicas(0)) == Replicas(0)) return;
  const auto wanted = static_cast<std::size_t>(made_once ? 1 : spec_[function].count);
  for (std::size_t n = active.size(); n < wanted; ++n) pods_.create(function);
  if (active.size() <= wanted) return;

  std::stable_sort(active.begin(), active.end(), [](const Pod* a, const Pod* b) {
    if (a->node.has_value() != b->node.has_value()) return !a->node.has_value();
    const bool a_ready = a->stage == PodStage::ready, b_ready = b->stage == PodStage::ready;
    if (a_ready != b_ready) return !a_ready;
    return a->id > b->id;
  });
  active.resize(active.size() - wanted);
  for (Pod* pod : active) pods_.remove(*pod);
}

}  // namespace thaw::sim
