// What a policy that weighs needs to know of a function: the price of a replica, and how long and
// how dear a start from zero is. From Spec::levels, or from the settings `price` and `cold-start`
// where the world cannot say; the settings win.
//
// Units: money an hour and a second; seconds. Errors: what neither of the two says.
#pragma once

#include "engine/params.hpp"
#include "engine/policy.hpp"

namespace thaw {

struct StartPrice {
  double keep_per_s = 0;  // of one replica
  double start_s = 0;     // what a start from zero costs, in seconds of keeping a replica
  Distribution to_serve;  // from zero until a replica serves

  static StartPrice read(ParamsReader& reader, const Spec& spec);
  Duration to_serve_at(double ratio) const;  // its quantile
};

}  // namespace thaw
