// Nodes and their three times: the VM exists, the Node is Ready, its GPUs are allocatable.
//
// A node takes a slot of its pool (0 … nodes_max-1 over all pools), so that links made up front can
// serve it. It is billed from the order until its VM is deleted. The Node object is there from
// Ready until the VM is gone.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/distribution.hpp"
#include "engine/entered.hpp"
#include "engine/event_queue.hpp"
#include "engine/scenario/placement.hpp"
#include "engine/scenario/scenario.hpp"
#include "sim/cloud.hpp"
#include "sim/fluid/fluid.hpp"
#include "sim/host_memory.hpp"
#include "sim/sharing/cards.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

using NodeId = std::uint32_t;
using PodId = std::uint64_t;

enum class NodeStage : std::uint8_t {
  ordered,   // the cloud was asked for a VM
  created,   // the VM boots
  ready,     // the Node object is Ready; its GPUs are not allocatable yet
  usable,    // everything it has is allocatable
  draining,  // marked for removal
  deleting,  // the cloud was asked to delete the VM
  gone,
};

struct Node {
  NodeId id = 0;
  std::size_t pool = 0;
  NodeSlot slot = 0;
  std::string name;
  NodeStage stage = NodeStage::ordered;
  TimePoint ordered;
  Entered<NodeStage, NodeStage::gone> entered;
  std::optional<TimePoint> unneeded_since;
  Resources allocatable, used;
  std::unique_ptr<Cards> cards;  // none: nullptr
  std::vector<PodId> pods;       // bound to it, in the order of binding
  std::set<std::string> layers;  // of images, cached
  HostMemory memory;
  EventId next_stage;
  Duration until_ready{}, until_usable{};  // drawn when ordered: boot, then GPU
  TimePoint stage_since;
  NodeStage unmarked = NodeStage::usable;  // of one that drains: its stage before
  Supply supply = Supply::coming;          // whether the cloud has a machine for it
  std::vector<const Workload*> residents;  // what is no function and stays for ever

  bool has_object() const { return stage >= NodeStage::ready && stage != NodeStage::gone; }
  // Counted as capacity to come: no second order for the same pods meanwhile.
  bool upcoming() const { return stage < NodeStage::usable; }
};

bool fits(const Resources& request, const Resources& allocatable, const Resources& used);
void reserve(Resources& used, const Resources& request);
void release(Resources& used, const Resources& request);
// Of a node as it is: a Ready one whose GPUs are not allocatable yet has room only for what wants
// none, and where cards are shared one of them must take the request.
bool has_room(const Node& node, const Resources& request);
// For a pod; 0: for what stays for ever.
void occupy(Node& node, PodId pod, const Resources& request);
void vacate(Node& node, PodId pod, const Resources& request);
// The largest part of any one resource that `request` takes of `allocatable`, 0 … 1.
double dominant_share_ratio(const Resources& request, const Resources& allocatable);

// What one node of the pool offers once it is usable.
Resources capacity_of(const Pool& pool);
// What a node autoscaler expects of one that is not there yet.
Resources template_of(const Pool& pool);
// Whether a pod of `workload` may ever run on a node of `pool`, empty.
bool can_host(const Pool& pool, const Workload& workload);

class NodeListener {
 public:
  virtual ~NodeListener() = default;
  virtual void node_changed(Node& node) = 0;             // its stage did
  virtual void node_leaving(Node& node, bool lost) = 0;  // before its pods and its object go
};

class Nodes final : public Handler {
 public:
  Nodes(World& world, NodeListener& listener);

  void start();  // the pools' minimum is there, usable, at the start
  std::int64_t vacancies(std::size_t pool) const;  // below the pool's maximum
  bool room(std::size_t pool) const { return vacancies(pool) > 0; }
  // One whose `supply` is an error never comes: whoever ordered it erases it.
  Node& order(std::size_t pool);
  void drain(Node& node);    // marks it; no new pods
  void restore(Node& node);  // takes the mark off
  void erase(Node& node);    // asks the cloud to delete the VM
  void lose(Node& node);     // the VM is gone at once

  Node& get(NodeId id) { return nodes_[id]; }
  std::deque<Node>& all() { return nodes_; }  // in the order of ordering, gone ones included
  const std::deque<Node>& all() const { return nodes_; }
  Cloud& cloud() { return cloud_; }
  std::size_t count(std::size_t pool) const;  // neither gone nor being deleted
  static NodeSlot slots(const std::vector<Pool>& pools);

  void fire(std::uint32_t what, std::uint64_t arg) override;

 private:
  Node& add(std::size_t pool);
  void enter(Node& node, NodeStage stage);
  void leave(Node& node, bool lost);
  void tell(const Node& node, const std::string& what, const std::string& words);
  void count_objects(std::size_t pool);

  World& world_;
  NodeListener& listener_;
  Cloud cloud_;
  std::deque<Node> nodes_;
  std::vector<NodeSlot> first_slot_;      // of each pool
  std::vector<std::vector<bool>> taken_;  // slots of each pool
  std::vector<std::uint64_t> ordinal_;    // nodes ever made of each pool
};

}  // namespace thaw::sim
