#include "engine/scenario/node_objects.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine/scenario/vgpu_request.hpp"

namespace thaw {
namespace {

using NodesOfPool = std::vector<const NodeObject*>;

constexpr const char* kHostname = "kubernetes.io/hostname";  // each node's own
constexpr std::array<const char*, 7> kPoolLabels{"cloud.google.com/gke-nodepool",
                                                 "k8s.scaleway.com/pool-name",
                                                 "eks.amazonaws.com/nodegroup",
                                                 "kubernetes.azure.com/agentpool",
                                                 "agentpool",
                                                 "karpenter.sh/nodepool",
                                                 "doks.digitalocean.com/node-pool"};

std::optional<std::size_t> pool_named(const std::vector<Pool>& pools, const char* key,
                                      const std::string& value) {
  for (std::size_t p = 0; p < pools.size(); ++p) {
    const auto label = pools[p].labels.find(key);
    const std::string& name = label == pools[p].labels.end() ? pools[p].name : label->second;
    if (name == value) return p;
  }
  return std::nullopt;
}

bool bears_all(const NodeObject& node, const std::map<std::string, std::string>& labels) {
  return std::ranges::all_of(labels, [&](const auto& wanted) {
    const auto label = node.labels.find(wanted.first);
    return label != node.labels.end() && label->second == wanted.second;
  });
}

std::optional<std::size_t> pool_of(const std::vector<Pool>& pools, const NodeObject& node) {
  for (const char* const key : kPoolLabels) {
    const auto label = node.labels.find(key);
    if (label != node.labels.end()) return pool_named(pools, key, label->second);
  }
  if (pools.size() == 1) return 0;
  std::optional<std::size_t> only;
  for (std::size_t p = 0; p < pools.size(); ++p) {
    if (pools[p].labels.empty() || !bears_all(node, pools[p].labels)) continue;
    if (only) return std::nullopt;
    only = p;
  }
  return only;
}

bool same(const Taint& a, const Taint& b) {
  return a.key == b.key && a.value == b.value && a.effect == b.effect;
}

bool has(const std::vector<Taint>& taints, const Taint& wanted) {
  return std::ranges::any_of(taints, [&](const Taint& taint) { return same(taint, wanted); });
}

void add_labels(const NodesOfPool& nodes, Pool& pool) {
  for (const auto& label : nodes.front()->labels) {
    const bool common = std::ranges::all_of(
        nodes, [&](const NodeObject* node) { return bears_all(*node, {label}); });
    if (common && label.first != kHostname) pool.labels.insert(label);
  }
}

void add_taints(const NodesOfPool& nodes, Pool& pool) {
  for (const Taint& taint : nodes.front()->taints) {
    const bool common =
        std::ranges::all_of(nodes, [&](const NodeObject* n) { return has(n->taints, taint); });
    if (common && !has(pool.taints, taint)) pool.taints.push_back(taint);
  }
}

// What the least of them offers: the kubelet and the system have kept their part back.
void offer(const NodesOfPool& nodes, Pool& pool, Diagnostics& problems) {
  std::optional<std::int64_t> cpu, memory, gpus;
  const auto least = [](std::optional<std::int64_t>& amount, std::int64_t other) {
    if (other > 0) amount = amount ? std::min(*amount, other) : other;
  };
  for (const NodeObject* const node : nodes) {
    least(cpu, node->allocatable.cpu.count);
    least(memory, node->allocatable.memory.count);
    const auto own = node->allocatable.extended.find(kGpuCards);
    if (own != node->allocatable.extended.end()) least(gpus, own->second);
  }
  if (cpu) pool.machine.cpu = Millicores(*cpu);
  if (memory) pool.machine.memory = Bytes(*memory);
  const std::int64_t here = std::int64_t{pool.machine.gpus} * pool.gpu_sharing.per_card;
  if (gpus && *gpus != here)
    problems.notice("pool " + pool.name + ": its Nodes offer " + std::to_string(*gpus) +
                    " of nvidia.com/gpu, the scenario's " + std::to_string(here) +
                    "; the scenario's stay");
}

}  // namespace

std::span<const char* const> pool_labels() { return kPoolLabels; }

void apply_nodes(Scenario& scenario, Diagnostics& problems) {
  std::vector<Pool>& pools = scenario.cluster.pools;
  std::vector<NodesOfPool> nodes(pools.size());
  std::string strangers;
  for (const NodeObject& node : scenario.manifests.nodes) {
    if (const auto pool = pool_of(pools, node)) {
      nodes[*pool].push_back(&node);
    } else {
      strangers += (strangers.empty() ? "" : ", ") + node.name;
    }
  }
  for (std::size_t p = 0; p < pools.size(); ++p) {
    if (nodes[p].empty()) continue;
    add_labels(nodes[p], pools[p]);
    add_taints(nodes[p], pools[p]);
    offer(nodes[p], pools[p], problems);
  }
  if (!strangers.empty())
    problems.notice("Nodes of no pool of the scenario, which are not used: " + strangers);
}

}  // namespace thaw
