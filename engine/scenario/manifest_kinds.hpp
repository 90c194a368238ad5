// One reader for each kind of Kubernetes object that thaw uses; manifest_reader.cpp chooses among
// them.
//
// Each gets the object's own fields, of which apiVersion, kind and metadata's name and namespace
// are read. Errors and notices go to the report of the Fields; what cannot be read keeps its
// default.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/scenario/manifest.hpp"
#include "engine/scenario/manifest_fields.hpp"

namespace thaw {

// What every object begins with.
struct ObjectHead {
  std::string name, ns;
  Place place;
  Texts annotations;  // of the object itself, not of a pod template
  Texts labels = {};
};

inline constexpr std::int64_t kMostPort = 65'535;

Workload read_workload(Workload::Kind kind, const ObjectHead& head, Fields& object);
ServiceObject read_service(const ObjectHead& head, Fields& object);
IngressObject read_ingress(const ObjectHead& head, Fields& object);
VirtualServiceObject read_virtual_service(const ObjectHead& head, Fields& object);
Workload read_knative_service(const ObjectHead& head, Fields& object);
ConfigMapObject read_config_map(const ObjectHead& head, Fields& object);
HpaObject read_hpa(const ObjectHead& head, bool v1, Fields& object);  // of autoscaling/v1

ClaimObject read_claim(const ObjectHead& head, Fields& object);
DisruptionBudgetObject read_disruption_budget(const ObjectHead& head, Fields& object);
Workload read_bare_pod(const ObjectHead& head, Fields& object);

// spec.template.spec, into the workload that has it.
void read_pod(Fields& pod, Workload& workload);
// The part of it that says on which nodes; charts have the same keys among their values.
void read_placement(Fields& pod, Workload& workload);
void read_pod_anti_affinity(Fields& affinity, Workload& workload);
std::vector<LabelRule> read_label_selector(Fields selector);

// Whether a claim's accessModes let several nodes mount it.
bool is_shared(Fields& claim);
// Holds the workloads' claims against those that there are.
void find_storage(Manifests& manifests, Diagnostics& diagnostics);

// OpenFaaS's stack file is no object of Kubernetes: it has neither kind nor apiVersion.
bool is_openfaas_stack(const yaml::Node& document);
std::vector<Workload> read_openfaas_stack(const yaml::Node& document, Diagnostics& diagnostics);
Workload read_openfaas_function(const ObjectHead& head, Fields& object);
ProfileObject read_openfaas_profile(const ObjectHead& head, Fields& object);
RuntimeClassObject read_runtime_class(const ObjectHead& head, Fields& object);
NodeObject read_node(const ObjectHead& head, Fields& object);

// Of Kubernetes itself, whether thaw uses it or not; others are custom resources.
bool is_kubernetes_kind(std::string_view kind);
bool is_built_in(std::string_view api_version);
// What kubectl is told by -k: no object.
bool is_kustomization(const yaml::Node& document);
// What an object would mean that is not modelled: "its mode STRICT …"; empty if nobody here
// knows.
std::string meaning_of(const std::string& kind, const std::string& api_version, Fields& object);

std::vector<Toleration> read_tolerations(Fields& pod);
std::optional<TaintEffect> effect_named(std::string_view name);

// Quantities by resource name: cpu in millicores, memory in bytes, extended resources as counts.
using Amounts = std::map<std::string, std::int64_t>;
Amounts read_amounts(Fields amounts);
Resources to_resources(const Amounts& amounts);

// What is asked for where `resources` has requests and limits: the requests, and where there is
// none the limit, as Kubernetes defaults it.
Amounts read_requests(Fields& resources);

// The same of what has them under `resources`, as a container has.
Amounts read_container_requests(Fields& container);

}  // namespace thaw
