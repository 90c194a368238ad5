// How long OpenFaaS's gateway holds a call and waits for its answer: by the environment of its own
// Deployment, or as its chart has it where that is not among the manifests.
//
// Errors: settings that cannot be read, at their place. Source: gateway main.go and
// types/readconfig.go; the values of its chart; of-watchdog config/config.go.
#pragma once

#include <optional>
#include <string_view>

#include "engine/diagnostic.hpp"
#include "engine/scenario/manifest.hpp"

namespace thaw {

// A call that finds no replica is looked after so often; then it is sent on all the same.
inline constexpr Duration kOpenFaasPoll = std::chrono::milliseconds(100);
inline constexpr int kOpenFaasPolls = 1000;

struct OpenFaasLimits {
  bool scale_from_zero = true;
  Duration upstream = std::chrono::seconds(60);    // of a call that was forwarded
  Duration connection = std::chrono::seconds(65);  // of the whole call
  Place place;                                     // of the gateway; no line: the chart's defaults
};

OpenFaasLimits openfaas_limits(const Manifests& manifests, Diagnostics& diagnostics);

// A variable of a watchdog or a gateway; nullptr: not set.
const EnvVar* openfaas_variable(const Workload& workload, std::string_view name);

// Of the function's watchdog, where its environment names one and does not switch it off.
std::optional<Duration> openfaas_exec_timeout(const Workload& function, Diagnostics& diagnostics);

}  // namespace thaw
