// The cluster's port of a shadow: it looks, and writing does not exist in it.
#pragma once

#include "drivers/world/observer.hpp"

namespace thaw::world {

class ShadowCluster final : public Cluster {
 public:
  explicit ShadowCluster(Observer& observer) : observer_(observer) {}

  const Observation& observe(FunctionId id, const Wants& wants, Cause cause) override {
    return observer_.observe(id, wants, cause, {});
  }
  std::uint64_t submit(FunctionId, const Decision&) override { return 0; }

 private:
  Observer& observer_;
};

}  // namespace thaw::world
