// Where pods keep what must outlive them: claims of their own or of all replicas together.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/scenario/manifest_kinds.hpp"

namespace thaw {

bool is_shared(Fields& claim) {
  constexpr std::array<std::string_view, 4> kModes{"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany",
                                                   "ReadWriteOncePod"};
  bool shared = false;
  for (const std::string& mode : claim.words("accessModes")) {
    if (std::ranges::find(kModes, mode) == kModes.end())
      claim.expected("accessModes",
                     "ReadWriteOnce, ReadOnlyMany, ReadWriteMany or ReadWriteOncePod");
    shared |= mode.ends_with("Many");
  }
  return shared;
}

ClaimObject read_claim(const ObjectHead& head, Fields& object) {
  ClaimObject claim{head.place, head.name, head.ns, false};
  if (!object.has("spec")) {
    object.error("spec", "is missing");
    return claim;
  }
  Fields spec = object.child("spec");
  if (!spec.has("accessModes")) spec.error("accessModes", "is missing");
  claim.shared = is_shared(spec);
  spec.ignore({"resources", "storageClassName", "volumeName", "volumeMode", "selector"});
  spec.finish();
  return claim;
}

void find_storage(Manifests& manifests, Diagnostics& diagnostics) {
  for (Workload& workload : manifests.workloads) {
    if (workload.claim.empty() || workload.storage == Storage::own_volume) continue;
    const auto claim = std::ranges::find_if(manifests.claims, [&](const ClaimObject& c) {
      return c.ns == workload.ns && c.name == workload.claim;
    });
    const std::string who = fmt::format("{} {}", name_of(workload.kind), workload.name);
    if (claim == manifests.claims.end()) {
      diagnostics.notice(
          fmt::format("{}: the PersistentVolumeClaim {} is not among the manifests; "
                      "each pod gets its model anew",
                      who, workload.claim));
    } else if (claim->shared) {
      workload.storage = Storage::shared_volume;
    } else {
      workload.storage = Storage::own_volume;
      diagnostics.notice(
          fmt::format("{}: that one node alone can mount {} (it is no "
                      "ReadWriteMany) is not modelled; each replica has a volume "
                      "of its own",
                      who, workload.claim));
    }
  }
}

}  // namespace thaw
