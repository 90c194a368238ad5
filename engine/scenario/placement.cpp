#include "engine/scenario/placement.hpp"

#include <algorithm>

namespace thaw {

bool tolerates(const Toleration& toleration, const Taint& taint) {
  if (toleration.effect && *toleration.effect != taint.effect) return false;
  if (toleration.key.empty()) return toleration.exists;
  if (toleration.key != taint.key) return false;
  return toleration.exists || toleration.value == taint.value;
}

bool tolerates(const std::vector<Toleration>& tolerations, const std::vector<Taint>& taints) {
  return std::all_of(taints.begin(), taints.end(), [&](const Taint& taint) {
    return taint.effect == TaintEffect::prefer_no_schedule ||
           std::any_of(tolerations.begin(), tolerations.end(),
                       [&](const Toleration& toleration) { return tolerates(toleration, taint); });
  });
}

// Labels that every node carries besides its pool's own.
bool selects(const std::map<std::string, std::string>& selector, const Pool& pool,
             const std::string& node) {
  return std::all_of(selector.begin(), selector.end(), [&](const auto& wanted) {
    const auto& [key, value] = wanted;
    if (const auto label = pool.labels.find(key); label != pool.labels.end())
      return label->second == value;
    if (key == "kubernetes.io/hostname") return !node.empty() && value == node;
    if (key == "kubernetes.io/os") return value == "linux";
    if (key == "kubernetes.io/arch") return value == "amd64";
    if (key == "k8s.scaleway.com/pool-name") return value == pool.name;
    if (key == "nvidia.com/gpu.present") return pool.machine.gpus > 0 && value == "true";
    if (key == "node.kubernetes.io/instance-type")
      return value == pool.machine.preset.substr(pool.machine.preset.find('/') + 1);
    return false;
  });
}

}  // namespace thaw
