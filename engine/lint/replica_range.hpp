// How few and how many replicas whoever scales a workload may ask for.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/lint/subject.hpp"

namespace thaw::lint {

struct ReplicaRange {
  std::int64_t least = 0;
  std::optional<std::int64_t> most;  // empty: not known, or no limit
  Place place;                       // where `most` is said, or else the workload
};

// By its HPA, Knative's annotations, OpenFaaS' labels, SlimFaas' annotations, or its own replicas.
ReplicaRange replica_range(const Subject& subject, const Workload& workload);

}  // namespace thaw::lint
