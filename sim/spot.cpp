#include "sim/spot.hpp"

#include <algorithm>

namespace thaw::sim {
namespace {

enum : std::uint32_t { kAnnounce, kTake };

}  // namespace

void SpotMarket::node_changed(const Node& node) {
  const auto& spot = world_.scenario.cluster.pools[node.pool].spot;
  const bool has_come = node.stage >= NodeStage::created && node.stage < NodeStage::deleting;
  if (!spot || !spot->mean || !has_come || !drawn_.insert(node.id).second) return;
  Random random = world_.random("spot life/" + node.name);
  world_.events.after(Distribution::exponential(*spot->mean).draw(random), *this, kAnnounce,
                      node.id);
}

void SpotMarket::reclaim(const Fault& fault) {
  for (Node& node : nodes_.all()) {
    const Pool& pool = world_.scenario.cluster.pools[node.pool];
    const bool up = node.stage > NodeStage::ordered && node.stage < NodeStage::deleting;
    if (pool.name != fault.pool || !up || announced_.contains(node.id)) continue;
    world_.tell(EventKind::fault, fault.name, "began", node.name + " is taken back",
                {{"node", node.name}});
    return announce(node, fault.notice.value_or(pool.spot.value_or(Spot{}).notice));
  }
  world_.tell(EventKind::fault, fault.name, "skipped", "no node of " + fault.pool + " is up");
}

void SpotMarket::announce(Node& node, Duration notice) {
  announced_.insert(node.id);
  world_.events.after(notice, *this, kTake, node.id);
  if (node.stage < NodeStage::draining) nodes_.drain(node);
  const std::vector<PodId> pods = node.pods;
  for (const PodId id : pods) pods_.remove(pods_.get(id));
}

void SpotMarket::fire(std::uint32_t what, std::uint64_t id) {
  Node& node = nodes_.get(static_cast<NodeId>(id));
  if (node.stage >= NodeStage::deleting) return;  // it went for another reason
  if (what == kTake) return nodes_.lose(node);
  if (!announced_.contains(node.id))
    announce(node, world_.scenario.cluster.pools[node.pool].spot->notice);
}

}  // namespace thaw::sim
