#include "sim/openfaas_settings.hpp"

#include <string_view>

#include "engine/scenario/openfaas_limits.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::sim {
namespace {

constexpr std::string_view kAsynchronous = "/async-function/";
constexpr std::int64_t kMostInFlight = 1'000'000;

OpenFaasSettings::Function of_function(const Workload& workload, Diagnostics& diagnostics) {
  OpenFaasSettings::Function settings;
  if (workload.kind != Workload::Kind::openfaas_function) return settings;
  settings.exec_timeout = openfaas_exec_timeout(workload, diagnostics);
  if (const EnvVar* const limit = openfaas_variable(workload, "max_inflight")) {
    const auto count = units::integer(limit->value);
    if (count && *count >= 0 && *count <= kMostInFlight) {
      settings.max_in_flight = static_cast<int>(*count);
    } else {
      diagnostics.error(limit->place, "max_inflight",
                        "expected a count, 0 to " + std::to_string(kMostInFlight) + ", found \"" +
                            limit->value + "\"");
    }
  }
  return settings;
}

// Who calls asynchronously would be answered before anything has happened.
void refuse_asynchronous_calls(const Scenario& scenario, Diagnostics& diagnostics) {
  const auto refuse = [&](const auto& caller) {
    if (caller.path.starts_with(kAsynchronous))
      diagnostics.error(caller.place, "workload." + caller.name,
                        "asynchronous calls of OpenFaaS are not modelled; " + caller.path +
                            " without \"async-\" is");
  };
  for (const Step& step : scenario.steps) refuse(step);
  for (const Arrivals& stream : scenario.arrivals) refuse(stream);
}

}  // namespace

OpenFaasSettings OpenFaasSettings::resolve(const Scenario& scenario, Diagnostics& diagnostics) {
  OpenFaasSettings settings;
  const OpenFaasLimits limits = openfaas_limits(scenario.manifests, diagnostics);
  settings.scale_from_zero = limits.scale_from_zero;
  settings.upstream_timeout = limits.upstream;
  settings.connection_timeout = limits.connection;
  for (const FunctionSpec& function : scenario.functions)
    settings.functions.push_back(
        of_function(scenario.manifests.workloads[function.workload], diagnostics));
  refuse_asynchronous_calls(scenario, diagnostics);
  return settings;
}

}  // namespace thaw::sim
