#include "engine/lint/node_fit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/scenario/placement.hpp"
#include "engine/scenario/vgpu_request.hpp"

namespace thaw::lint {
namespace {

using Mode = GpuSharing::Mode;
constexpr std::string_view kKapsulePrefix = "k8s.scaleway.com/";
constexpr std::int64_t kMiB = std::int64_t{1} << 20;

bool left_alone_by_hami(const Pool& pool) {
  return pool.gpu_sharing.mode == Mode::vgpu && !has_hami_label(pool);
}

void find_taints(const Workload& workload, const Pool& pool, std::vector<Lack>& lacks) {
  for (const Taint& taint : pool.taints) {
    if (tolerates(workload.tolerations, {taint})) continue;
    Taint bare = taint;
    bare.key = without_kapsule_prefix(taint.key);
    const bool misses_prefix =
        is_kapsule_key(taint.key) &&
        std::ranges::any_of(workload.tolerations, [&](const Toleration& toleration) {
          return toleration.key == bare.key && tolerates(toleration, bare);
        });
    lacks.push_back(
        {misses_prefix ? LackOf::kapsule_toleration : LackOf::toleration, taint.key,
         fmt::format("its nodes have the taint {}, which is not tolerated", text_of(taint))});
  }
}

void find_labels(const Workload& workload, const Pool& pool, std::vector<Lack>& lacks) {
  for (const auto& [key, value] : workload.node_selector) {
    if (selects({{key, value}}, pool, "")) continue;
    const auto own = pool.labels.find(key);
    lacks.push_back(
        {LackOf::label, key,
         own == pool.labels.end()
             ? fmt::format("its nodes have no label {}={}", key, value)
             : fmt::format("its nodes have the label {}={}, not {}", key, own->second, value)});
  }
}

void find_split_cards(const Workload& workload, const Pool& pool, std::vector<Lack>& lacks) {
  const CardAsk ask = card_ask_of(workload.requests, pool.gpu_sharing, card_mib(pool));
  if (ask.cards > pool.machine.gpus) {
    lacks.push_back({LackOf::cards, kGpuCards,
                     fmt::format("{} distinct cards are asked for, and a node has {}", ask.cards,
                                 pool.machine.gpus)});
  }
  if (ask.cards > 0 && ask.memory_mib > card_mib(pool)) {
    lacks.push_back({LackOf::resource, kGpuMemory,
                     fmt::format("{} MiB of a card are asked for, and a card has {}",
                                 ask.memory_mib, card_mib(pool))});
  }
}

constexpr std::string_view kMigPrefix = "nvidia.com/mig-";

bool is_hamis(const std::string& name) {
  return name == kGpuCards || name == kGpuCores || name == kGpuMemory || name == kGpuMemoryPercent;
}

void find_resource(const std::string& name, std::int64_t count, const Pool& pool,
                   std::vector<Lack>& lacks) {
  const bool split = pool.gpu_sharing.mode == Mode::vgpu && pool.machine.gpus > 0;
  if (split && is_hamis(name)) {
    if (left_alone_by_hami(pool)) {
      lacks.push_back({LackOf::label, "gpu",
                       fmt::format("its nodes lack the label gpu=on, without which HAMi offers no "
                                   "{} there",
                                   name)});
    }
    return;
  }
  const auto& kinds = pool.gpu_sharing.profiles;  // of instances, offered by their own names
  if (!kinds.empty() && name.starts_with(kMigPrefix)) {
    const std::int64_t there =
        pool.machine.gpus * std::ranges::count(kinds, name.substr(kMigPrefix.size()));
    if (count <= there) return;
    lacks.push_back({LackOf::cards, name, fmt::format("a node offers {} {}", there, name)});
  } else if (name == kGpuCards && pool.machine.gpus > 0 && kinds.empty()) {
    const std::int64_t there = std::int64_t{pool.machine.gpus} * pool.gpu_sharing.per_card;
    if (count <= there) return;
    lacks.push_back({LackOf::cards, name, fmt::format("a node offers {} {}", there, name)});
  } else if (pool.gpu_sharing.mode == Mode::mig && name.starts_with(kMigPrefix)) {
    lacks.push_back({LackOf::mig_name, name,
                     fmt::format("its instances of {} are offered as {}", pool.gpu_sharing.profile,
                                 kGpuCards)});
  } else {
    lacks.push_back({LackOf::resource, name, fmt::format("its nodes offer no {}", name)});
  }
}

void find_amounts(const Workload& workload, const Pool& pool, std::vector<Lack>& lacks) {
  const Resources& wanted = workload.requests;
  if (wanted.cpu > pool.machine.cpu) {
    lacks.push_back({LackOf::cpu, "cpu",
                     fmt::format("{}m of CPU are asked for, and a node has {}m", wanted.cpu.count,
                                 pool.machine.cpu.count)});
  }
  if (wanted.memory > pool.machine.memory) {
    lacks.push_back({LackOf::memory, "memory",
                     fmt::format("{} MiB of memory are asked for, and a node has {}",
                                 wanted.memory.count / kMiB, pool.machine.memory.count / kMiB)});
  }
  for (const auto& [name, count] : wanted.extended)
    if (count > 0) find_resource(name, count, pool, lacks);
  if (pool.gpu_sharing.mode == Mode::vgpu && pool.machine.gpus > 0 && !left_alone_by_hami(pool))
    find_split_cards(workload, pool, lacks);
}

}  // namespace

bool is_kapsule_key(const std::string& key) { return key.starts_with(kKapsulePrefix); }

std::string without_kapsule_prefix(const std::string& key) {
  return is_kapsule_key(key) ? key.substr(kKapsulePrefix.size()) : key;
}

std::string text_of(const Taint& taint) {
  const std::string_view effect = taint.effect == TaintEffect::no_schedule  ? "NoSchedule"
                                  : taint.effect == TaintEffect::no_execute ? "NoExecute"
                                                                            : "PreferNoSchedule";
  return fmt::format("{}{}{}:{}", taint.key, taint.value.empty() ? "" : "=", taint.value, effect);
}

std::vector<Lack> lacks_of(const Workload& workload, const Pool& pool) {
  std::vector<Lack> lacks;
  find_taints(workload, pool, lacks);
  find_labels(workload, pool, lacks);
  find_amounts(workload, pool, lacks);
  return lacks;
}

bool Nearest::only(LackOf what) const {
  return std::ranges::all_of(lacks, [&](const Lack& lack) { return lack.of == what; });
}

// Of pools that lack as much as each other, for a pod that wants a GPU, one that has some.
std::optional<Nearest> nearest_pool(const Scenario& scenario, const Workload& workload) {
  std::optional<Nearest> best;
  std::pair<bool, std::size_t> best_rank;
  for (const Pool& pool : scenario.cluster.pools) {
    std::vector<Lack> lacks = lacks_of(workload, pool);
    if (lacks.empty()) return std::nullopt;
    const bool no_card = asks_for_cards(workload.requests) && pool.machine.gpus == 0;
    const std::pair rank{no_card, lacks.size()};
    if (best && best_rank <= rank) continue;
    best = Nearest{&pool, std::move(lacks)};
    best_rank = rank;
  }
  return best;
}

std::vector<const Pool*> hosts_of(const Scenario& scenario, const Workload& workload) {
  std::vector<const Pool*> hosts;
  for (const Pool& pool : scenario.cluster.pools)
    if (lacks_of(workload, pool).empty()) hosts.push_back(&pool);
  return hosts;
}

}  // namespace thaw::lint
