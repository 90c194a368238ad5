// Pods as the files describe them: the raw nodes behind what was read, for places and for what
// thaw does not model.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/lint/subject.hpp"

namespace thaw::lint {

struct PodSpec {
  const Object* object = nullptr;
  const yaml::Node* spec = nullptr;  // of the pod; a map
};

// Of objects of every kind that has one. In a scenario without those that a later object of the
// same name replaces.
std::vector<PodSpec> pods_of(const Subject& subject);
// Containers, then init containers; maps alone.
std::vector<const yaml::Node*> containers_of(const yaml::Node& pod_spec);

// What a workload was read from: a pod, the values of a chart or a function of a stack file.
struct Source {
  const yaml::Node* pod = nullptr;           // has nodeSelector and tolerations; may be null
  std::vector<const yaml::Node*> resources;  // have limits and requests
};
Source source_of(const Subject& subject, const Workload& workload);

// Where a source names a resource, in limits or else in requests; `otherwise` if it does not.
Place place_of_resource(const Source& source, std::string_view name, const Place& otherwise);
// Where its pod has a key; `otherwise` if it has not.
Place place_of_part(const Source& source, std::string_view key, const Place& otherwise);

}  // namespace thaw::lint
