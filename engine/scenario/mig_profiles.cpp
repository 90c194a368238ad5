#include "engine/scenario/mig_profiles.hpp"

#include <array>
#include <cstdint>

namespace thaw {
namespace {

struct Line {
  std::string_view gpu_model;
  MigProfile profile;
};

constexpr std::array<Line, 27> kLines{{
    {"A100-40GB", {"1g.5gb", 7, 1, 1, "0123456"}},
    {"A100-40GB", {"1g.10gb", 4, 1, 2, "0246"}},
    {"A100-40GB", {"2g.10gb", 3, 2, 2, "024"}},
    {"A100-40GB", {"3g.20gb", 2, 3, 4, "04"}},
    {"A100-40GB", {"4g.20gb", 1, 4, 4, "0"}},
    {"A100-40GB", {"7g.40gb", 1, 7, 8, "0"}},
    {"A100-80GB", {"1g.10gb", 7, 1, 1, "0123456"}},
    {"A100-80GB", {"1g.20gb", 4, 1, 2, "0246"}},
    {"A100-80GB", {"2g.20gb", 3, 2, 2, "024"}},
    {"A100-80GB", {"3g.40gb", 2, 3, 4, "04"}},
    {"A100-80GB", {"4g.40gb", 1, 4, 4, "0"}},
    {"A100-80GB", {"7g.80gb", 1, 7, 8, "0"}},
    {"H100", {"1g.10gb", 7, 1, 1, "0123456"}},
    {"H100", {"1g.20gb", 4, 1, 2, "0246"}},
    {"H100", {"2g.20gb", 3, 2, 2, "024"}},
    {"H100", {"3g.40gb", 2, 3, 4, "04"}},
    {"H100", {"4g.40gb", 1, 4, 4, "0"}},
    {"H100", {"7g.80gb", 1, 7, 8, "0"}},
    {"H200", {"1g.18gb", 7, 1, 1, "0123456"}},
    {"H200", {"1g.35gb", 4, 1, 2, "0246"}},
    {"H200", {"2g.35gb", 3, 2, 2, "024"}},
    {"H200", {"3g.71gb", 2, 3, 4, "04"}},
    {"H200", {"4g.71gb", 1, 4, 4, "0"}},
    {"H200", {"7g.141gb", 1, 7, 8, "0"}},
    {"A30", {"1g.6gb", 4, 1, 1, "0123"}},
    {"A30", {"2g.12gb", 2, 2, 2, "02"}},
    {"A30", {"4g.24gb", 1, 4, 4, "0"}},
}};

// Tries every start of each profile in turn; a card has at most seven instances.
bool place(const std::vector<MigProfile>& profiles, std::size_t next, std::uint32_t taken,
           std::vector<int>& starts) {
  if (next == profiles.size()) return true;
  const MigProfile& profile = profiles[next];
  const std::uint32_t slices = (1U << profile.memory) - 1;
  for (const char digit : profile.starts) {
    const int start = digit - '0';
    const std::uint32_t mine = slices << start;
    if ((taken & mine) != 0) continue;
    starts.push_back(start);
    if (place(profiles, next + 1, taken | mine, starts)) return true;
    starts.pop_back();
  }
  return false;
}

}  // namespace

std::vector<MigProfile> mig_profiles(std::string_view gpu_model) {
  std::vector<MigProfile> profiles;
  for (const Line& line : kLines)
    if (line.gpu_model == gpu_model) profiles.push_back(line.profile);
  return profiles;
}

std::optional<MigProfile> mig_profile(std::string_view gpu_model, std::string_view profile) {
  for (const Line& line : kLines)
    if (line.gpu_model == gpu_model && line.profile.name == profile) return line.profile;
  return std::nullopt;
}

MigSlices mig_slices(std::string_view gpu_model) {
  return gpu_model == "A30" ? MigSlices{4, 4} : MigSlices{};
}

std::optional<std::vector<int>> mig_placements(std::string_view gpu_model,
                                               const std::vector<std::string>& profiles) {
  std::vector<MigProfile> wanted;
  int compute = 0;
  for (const std::string& name : profiles) {
    const auto profile = mig_profile(gpu_model, name);
    if (!profile) return std::nullopt;
    compute += profile->compute;
    wanted.push_back(*profile);
  }
  std::vector<int> starts;
  if (compute > mig_slices(gpu_model).compute || !place(wanted, 0, 0, starts)) return std::nullopt;
  return starts;
}

bool mig_needs_reboot(std::string_view gpu_model) {
  return gpu_model == "A30" || gpu_model.starts_with("A100");
}

}  // namespace thaw
