// Multi-Instance GPU: into how many instances of one profile a card can be cut.
//
// A profile is named by compute slices and memory, "1g.5gb". Cards are named as Machine::gpu_model.
// Source: NVIDIA MIG user guide, supported profiles. Instances of one size only, as GKE makes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

// Empty: the card has no such profile, or is not known to have any.
std::optional<int> mig_instances(std::string_view gpu_model, std::string_view profile);

// The names that the card knows, smallest first; empty for a card that cannot be cut.
std::vector<std::string> mig_profiles(std::string_view gpu_model);

}  // namespace thaw
