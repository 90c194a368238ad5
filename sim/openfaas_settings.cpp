#include "sim/openfaas_settings.hpp"

#include <algorithm>
#include <string_view>

#include "engine/scenario/openfaas.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::sim {
namespace {

constexpr std::string_view kAsynchronous = "/async-function/";
// What the gateway takes where its Deployment does not say.
constexpr Duration kGatewaysOwn = std::chrono::seconds(60);
constexpr std::int64_t kMostInFlight = 1'000'000;

const EnvVar* find(const Workload& workload, std::string_view name) {
  const auto found = std::ranges::find(workload.env, name, &EnvVar::name);
  return found == workload.env.end() ? nullptr : &*found;
}

// "65s", "1m5s", or bare seconds.
std::optional<Duration> duration_in(const Workload& workload, std::string_view name,
                                    Diagnostics& diagnostics) {
  const EnvVar* const variable = find(workload, name);
  if (!variable) return std::nullopt;
  if (const auto seconds = units::integer(variable->value);
      seconds && *seconds >= 0 && *seconds < 366LL * 86'400)
    return std::chrono::seconds(*seconds);
  const auto duration = units::go_duration(variable->value);
  if (duration && *duration >= Duration{0}) return duration;
  diagnostics.error(
      variable->place, std::string(name),
      "expected a duration such as 1m5s, or seconds, found \"" + variable->value + "\"");
  return std::nullopt;
}

OpenFaasSettings::Function of_function(const Workload& workload, Diagnostics& diagnostics) {
  OpenFaasSettings::Function settings;
  if (workload.kind != Workload::Kind::openfaas_function) return settings;
  settings.exec_timeout = duration_in(workload, "exec_timeout", diagnostics);
  if (settings.exec_timeout == Duration{0}) settings.exec_timeout.reset();  // switched off
  if (const EnvVar* const limit = find(workload, "max_inflight")) {
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

void of_gateway(const Workload& gateway, OpenFaasSettings& settings, Diagnostics& diagnostics) {
  const auto limit = [&](std::string_view name) {
    return duration_in(gateway, name, diagnostics).value_or(kGatewaysOwn);
  };
  settings.upstream_timeout = limit("upstream_timeout");
  settings.connection_timeout = std::min(limit("read_timeout"), limit("write_timeout"));
  const EnvVar* const wakes = find(gateway, "scale_from_zero");
  settings.scale_from_zero = wakes && wakes->value == "true";
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
  for (const Workload& workload : scenario.manifests.workloads)
    if (is_openfaas_gateway(workload)) of_gateway(workload, settings, diagnostics);
  for (const FunctionSpec& function : scenario.functions)
    settings.functions.push_back(
        of_function(scenario.manifests.workloads[function.workload], diagnostics));
  refuse_asynchronous_calls(scenario, diagnostics);
  return settings;
}

}  // namespace thaw::sim
