// From what the metrics ask for to what may be written: stabilisation, rate limits, min and max.
//
// Two paths: without `behavior` the older one (a window downwards, a cap of twice the replicas
// upwards), with it the rules of the user. Both remember what the metrics asked for.
// Units: replicas. Source: the controller's normalizeDesiredReplicas and
// normalizeDesiredReplicasWithBehaviors. Errors: none.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/time.hpp"
#include "policies/hpa/behavior.hpp"
#include "policies/hpa/conditions.hpp"
#include "policies/hpa/history.hpp"

namespace thaw::hpa {

struct Wanted {
  TimePoint now;
  std::int32_t current = 0, desired = 0;  // .spec.replicas; what the metrics ask for
  std::int32_t min = 1, max = 1;
  Duration downscale_stabilization{};  // the controller's flag
};

struct Normalized {
  std::int32_t desired = 0;
  std::int32_t stabilised = 0;     // before the bound
  std::string_view able_to_scale;  // reason of AbleToScale=True
  Bound bound = Bound::none;       // none: nothing was cut off
};

Normalized normalize(const Wanted& wanted, Slots<Recommendation>& recommendations);
Normalized normalize(const Wanted& wanted, const Behavior& behavior, History& history);

}  // namespace thaw::hpa
