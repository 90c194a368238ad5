#include "engine/scenario/mig_profiles.hpp"

#include <array>

namespace thaw {
namespace {

struct Line {
  std::string_view gpu_model, profile;
  int instances;
};

constexpr std::array<Line, 27> kLines{{
    {"A100-40GB", "1g.5gb", 7},  {"A100-40GB", "1g.10gb", 4}, {"A100-40GB", "2g.10gb", 3},
    {"A100-40GB", "3g.20gb", 2}, {"A100-40GB", "4g.20gb", 1}, {"A100-40GB", "7g.40gb", 1},
    {"A100-80GB", "1g.10gb", 7}, {"A100-80GB", "1g.20gb", 4}, {"A100-80GB", "2g.20gb", 3},
    {"A100-80GB", "3g.40gb", 2}, {"A100-80GB", "4g.40gb", 1}, {"A100-80GB", "7g.80gb", 1},
    {"H100", "1g.10gb", 7},      {"H100", "1g.20gb", 4},      {"H100", "2g.20gb", 3},
    {"H100", "3g.40gb", 2},      {"H100", "4g.40gb", 1},      {"H100", "7g.80gb", 1},
    {"H200", "1g.18gb", 7},      {"H200", "1g.35gb", 4},      {"H200", "2g.35gb", 3},
    {"H200", "3g.71gb", 2},      {"H200", "4g.71gb", 1},      {"H200", "7g.141gb", 1},
    {"A30", "1g.6gb", 4},        {"A30", "2g.12gb", 2},       {"A30", "4g.24gb", 1},
}};

}  // namespace

std::optional<int> mig_instances(std::string_view gpu_model, std::string_view profile) {
  for (const Line& line : kLines)
    if (line.gpu_model == gpu_model && line.profile == profile) return line.instances;
  return std::nullopt;
}

std::vector<std::string> mig_profiles(std::string_view gpu_model) {
  std::vector<std::string> names;
  for (const Line& line : kLines)
    if (line.gpu_model == gpu_model) names.emplace_back(line.profile);
  return names;
}

}  // namespace thaw
