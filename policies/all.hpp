// The policies this build knows. Filled explicitly by policies/all.cpp: a linker cannot drop a line
// of a list.
#pragma once

#include <span>
#include <string_view>

#include "engine/policy.hpp"

namespace thaw {

std::span<const PolicyInfo> all_policies();  // defined in policies/all.cpp, sorted by name
const PolicyInfo* find_policy(std::string_view name);  // nullptr if there is none

}  // namespace thaw
