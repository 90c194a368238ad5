// Node pools with GPUs that a text makes by `gcloud container node-pools create`.
//
// Source: gcloud's reference: three nodes unless --num-nodes says otherwise; the zones of a
// regional cluster, which multiply that, are not looked at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/lint/subject.hpp"

namespace thaw::lint {

struct GkePool {
  std::string name;
  std::string gpu_model;  // as Machine::gpu_model; empty: none that can be cut
  int cards = 1;          // of one node
  std::string partition;  // MIG profile; empty: whole cards
  Place place;            // of the partition, or else of the accelerator
  int nodes_min = 3, nodes_max = 3;
  bool autoscaled = false;
};

std::vector<GkePool> gke_pools_of(const Subject& subject);

}  // namespace thaw::lint
