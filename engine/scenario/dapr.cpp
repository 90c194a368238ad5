#include "engine/scenario/dapr.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/scenario/units.hpp"

namespace thaw {
namespace {

constexpr std::string_view kPrefix = "dapr.io/";
// dapr.io/sidecar-readiness-probe-delay-seconds: its first probe, before which the pod is not
// Ready.
constexpr std::int64_t kProbeDelay = 3;
constexpr std::int64_t kMostDelay = 24 * 3600;

// Names, ports and logs.
constexpr std::array<std::string_view, 14> kInert{"app-id",
                                                  "app-port",
                                                  "app-protocol",
                                                  "app-ssl",
                                                  "app-channel-address",
                                                  "config",
                                                  "log-level",
                                                  "log-as-json",
                                                  "http-port",
                                                  "grpc-port",
                                                  "enable-metrics",
                                                  "metrics-port",
                                                  "enable-api-logging",
                                                  "enable-profiling"};

// As Dapr's injector takes it.
bool is_true(std::string value) {
  for (char& c : value)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  constexpr std::array<std::string_view, 6> kYes{"y", "yes", "true", "t", "on", "1"};
  return std::ranges::find(kYes, value) != kYes.end();
}

// Dapr passes over a number that it cannot read.
std::optional<std::int64_t> number(const std::string& key, const Params::Entry& entry,
                                   const std::string& function, Diagnostics& problems) {
  const auto value = units::integer(entry.value);
  if (!value) problems.notice(function + ": " + key + " is no number: Dapr passes over it");
  return value;
}

void apply(const Workload& workload, FunctionSpec& function, Diagnostics& problems) {
  const auto& annotations = workload.annotations;
  const auto enabled = annotations.find("dapr.io/enabled");
  const bool injected = enabled != annotations.end() && is_true(enabled->second.value);
  std::int64_t delay = kProbeDelay;
  std::string unused;
  for (const auto& [key, entry] : annotations) {
    if (!key.starts_with(kPrefix) || key == "dapr.io/enabled") continue;
    const std::string_view name = std::string_view(key).substr(kPrefix.size());
    if (!injected) {
      problems.notice(function.name +
                      ": without dapr.io/enabled: \"true\" there is no sidecar, and its other "
                      "annotations mean nothing");
    } else if (name == "app-max-concurrency") {
      const auto most = number(key, entry, function.name, problems);
      if (most && *most > 0)
        function.service.slots =
            static_cast<int>(std::min(std::int64_t{function.service.slots}, *most));
    } else if (name == "sidecar-readiness-probe-delay-seconds") {
      const auto own = number(key, entry, function.name, problems);
      if (own && *own >= 0 && *own <= kMostDelay) delay = *own;
    } else if (std::ranges::find(kInert, name) == kInert.end()) {
      unused += (unused.empty() ? "" : ", ") + key;
    }
  }
  if (injected) function.sidecar = std::chrono::seconds(delay);
  if (!unused.empty()) problems.notice(function.name + ": not modelled: " + unused);
}

}  // namespace

void apply_dapr(Scenario& scenario, Diagnostics& problems) {
  for (FunctionSpec& function : scenario.functions) {
    if (!function.standalone)
      apply(scenario.manifests.workloads[function.workload], function, problems);
  }
}

}  // namespace thaw
