// How long an instance may stay idle until that has cost as much as another start.
//
// By the setting `start`, else by Spec::levels: what a start from nothing costs over what a second
// of keeping costs; where nothing has a price, the time that a start takes. Errors: if none of them
// is known, and a `start` that is no duration, go to the reader's Diagnostics.
#pragma once

#include "engine/policy.hpp"

namespace thaw {

Duration break_even_point(ParamsReader& reader, const Spec& spec);

inline constexpr ParamInfo kStartParam{
    "start", "", "what a start costs, in time of keeping; else by the world's prices"};

}  // namespace thaw
