// Volumes that models lie on, and what a starting pod does about its model there.
//
// A shared volume (ReadWriteMany): the first pod downloads, those that come meanwhile wait for it,
// later ones read. If the first one goes before it is done, one that waits begins anew. Volumes of
// a replica's own: a pod takes the first one that is free, as a StatefulSet's ordinals do, and
// finds there what an earlier pod left. Sources: Kubernetes, "Persistent Volumes" and
// "StatefulSets".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "engine/scenario/manifest.hpp"
#include "sim/nodes.hpp"

namespace thaw::sim {

class ModelVolumes {
 public:
  enum class Step : std::uint8_t { download, wait, read };

  explicit ModelVolumes(std::size_t functions) : functions_(functions) {}

  // What the pod has to do for its model now.
  Step open(std::size_t function, Storage storage, PodId pod);
  // The pod's download is complete: those that waited for it may read.
  std::vector<PodId> downloaded(std::size_t function, PodId pod);
  // The pod is gone. Who has to download in its place, if it left that undone.
  std::optional<PodId> closed(std::size_t function, PodId pod);

 private:
  struct Volume {
    bool has_model = false;
    std::optional<PodId> owner;  // downloads, or has it for its own
    std::vector<PodId> waiting;
  };
  struct Function {
    Volume shared;
    std::vector<Volume> own;
  };
  std::vector<Function> functions_;
};

}  // namespace thaw::sim
