// Pods of functions and their life: pending → image → container → fixed delay → model → weights →
// Ready → Terminating.
//
// Image pulls belong to the node: a layer is pulled once, whichever pods and images need it, and a
// pull outlives a pod that is deleted meanwhile. What one pod brings of its image comes in one flow
// and is there when all of it is. An image without layers is one of its own. A model is downloaded
// by each pod anew, and no longer than the pod lives, unless it lies on a volume that outlives
// pods: see model_volumes.hpp; read from a shared one, it stays in the node's memory: see
// host_memory.hpp. A flow that fails because its node was lost takes the pod with it; its
// Deployment makes another.
//
// A pod takes all its GPU memory when it begins to load its weights. If that is more than it may
// take, or than the card has left, its container dies and the kubelet starts it again: at once the
// first time, then after 10 s, doubled each time up to 5 min. Source: Kubernetes, "Pod Lifecycle",
// container restarts. A pull that begins while the registry is out is tried again in the same way,
// the first time after 10 s. Source: Kubernetes, "Images", ImagePullBackOff.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/entered.hpp"
#include "sim/flows.hpp"
#include "sim/model_volumes.hpp"
#include "sim/nodes.hpp"
#include "sim/world.hpp"

namespace thaw::sim {

enum class PodStage : std::uint8_t {
  pending,      // no node yet
  pulling,      // its image is on the way
  starting,     // container start
  waiting,      // the fixed delay before the model download
  downloading,  // the model, from where the scenario says or from a volume
  loading,      // weights to the GPU, and until the sidecar is Ready too
  crashed,      // its container died; the kubelet starts it again after a back-off
  ready,
  terminating,
  gone,
};

struct Pod {
  PodId id = 0;
  std::size_t function = 0;
  std::uint64_t ordinal = 0;  // of its function, from 1
  std::string name;
  PodStage stage = PodStage::pending;
  bool unschedulable = false;  // condition PodScheduled=False
  std::optional<NodeId> node;
  TimePoint created;
  Entered<PodStage, PodStage::gone> entered;
  std::optional<TimePoint> started;  // bound to its node, whose kubelet takes it at once
  TimePoint running;                 // its containers do, sidecars among them
  TimePoint ready_changed;           // when it last became Ready, or ceased to be
  EventId timer;
  std::uint32_t in_service = 0;  // requests being served on it
  std::uint32_t restarts = 0;    // of its container
  std::uint32_t failed_pulls = 0;
  bool has_model = false;  // downloaded; a container's death does not lose it
  // Time that requests were in service on it, added up over them, until `served_until`.
  Duration served{};
  TimePoint served_until;

  Duration served_by(TimePoint now) const { return served + (now - served_until) * in_service; }
  bool exists() const { return stage != PodStage::gone; }
  bool active() const { return stage < PodStage::terminating; }  // not Terminating
  bool starting() const { return node && stage < PodStage::ready; }
};

class PodListener {
 public:
  virtual ~PodListener() = default;
  virtual void pod_changed(Pod& pod) = 0;  // its stage or its place did
  virtual void pod_leaving(
      Pod& pod) = 0;  // about to be gone: nothing may be in service on it afterwards
};

class Pods final : public Handler {
 public:
  Pods(World& world, Nodes& nodes, Flows& flows, PodListener& listener);

  Pod& create(std::size_t function);
  void bind(Pod& pod, Node& node);
  void cannot_schedule(Pod& pod, const std::string& reason);  // may be empty
  // SIGTERM, or at once when it has no node yet; `grace_max`: SIGKILL after that at the latest.
  void remove(Pod& pod, Duration grace_max = kAnyGrace);
  void lose(Pod& pod);  // with its node

  Pod& get(PodId id) { return pods_.at(id); }
  // Existing pods by id, which is the order of creation.
  std::map<PodId, Pod>& all() { return pods_; }
  // Those of one function, in the same order; what is gone and not swept yet among them.
  const std::vector<Pod*>& of(std::size_t function) const { return of_function_[function]; }
  // Drops what is gone; nobody may hold a reference to a pod across this call.
  void sweep();

  const Workload& workload(const Pod& pod) const;
  const Node* node_of(const Pod& pod) const { return pod.node ? &nodes_.get(*pod.node) : nullptr; }
  const Pool& pool(const Pod& pod) const {  // of its node
    return world_.scenario.cluster.pools[nodes_.get(*pod.node).pool];
  }
  const FunctionSpec& spec(const Pod& pod) const { return world_.scenario.functions[pod.function]; }
  // From SIGTERM to the end: its own time, cut by SIGKILL.
  Duration stop_of(const Pod& pod) const { return std::min(spec(pod).stop, workload(pod).grace); }

  // A line of the timeline about it.
  void tell(const Pod& pod, const std::string& what, const std::string& words);

  void fire(std::uint32_t what, std::uint64_t arg) override;
  void flow_ended(FlowId flow, bool completed);

  static constexpr Duration kAnyGrace = std::chrono::hours(24 * 366);

 private:
  struct Pull {
    NodeId node;
    std::vector<std::string> layers;
  };
  void next_stage(Pod& pod);
  void enter(Pod& pod, PodStage stage);
  void pull_image(Pod& pod);
  void begin_pull(Pod& pod);
  void pull_ended(const Pull& pull);
  std::vector<ImageLayer> layers_of(const Pod& pod) const;
  bool has_image(const Pod& pod, const Node& node) const;
  bool comes(NodeId node, const std::string& layer) const;
  void wait(Pod& pod, PodStage stage, const Distribution& duration, const char* purpose);
  void fetch_model(Pod& pod);
  void transfer_model(Pod& pod, FlowSource from);
  void read_model(Pod& pod);
  bool shares_volume(const Pod& pod) const;
  void stop_download(const Pod& pod);
  void load_model(Pod& pod);
  void die(Pod& pod, const Cards::Allocation& refused);
  void end(Pod& pod);
  World::Fields fields_of(const Pod& pod);
  void count(std::size_t function);

  World& world_;
  Nodes& nodes_;
  Flows& flows_;
  PodListener& listener_;
  std::map<PodId, Pod> pods_;
  std::vector<std::vector<Pod*>> of_function_;  // a map's nodes do not move
  PodId next_id_ = 1;
  std::vector<std::uint64_t> ordinal_;  // pods ever made of each function
  std::map<FlowId, Pull> pulls_;
  std::map<FlowId, PodId> downloads_;
  ModelVolumes volumes_;
  std::vector<PodId> swept_;
};

}  // namespace thaw::sim
