#include "sim/sharing/modes.hpp"

#include <algorithm>
#include <array>

#include "engine/invariant.hpp"

namespace thaw::sim {

SharingMode exclusive_sharing();
SharingMode mig_sharing();
SharingMode mps_sharing();
SharingMode remote_sharing();
SharingMode time_slicing_sharing();
SharingMode vgpu_sharing();

const SharingMode& sharing_mode(GpuSharing::Mode mode) {
  static const std::array modes{
      exclusive_sharing(),     //
      mig_sharing(),           //
      mps_sharing(),           //
      remote_sharing(),        //
      time_slicing_sharing(),  //
      vgpu_sharing(),          //
  };
  const auto found = std::find_if(modes.begin(), modes.end(),
                                  [&](const SharingMode& known) { return known.mode == mode; });
  THAW_CHECK(found != modes.end(), "a mode of sharing is not listed");
  return *found;
}

void offer_shares(const Pool& pool, Resources& capacity) {
  capacity.extended[kGpuCards] = std::int64_t{pool.machine.gpus} * pool.gpu_sharing.per_card;
}

}  // namespace thaw::sim
