#include "engine/scenario/runtime_classes.hpp"

#include <algorithm>

namespace thaw {
namespace {

void apply(const RuntimeClassObject& runtime, Workload& workload, Diagnostics& problems) {
  workload.requests.cpu = Millicores(workload.requests.cpu.count + runtime.overhead.cpu.count);
  workload.requests.memory = Bytes(workload.requests.memory.count + runtime.overhead.memory.count);
  for (const auto& [name, count] : runtime.overhead.extended)
    workload.requests.extended[name] += count;
  for (const auto& [label, value] : runtime.node_selector) {
    const auto [own, is_new] = workload.node_selector.emplace(label, value);
    if (is_new || own->second == value) continue;
    problems.error(workload.place, workload.name,
                   "wants nodes with " + label + "=" + own->second + ", its runtime class " +
                       runtime.name + " those with " + label + "=" + value);
  }
  workload.tolerations.insert(workload.tolerations.end(), runtime.tolerations.begin(),
                              runtime.tolerations.end());
}

}  // namespace

void apply_runtime_classes(Manifests& manifests, Diagnostics& problems) {
  for (Workload& workload : manifests.workloads) {
    if (workload.runtime_class.empty()) continue;
    const auto found = std::ranges::find(manifests.runtime_classes, workload.runtime_class,
                                         &RuntimeClassObject::name);
    if (found == manifests.runtime_classes.end()) {
      problems.notice(workload.name + ": there is no RuntimeClass " + workload.runtime_class +
                      " among the manifests; it is taken to cost nothing and to be on every node");
    } else {
      apply(*found, workload, problems);
    }
  }
}

}  // namespace thaw
