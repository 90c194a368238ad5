#include "drivers/trial/driven.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "drivers/applied/run_names.hpp"

namespace thaw::trial {
namespace {

// Whether neither the scenario nor the command line names a policy of its own.
bool is_of_manifests(const FunctionSpec& function, const std::vector<PolicyChoice>& choices) {
  const bool chosen = std::ranges::any_of(choices, [&](const PolicyChoice& choice) {
    return !choice.function || *choice.function == function.name;
  });
  return function.policy.empty() && !chosen;
}

// Who scales it instead of thaw's driver; empty: nobody does.
std::string_view left_to(const Governance& governance, bool has_gateway) {
  if (governance.policy == "hpa") return "HorizontalPodAutoscaler of the cluster";
  return has_gateway ? "the gateway's own autoscaler" : "";
}

}  // namespace

Scaling scaling_of(const Scenario& scenario, const std::vector<PolicyChoice>& choices,
                   bool has_gateway) {
  Diagnostics problems;
  Scaling scaling{govern(scenario, choices, problems), {}, {}};
  problems.throw_if_any();
  for (const Governance& one : scaling.governances) {
    const bool told = is_of_manifests(scenario.functions[one.spec.function], choices);
    const std::string_view other = told ? left_to(one, has_gateway) : "";
    scaling.driven.push_back(!one.policy.empty() && other.empty());
    scaling.scaled_by.emplace_back(one.policy.empty() ? "none"
                                   : other.empty()    ? std::string_view(one.policy)
                                                      : other);
  }
  return scaling;
}

DriveConfig config_of(const Scenario& scenario, const applied::Plan& plan, const Scaling& scaling,
                      const Pace& pace, const DrivenSettings& settings) {
  DriveConfig config;
  config.kubeconfig = settings.access.kubeconfig;
  config.context = settings.access.context;
  config.namespaces = plan.namespaces;
  config.listen = "127.0.0.1:0";
  config.lease.name = applied::lease_name(settings.run);
  config.lease.ns = plan.namespaces.front();
  config.state.name = applied::state_name(settings.run);
  config.state.ns = plan.namespaces.front();
  config.state.every = pace.wall(config.state.every);
  config.state.labels = {{applied::kManagedBy, "thaw"}, {applied::kRunLabel, settings.run}};
  config.metrics = settings.metrics;
  config.versions = scenario.versions;
  config.named_only = true;  // other people's functions are there, perhaps
  if (settings.gateway) {
    DriveConfig::Gateway gateway;
    gateway.listen = "127.0.0.1:0";
    gateway.timeout = pace.wall(settings.timeout);
    gateway.name = applied::calls_name(settings.run);
    config.gateway = gateway;
  }
  for (const applied::FunctionOn& on : plan.functions) {
    if (on.kind != "Deployment" && on.kind != "StatefulSet") continue;
    const FunctionSpec& spec = scenario.functions[on.function];
    DriveConfig::Function function;
    function.name = spec.name;
    function.ns = on.ns;
    function.workload = on.name;
    function.stateful = on.kind == "StatefulSet";
    function.scaled_by_others = !scaling.driven[on.function];
    if (scaling.driven[on.function]) {
      const Governance& governance = scaling.governances[on.function];
      function.policy = governance.policy;
      function.settings = governance.spec.params;
    }
    function.service = on.service;
    // What waits in one place is what a replica's slots do not hold.
    if (spec.service.queue == QueuePlace::central) function.per_replica = spec.service.slots;
    function.place = spec.place;
    config.functions.push_back(std::move(function));
  }
  return config;
}

Driven::Driven(world::DriveOptions options, std::function<void(std::exception_ptr)> failed)
    : drive_(std::make_unique<world::Drive>(options)), thread_([this, failed = std::move(failed)] {
        try {
          drive_->run();
        } catch (const std::exception&) {
          failed(std::current_exception());
        }
      }) {}

Driven::~Driven() { stop(); }

void Driven::stop() {
  if (!thread_.joinable()) return;
  drive_->stop();
  thread_.join();
}

}  // namespace thaw::trial
