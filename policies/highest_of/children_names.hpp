// The children that "concurrency+hpa" names, and the part of the settings that belongs to each.
//
// A child's settings have its name in front: "hpa.maxReplicas". Of several of one kind the first
// bears the plain name, the second the name and 2, and so on: "hpa+hpa" are hpa and hpa2.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/policy.hpp"

namespace thaw {

struct ChildName {
  std::string kind;  // "hpa": what the lookup knows
  std::string name;  // "hpa2"
  bool operator==(const ChildName&) const = default;
};

// In the order of the text; parts are trimmed, empty ones stay.
std::vector<ChildName> children_names(std::string_view of);

// What the child is built from: the same function, its own settings without its name.
Spec spec_of_child(const Spec& whole, const std::string& name);

}  // namespace thaw
