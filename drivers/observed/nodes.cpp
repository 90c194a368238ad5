#include "drivers/observed/nodes.hpp"

#include <nlohmann/json.hpp>

#include "drivers/kubernetes/json_fields.hpp"
#include "drivers/metrics/quantity.hpp"

namespace thaw::observed {
namespace {

using kubernetes::field;
using kubernetes::Json;
using kubernetes::text_at;

constexpr const char* kPoolLabels[] = {"thaw.dev/pool", "k8s.scaleway.com/pool-name",
                                       "cloud.google.com/gke-nodepool",
                                       "eks.amazonaws.com/nodegroup", "karpenter.sh/nodepool"};

bool is_ready(const Json& node) {
  const Json* const conditions = field(node, {"status", "conditions"});
  if (!conditions || !conditions->is_array()) return false;
  for (const Json& one : *conditions)
    if (text_at(one, {"type"}) == "Ready") return text_at(one, {"status"}) == "True";
  return false;
}

// As cluster-autoscaler, Karpenter and kubectl mark a node that is to go.
bool is_leaving(const Json& node) {
  if (kubernetes::flag_at(node, {"spec", "unschedulable"})) return true;
  const Json* const taints = field(node, {"spec", "taints"});
  if (!taints || !taints->is_array()) return false;
  for (const Json& one : *taints) {
    const std::string key = text_at(one, {"key"});
    if (key == "ToBeDeletedByClusterAutoscaler" || key == "karpenter.sh/disrupted") return true;
  }
  return false;
}

std::map<std::string, std::int64_t> allocatable_of(const Json& node) {
  std::map<std::string, std::int64_t> all;
  const Json* const list = field(node, {"status", "allocatable"});
  if (!list || !list->is_object()) return all;
  for (const auto& [name, amount] : list->items())
    if (amount.is_string())
      if (const auto milli = metrics::quantity_milli(amount.get_ref<const std::string&>()))
        all[name] = *milli;
  return all;
}

bool offers_gpus(const Pool& pool, const std::map<std::string, std::int64_t>& allocatable_milli) {
  if (pool.machine.gpus == 0) return true;
  for (const auto& [name, milli] : allocatable_milli)
    if (name.starts_with("nvidia.com/") && milli > 0) return true;
  // A card behind vAccel is no resource of the node.
  return pool.gpu_sharing.mode == GpuSharing::Mode::remote;
}

}  // namespace

std::string pool_of(const Json& node) {
  for (const char* const label : kPoolLabels)
    if (std::string pool = text_at(node, {"metadata", "labels", label}); !pool.empty()) return pool;
  return {};
}

bool ReadyNode::operator()(const Json& node) const {
  const std::string name = pool_of(node);
  for (const Pool& pool : scenario_.cluster.pools)
    if (pool.name == name) return is_ready(node) && offers_gpus(pool, allocatable_of(node));
  return false;
}

void Nodes::ordered(const std::string& pool, const std::string& name) {
  const auto index = view_.pool(pool);
  if (!index || nodes_.contains(name)) return;
  Node& node = nodes_[name];
  node.pool = *index;
  node.ordered = view_.now();
  tell(node, name, "ordered", " ordered");
}

void Nodes::not_coming(const std::string& name) {
  const auto found = nodes_.find(name);
  if (found == nodes_.end() || found->second.stage != Node::Stage::ordered) return;
  tell(found->second, name, "gone", " gone: it never came");
  nodes_.erase(found);
}

Node* Nodes::known(const Json& object, const std::string& name) {
  if (!nodes_.contains(name)) ordered(pool_of(object), name);
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : &found->second;
}

void Nodes::apply(const Json& object) {
  const std::string name = text_at(object, {"metadata", "name"});
  Node* const node = known(object, name);
  if (!node) return;  // of no pool of the scenario
  node->allocatable_milli = allocatable_of(object);
  const auto reach = [&](Node::Stage stage, const std::string& what, const std::string& words) {
    if (node->stage >= stage) return;
    node->stage = stage;
    tell(*node, name, what, words);
  };
  reach(Node::Stage::created, "created", " Node created");
  if (is_ready(object)) {
    node->was_ready = true;
    reach(Node::Stage::ready, "ready", " Node Ready");
    if (offers_gpus(view_.scenario().cluster.pools[node->pool], node->allocatable_milli))
      reach(Node::Stage::usable, "allocatable", " GPU allocatable");
  }
  if (is_leaving(object)) reach(Node::Stage::draining, "draining", " marked for removal");
  count(node->pool);
}

void Nodes::remove(const Json& object) {
  const std::string name = text_at(object, {"metadata", "name"});
  const auto found = nodes_.find(name);
  if (found == nodes_.end()) return;
  const std::size_t pool = found->second.pool;
  tell(found->second, name, "gone", " gone");
  nodes_.erase(found);
  count(pool);
}

void Nodes::tell(const Node& node, const std::string& name, const std::string& what,
                 const std::string& words) {
  view_.tell(EventKind::node, view_.scenario().cluster.pools[node.pool].name, what, name + words,
             {{"node", name}});
}

void Nodes::count(std::size_t pool) {
  std::int64_t there = 0;
  for (const auto& [name, node] : nodes_) there += node.pool == pool && node.was_ready;
  view_.set(Gauge::nodes, pool, there);
}

}  // namespace thaw::observed
