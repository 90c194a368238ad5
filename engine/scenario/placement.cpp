#include "engine/scenario/placement.hpp"

#include <algorithm>

#include "engine/scenario/vgpu_request.hpp"

namespace thaw {
namespace {

constexpr std::string_view kMigPrefix = "nvidia.com/mig-";

// How many such shares one card takes.
std::int64_t shares_of_card(const CardAsk& ask, const Pool& pool) {
  std::int64_t fit = pool.gpu_sharing.per_card;
  if (ask.cores_percent > 0) fit = std::min<std::int64_t>(fit, 100 / ask.cores_percent);
  if (ask.memory_mib > 0) fit = std::min(fit, card_mib(pool) / ask.memory_mib);
  return fit;
}

// Instances of several kinds are asked for by their own names.
std::optional<std::int64_t> room_by_profile(const Workload& workload, const Pool& pool) {
  std::optional<std::int64_t> room;
  for (const auto& [name, count] : workload.requests.extended) {
    if (!name.starts_with(kMigPrefix) || count <= 0) continue;
    const auto of_kind =
        std::ranges::count(pool.gpu_sharing.profiles, name.substr(kMigPrefix.size()));
    const std::int64_t fit = pool.machine.gpus * of_kind / count;
    room = std::min(room.value_or(fit), fit);
  }
  return room;
}

}  // namespace

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

std::int64_t card_mib(const Pool& pool) {
  return pool.machine.gpu_memory.count / (std::int64_t{1} << 20);
}

std::optional<std::int64_t> room_on_node(const Workload& workload, const Pool& pool) {
  if (!asks_for_cards(workload.requests)) return room_by_profile(workload, pool);
  if (pool.gpu_sharing.mode == GpuSharing::Mode::vgpu) {
    const CardAsk ask = card_ask_of(workload.requests, pool.gpu_sharing, card_mib(pool));
    return pool.machine.gpus * shares_of_card(ask, pool) / std::max(ask.cards, 1);
  }
  const auto asked = workload.requests.extended.find(kGpuCards);
  if (asked == workload.requests.extended.end() || asked->second == 0) return std::nullopt;
  return std::int64_t{pool.machine.gpus} * pool.gpu_sharing.per_card / asked->second;
}

}  // namespace thaw
