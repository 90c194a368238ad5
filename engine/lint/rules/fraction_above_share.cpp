// TH306: a program's own fraction of GPU memory above the share that its container gets.
//
// HAMi shows a container its share as if that were the whole card. Frameworks that reckon from what
// they see (XLA, vLLM, PyTorch) are right with any fraction; a variable of the program's own, meant
// as a part of the card, is not.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/lint/pods.hpp"
#include "engine/lint/rule.hpp"
#include "engine/scenario/units.hpp"
#include "engine/scenario/vgpu_request.hpp"

namespace thaw::lint::fraction_above_share {
namespace {

bool is_fraction(std::string name) {
  std::ranges::transform(name, name.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  constexpr std::array<std::string_view, 3> kNames{
      "gpu_memory_fraction", "per_process_gpu_memory_fraction", "tf_gpu_memory_fraction"};
  return std::ranges::find(kNames, name) != kNames.end();
}

void check(const Subject& subject, Report& report) {
  for (const Workload& workload : subject.manifests.workloads) {
    const auto share = workload.requests.extended.find(kGpuMemoryPercent);
    if (share == workload.requests.extended.end() || share->second <= 0) continue;
    for (const EnvVar& variable : workload.env) {
      if (!is_fraction(variable.name)) continue;
      const auto fraction = units::number(variable.value);
      // A hundredth of a percent: what is written as decimals is not exact.
      if (!fraction || *fraction * 100 <= static_cast<double>(share->second) + 0.01) continue;
      report.add(
          variable.place,
          fmt::format(
              "{} is {}, and the container's share is {} % of a card: reckoned from the card "
              "it is beyond the share, where allocation fails; reckoned from what HAMi shows "
              "as the card it is {:.1f} % of it, not {:.0f}",
              variable.name, variable.value, share->second,
              *fraction * static_cast<double>(share->second), *fraction * 100),
          fmt::format("write at most {:.2f}, or raise gpumem-percentage to {:.0f}",
                      static_cast<double>(share->second) / 100, *fraction * 100),
          {{place_of_resource(source_of(subject, workload), kGpuMemoryPercent, workload.place),
            "the share"}});
    }
  }
}

}  // namespace

Rule rule() {
  return {"TH306", "fraction-above-share", Severity::warning,
          "a program's own fraction of GPU memory above its container's share", check};
}

}  // namespace thaw::lint::fraction_above_share
