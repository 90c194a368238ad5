#include "engine/scenario/openfaas_limits.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/scenario/openfaas.hpp"
#include "engine/scenario/units.hpp"

namespace thaw {
namespace {

// What the gateway takes where its Deployment does not say.
constexpr Duration kGatewaysOwn = std::chrono::seconds(60);

// "65s", "1m5s", or bare seconds.
std::optional<Duration> duration_in(const Workload& workload, std::string_view name,
                                    Diagnostics& diagnostics) {
  const EnvVar* const variable = openfaas_variable(workload, name);
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

OpenFaasLimits of_gateway(const Workload& gateway, Diagnostics& diagnostics) {
  const auto limit = [&](std::string_view name) {
    return duration_in(gateway, name, diagnostics).value_or(kGatewaysOwn);
  };
  OpenFaasLimits limits;
  limits.upstream = limit("upstream_timeout");
  limits.connection = std::min(limit("read_timeout"), limit("write_timeout"));
  const EnvVar* const wakes = openfaas_variable(gateway, "scale_from_zero");
  limits.scale_from_zero = wakes && wakes->value == "true";
  limits.place = gateway.place;
  return limits;
}

}  // namespace

const EnvVar* openfaas_variable(const Workload& workload, std::string_view name) {
  const auto found = std::ranges::find(workload.env, name, &EnvVar::name);
  return found == workload.env.end() ? nullptr : &*found;
}

OpenFaasLimits openfaas_limits(const Manifests& manifests, Diagnostics& diagnostics) {
  OpenFaasLimits limits;
  for (const Workload& workload : manifests.workloads)
    if (is_openfaas_gateway(workload)) limits = of_gateway(workload, diagnostics);
  return limits;
}

std::optional<Duration> openfaas_exec_timeout(const Workload& function, Diagnostics& diagnostics) {
  const auto limit = duration_in(function, "exec_timeout", diagnostics);
  return limit == Duration{0} ? std::nullopt : limit;
}

}  // namespace thaw
