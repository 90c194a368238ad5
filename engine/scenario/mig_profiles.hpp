// Multi-Instance GPU: what a card can be cut into.
//
// A profile is named by compute slices and memory, "1g.5gb". Cards are named as Machine::gpu_model.
// Seven compute slices and eight of memory, but four and four on an A30. An instance begins at one
// of its profile's start positions, counted in memory slices, and takes its memory slices from
// there; instances do not overlap, and their compute slices are no more than the card's. Source:
// NVIDIA MIG user guide, supported profiles; the start positions are what nvidia-smi lists.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

struct MigProfile {
  std::string_view name;
  int instances;            // of one card, all alike
  int compute, memory;      // slices
  std::string_view starts;  // a digit each
};

struct MigSlices {
  int compute = 7, memory = 8;  // of a whole card
};

// Smallest first; empty for a card that cannot be cut.
std::vector<MigProfile> mig_profiles(std::string_view gpu_model);
// Empty: the card has no such profile.
std::optional<MigProfile> mig_profile(std::string_view gpu_model, std::string_view profile);
MigSlices mig_slices(std::string_view gpu_model);

// Where instances of these profiles can lie on one card together, in memory slices and in their
// order; empty if nowhere.
std::optional<std::vector<int>> mig_placements(std::string_view gpu_model,
                                               const std::vector<std::string>& profiles);

// Whether turning MIG on resets the card, for which GKE reboots the node: Ampere, not Hopper.
bool mig_needs_reboot(std::string_view gpu_model);

}  // namespace thaw
