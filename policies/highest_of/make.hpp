// Builds the policy highest_of from children that a lookup knows: find_policy, or a test's own.
#pragma once

#include <memory>
#include <string_view>

#include "engine/policy.hpp"

namespace thaw {

using PolicyLookup = const PolicyInfo* (*)(std::string_view name);

std::unique_ptr<ScalingPolicy> make_highest_of(const Spec& spec, Diagnostics& diagnostics,
                                               PolicyLookup find);

}  // namespace thaw
