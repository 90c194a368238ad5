// Kubernetes objects as far as thaw uses them. What an object says and thaw does not model becomes
// a notice, once. Places point at the object's own line, so that later stages can still blame it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/params.hpp"
#include "engine/quantity.hpp"
#include "engine/scenario/node_autoscaling.hpp"
#include "engine/time.hpp"

namespace thaw {

enum class TaintEffect : std::uint8_t { no_schedule, prefer_no_schedule, no_execute };

struct Taint {
  std::string key, value;
  TaintEffect effect = TaintEffect::no_schedule;
};

struct Toleration {
  std::string key;  // empty with `exists`: every key
  bool exists = false;
  std::string value;
  std::optional<TaintEffect> effect;  // empty: every effect
};

// What a pod asks for or a node has. Extended resources are counts ("nvidia.com/gpu": 1).
struct Resources {
  Millicores cpu{};
  Bytes memory{};
  std::map<std::string, std::int64_t> extended;
};

struct EnvVar {
  std::string name, value;
  Place place;
};

// One condition of a label selector.
struct LabelRule {
  enum class How : std::uint8_t { in, not_in, exists, absent };
  std::string key;
  How how = How::in;
  std::vector<std::string> values;  // of in and not_in
};

// podAntiAffinity by hostname: on nodes without pods that the rules select.
struct AntiAffinity {
  std::vector<LabelRule> pods;
  bool required = false;  // otherwise preferred, by weight
  int weight = 0;
};

// Where a pod keeps what it downloads: in itself, in a volume that all replicas share, in one of
// its own that outlives it.
enum class Storage : std::uint8_t { pod, shared_volume, own_volume };

// A Deployment, a StatefulSet, a Knative Service (its latest revision), a function of OpenFaaS, or
// a Pod of nobody, which is not made again once it is gone.
struct Workload {
  enum class Kind : std::uint8_t {
    deployment,
    stateful_set,
    knative_service,
    openfaas_function,
    pod
  };
  Kind kind = Kind::deployment;
  Place place;
  std::string name, ns;
  Replicas replicas{1};
  std::map<std::string, std::string> labels;         // of the pod template
  std::map<std::string, std::string> selector;       // spec.selector.matchLabels
  std::map<std::string, Params::Entry> annotations;  // of the pod template
  Resources requests;  // of a pod: max(sum of containers, each init container), and its overhead
  std::string runtime_class;  // empty: the nodes' own
  std::map<std::string, std::string> node_selector;
  std::vector<Toleration> tolerations;
  std::vector<AntiAffinity> anti_affinity;
  Storage storage = Storage::pod;
  std::string claim;                         // of the first volume that is a claim's
  std::vector<std::string> pulled_models;    // which a chart says that every pod pulls
  std::vector<std::string> images;           // containers first, then init containers
  std::vector<EnvVar> env;                   // of the first container; each name once
  std::vector<int> container_ports;          // of all containers but the init ones
  std::map<std::string, int> named_ports;    // those of them that have a name
  Duration grace{std::chrono::seconds(30)};  // terminationGracePeriodSeconds
  bool disk_empty_dir = false;               // an emptyDir that is not medium: Memory
  std::vector<std::string> local_volumes;    // names of those, and of hostPath ones
  // Knative alone: calls at once on a replica (0: no limit), and how long one may take.
  std::uint32_t container_concurrency = 0;
  Duration request_timeout{std::chrono::seconds(300)};
  // Of OpenFaaS alone: its labels com.openfaas.scale.KEY, by KEY; why its provider refuses to
  // deploy the function (empty: it does).
  Params scale_labels;
  std::string refused;
};

std::string_view name_of(Workload::Kind kind);  // "Deployment"; of Knative: "Service"

struct ServicePort {
  std::string name;
  int port = 0;
  int target = 0;  // 0 if named
  std::string target_name;
};

struct ServiceObject {
  Place place;
  std::string name, ns;
  std::map<std::string, std::string> selector;
  std::vector<ServicePort> ports;
};

struct IngressRule {
  std::string host, path;  // host: empty for every host; path: a prefix
  std::string service;
  int port = 0;  // 0 if named
  std::string port_name;
};

struct IngressObject {
  Place place;
  std::string name, ns;
  // "ingress-nginx" (Kubernetes' own) or "nginx-ingress" (F5's), by the annotations that are there;
  // with both families or none the former. The defaults below are ingress-nginx's; F5's connect
  // timeout is 60 s.
  std::string controller;
  Duration connect_timeout{std::chrono::seconds(5)};
  Duration read_timeout{std::chrono::seconds(60)}, send_timeout{std::chrono::seconds(60)};
  std::vector<IngressRule> rules;
};

struct VirtualServiceRoute {
  std::vector<std::string> prefixes;  // of the path; "/" where the manifest names none
  std::string host;                   // of its destination, as written
  int port = 0;                       // 0: the only one there is
  std::string authority;              // that the call gets instead of its own; empty: it keeps it
  Duration timeout{};                 // 0: none
};

// Of Istio: how its gateway routes what comes from outside.
struct VirtualServiceObject {
  Place place;
  std::string name, ns;
  std::vector<VirtualServiceRoute> routes;  // the first that matches
};

// What a controller is told by name and value: `data` of a ConfigMap.
struct ConfigMapObject {
  Place place;
  std::string name, ns;
  std::map<std::string, Params::Entry> data;
};

// A HorizontalPodAutoscaler: whom it scales, and its spec flattened ("metrics.0.type").
struct HpaObject {
  Place place;
  std::string name, ns;
  std::string target_kind, target_name;
  Params spec;
};

// How pods that name it are run: what that costs beside their containers, and where it can be done.
struct RuntimeClassObject {
  Place place;
  std::string name, ns;  // the namespace says nothing: a class is the cluster's
  Resources overhead;
  std::map<std::string, std::string> node_selector;
  std::vector<Toleration> tolerations;
};

// What OpenFaaS puts into the pods of the functions that name it.
struct ProfileObject {
  Place place;
  std::string name, ns;
  std::string runtime_class;
  std::vector<Toleration> tolerations;
  Resources requests;
};

// A PersistentVolumeClaim: whether pods on several nodes may mount it at once.
struct ClaimObject {
  Place place;
  std::string name, ns;
  bool shared = false;
};

// A rule of prometheus-adapter: which series, folded how, is which custom metric, and of what kind
// of object one can ask for it.
struct MetricRule {
  enum class Fold : std::uint8_t { avg, sum, max, min };
  Place place;
  std::string series, metric;
  Fold fold = Fold::avg;
  bool of_namespaces = false, of_pods = false;
};

// A Node as the cluster has it: what `kubectl get nodes -o yaml` says of it.
struct NodeObject {
  Place place;
  std::string name, ns;  // the namespace says nothing: a node is the cluster's
  std::map<std::string, std::string> labels;
  std::vector<Taint> taints;  // but those that come and go with its state
  Resources allocatable;
};

struct MetricsAdapter {
  Place place;
  std::string name, ns;
  Duration relist{};  // between two looks at which series there are
  std::vector<MetricRule> rules;
};

// A PodDisruptionBudget: how many of the pods that it selects must stay healthy, or may be away.
struct DisruptionBudgetObject {
  Place place;
  std::string name, ns;
  std::vector<LabelRule> pods;
  bool says_unavailable = false;  // maxUnavailable, otherwise minAvailable
  CountOrRatio limit;             // a ratio is rounded up, either way
};

struct Manifests {
  std::vector<Workload> workloads;
  std::vector<ServiceObject> services;
  std::vector<IngressObject> ingresses;
  std::vector<VirtualServiceObject> virtual_services;
  std::vector<ConfigMapObject> config_maps;
  std::vector<HpaObject> hpas;
  std::vector<RuntimeClassObject> runtime_classes;
  std::vector<ProfileObject> profiles;
  std::vector<ClaimObject> claims;
  std::vector<NodeObject> nodes;
  std::vector<DisruptionBudgetObject> disruption_budgets;
  std::vector<MetricsAdapter> adapters;
};

}  // namespace thaw
