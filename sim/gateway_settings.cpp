#include "sim/gateway_settings.hpp"

#include <utility>

#include "engine/scenario/slimfaas_annotations.hpp"
#include "engine/scenario/slimfaas_calls.hpp"
#include "engine/scenario/slimfaas_gateway.hpp"

namespace thaw::sim {
namespace {

constexpr slimfaas::Variable kSnapshotPoll{"REPLICAS_SYNCHRONISATION_WORKER_DELAY_MILLISECONDS",
                                           "Workers__ReplicasSynchronizationDelayMilliseconds"};

GatewaySettings::Function of_function(const Workload& workload, const Params& environment,
                                      const Version& version, Diagnostics& diagnostics) {
  GatewaySettings::Function settings;
  const Params params = slimfaas_params(workload, diagnostics);
  const slimfaas::Limits limits = slimfaas::limits_of(params, environment, version, diagnostics);
  settings.wait_limit = limits.wait;
  settings.answer_limit = limits.answer;
  slimfaas::Visibility visibility = slimfaas::visibility_of(params, diagnostics);
  settings.is_private = visibility.is_private;
  settings.private_paths = std::move(visibility.paths);
  return settings;
}

}  // namespace

GatewaySettings GatewaySettings::resolve(const Scenario& scenario, const Workload& gateway,
                                         Diagnostics& diagnostics) {
  const Version& version = scenario.versions.slimfaas;
  const Params env = slimfaas_settings(gateway);
  GatewaySettings settings;
  settings.wake_by_get = slimfaas::wakes_by_get(version);
  settings.any_ready_releases = version < slimfaas::kHttpTimeout;
  settings.pick_tries = version < slimfaas::kHttpTimeout ? 0 : 10;
  settings.error_status = version < slimfaas::kUrlByPod ? 500 : 503;
  settings.hold_poll = version < slimfaas::kHttpTimeout ? std::chrono::milliseconds(10)
                                                        : std::chrono::milliseconds(100);
  settings.hold_refresh = std::chrono::seconds(1);
  settings.call_refresh = version < slimfaas::kUrlByPod ? std::chrono::milliseconds(1000)
                                                        : std::chrono::milliseconds(500);
  settings.snapshot_poll =
      slimfaas::milliseconds(env, kSnapshotPoll.of(version), diagnostics)
          .value_or(version < slimfaas::kUrlByPod ? std::chrono::milliseconds(1000)
                                                  : std::chrono::milliseconds(3000));

  if (env.has(slimfaas::kWaitLimit) && version >= slimfaas::kHttpTimeout)
    diagnostics.notice(
        std::string(slimfaas::kWaitLimit) + " is not read by SlimFaas " + to_text(version) +
        " (0.44 took it out; Configuration.DefaultSync.HttpTimeout bounds the wait)");
  if (env.has(slimfaas::kBaseUrl.not_of(version)))
    diagnostics.notice(std::string(slimfaas::kBaseUrl.not_of(version)) +
                       " is not read by SlimFaas " + to_text(version) + " (it reads " +
                       slimfaas::kBaseUrl.of(version) + ")");
  const std::string pattern = slimfaas::base_url(env, version);
  for (const FunctionSpec& function : scenario.functions) {
    const Workload& workload = scenario.manifests.workloads[function.workload];
    Function of = of_function(workload, env, version, diagnostics);
    of.unreachable_why =
        slimfaas::url_problem(pattern, workload, scenario.manifests.services, gateway.ns);
    of.reachable = of.unreachable_why.empty();
    if (!of.reachable)
      diagnostics.notice("SlimFaas cannot reach " + function.name + ": " + of.unreachable_why +
                         " (URL " + pattern + "); its calls are answered with an error");
    settings.functions.push_back(std::move(of));
  }
  return settings;
}

}  // namespace thaw::sim
