// Kubernetes objects as the API server tells them, cut down to what the controller needs.
//
// Fields that an object lacks are empty; a field of the wrong kind counts as lacking (the server
// checks its own objects). Times are RFC 3339 of the server, to the second. Threads: none.
// Source: the Kubernetes API reference (core/v1 Pod and Node, apps/v1 Deployment and StatefulSet,
// autoscaling/v2).
#pragma once

#include <compare>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/policy.hpp"

namespace thaw::yaml {
struct Node;
}

namespace thaw::world {

// What has replicas: a Deployment, or a StatefulSet.
struct WorkloadKey {
  bool stateful = false;
  std::string ns, name;
  friend auto operator<=>(const WorkloadKey&, const WorkloadKey&) = default;
};

std::string to_text(const WorkloadKey& key);  // "Deployment default/ollama"

struct WorkloadState {
  WorkloadKey key;
  std::string uid, resource_version;
  Replicas spec{1};
  std::string selector;  // of its pods: "app=ollama,tier in (a,b)"
  // Of it all but what a scaler or the status changes, as JSON: see manifest_of.
  std::string settings;
  std::string owner;  // "Service x": a controller that made it; empty: nobody
};

WorkloadState workload_of(const nlohmann::json& object, bool stateful);

struct ContainerRequest {
  std::string container, resource;
  Milli milli = 0;
};

struct PodState {
  std::string ns, name, uid;
  std::optional<WorkloadKey> owner;  // of a Deployment by its ReplicaSet's name and hash
  PodPhase phase = PodPhase::unknown;
  Condition ready = Condition::none;
  bool deleting = false, unschedulable = false;
  TimePoint created;
  std::optional<TimePoint> started;
  TimePoint ready_changed;
  std::optional<TimePoint> scheduled, running;  // bound to its node; its last container runs
  std::string node;
  std::vector<std::string> addresses;
  std::vector<ContainerRequest> requests;
};

PodState pod_of(const nlohmann::json& object);

struct NodeState {
  std::string name, type;  // type: its label node.kubernetes.io/instance-type
  std::string pool = {};   // as its cloud's label has it, else its type
  TimePoint created = {};
  std::optional<TimePoint> ready = {};  // since when it is
  bool devices = false;                 // GPUs or the like are allocatable
};

NodeState node_of(const nlohmann::json& object);

struct HpaState {
  std::string ns, name;
  std::optional<WorkloadKey> target;  // empty: no Deployment or StatefulSet
  std::string settings;               // as above
};

HpaState hpa_of(const nlohmann::json& object);

// `settings` as the manifest reader takes them. A tree is many times as large as its text, so that
// only the text is kept.
yaml::Node manifest_of(const std::string& settings, const std::string& name);

}  // namespace thaw::world
