// One reader for each kind of Kubernetes object that thaw uses; manifest_reader.cpp chooses among
// them.
//
// Each gets the object's own fields, of which apiVersion, kind and metadata's name and namespace
// are read. Errors and notices go to the report of the Fields; what cannot be read keeps its
// default.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/scenario/manifest.hpp"
#include "engine/scenario/manifest_fields.hpp"

namespace thaw {

// What every object begins with.
struct ObjectHead {
  std::string name, ns;
  Place place;
  Texts annotations;  // of the object itself, not of a pod template
};

inline constexpr std::int64_t kMostPort = 65'535;

Workload read_workload(Workload::Kind kind, const ObjectHead& head, Fields& object);
ServiceObject read_service(const ObjectHead& head, Fields& object);
IngressObject read_ingress(const ObjectHead& head, Fields& object);
Workload read_knative_service(const ObjectHead& head, Fields& object);
ConfigMapObject read_config_map(const ObjectHead& head, Fields& object);
HpaObject read_hpa(const ObjectHead& head, Fields& object);

// spec.template.spec, into the workload that has it.
void read_pod(Fields& pod, Workload& workload);

// Quantities by resource name: cpu in millicores, memory in bytes, extended resources as counts.
using Amounts = std::map<std::string, std::int64_t>;

// What a container asks for: its requests, and where there is none its limit, as Kubernetes
// defaults it.
Amounts read_container_requests(Fields& container);

}  // namespace thaw
