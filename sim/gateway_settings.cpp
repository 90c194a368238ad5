#include "sim/gateway_settings.hpp"

#include <algorithm>
#include <optional>

#include "engine/scenario/slimfaas_annotations.hpp"
#include "engine/scenario/units.hpp"
#include "sim/services.hpp"

namespace thaw::sim {
namespace {

constexpr Version kOwnUrlByPod{0, 50, 0}, kHttpTimeout{0, 44, 0}, kPostOnly{0, 60, 0},
    kSectionNames{0, 61, 0};

// A variable under the name of the version's era; the other era's name is not read by it.
struct Variable {
  const char* old_name;
  const char* new_name;
  const char* of(const Version& v) const { return v < kSectionNames ? old_name : new_name; }
  const char* not_of(const Version& v) const { return v < kSectionNames ? new_name : old_name; }
};
constexpr Variable kBaseUrl{"BASE_FUNCTION_URL", "SlimFaas__BaseFunctionUrl"};
constexpr Variable kSnapshotPoll{"REPLICAS_SYNCHRONISATION_WORKER_DELAY_MILLISECONDS",
                                 "Workers__ReplicasSynchronizationDelayMilliseconds"};
// .NET's HttpClient gives up after 100 s unless told otherwise, and these versions did not tell it.
constexpr Duration kHttpClientTimeout = std::chrono::seconds(100);
constexpr const char* kWaitLimit =
    "TIME_MAXIMUM_WAIT_FOR_AT_LEAST_ONE_POD_STARTED_FOR_SYNC_FUNCTION";

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

bool listens_on(const Workload& workload, int port) {
  const auto& ports = workload.container_ports;
  return ports.empty() || std::find(ports.begin(), ports.end(), port) != ports.end();
}

// Why the URL that SlimFaas makes for a function leads nowhere; empty if it does lead to its pods.
std::string url_problem(const std::string& pattern, const Workload& function,
                        const Scenario& scenario, const std::string& gateway_namespace) {
  std::string url = replace_all(pattern, "{function_name}", function.name);
  url = replace_all(url, "{namespace}", gateway_namespace);
  const std::size_t scheme = url.find("://");
  std::string authority = scheme == std::string::npos ? url : url.substr(scheme + 3);
  authority = authority.substr(0, authority.find('/'));
  const std::size_t colon = authority.rfind(':');
  const std::string host = authority.substr(0, colon);
  const auto port = colon == std::string::npos ? std::optional<std::int64_t>(80)
                                               : units::integer(authority.substr(colon + 1));
  if (host == "{pod_ip}") {
    if (!port || listens_on(function, static_cast<int>(*port)))
      return "";  // {pod_port}: the pod's own
    return "no container of " + function.name + " listens on port " + std::to_string(*port);
  }
  if (!port) return "\"" + url + "\" has no port number";
  const std::string name = host.substr(0, host.find('.'));
  for (const ServiceObject& service : scenario.manifests.services) {
    if (service.name != name || !selects_pods_of(service, function)) continue;
    for (const ServicePort& p : service.ports)
      if (p.port == *port && listens_on(function, target_port(p, function))) return "";
  }
  return "no Service " + name + " leads from port " + std::to_string(*port) + " to pods of " +
         function.name;
}

std::optional<Duration> milliseconds(const Params& env, const std::string& name,
                                     Diagnostics& diagnostics) {
  const auto* entry = env.find(name);
  if (!entry) return std::nullopt;
  const auto value = units::integer(entry->value);
  if (value && *value > 0 && *value <= 86'400'000) return std::chrono::milliseconds(*value);
  diagnostics.error(entry->place, name,
                    "expected milliseconds, 1 to 86400000, found \"" + entry->value + "\"");
  return std::nullopt;
}

// "Private:/admin,Public:/": no prefix means public.
std::vector<std::pair<std::string, bool>> visibility_rules(const std::vector<std::string>& items) {
  std::vector<std::pair<std::string, bool>> rules;
  for (const std::string& item : items) {
    if (item.starts_with("Private:")) {
      rules.emplace_back(item.substr(8), true);
    } else {
      rules.emplace_back(item.starts_with("Public:") ? item.substr(7) : item, false);
    }
  }
  return rules;
}

GatewaySettings::Function of_function(const Workload& workload, const Version& version,
                                      const std::optional<Duration>& own_limit,
                                      Diagnostics& diagnostics) {
  GatewaySettings::Function settings;
  const Params params = slimfaas_params(workload, diagnostics);
  ParamsReader reader(params, diagnostics, "SlimFaas");
  const Duration http_timeout =
      std::chrono::seconds(reader.integer("Configuration.DefaultSync.HttpTimeout", 120, 1, 86'400));
  if (version >= kHttpTimeout) {
    settings.wait_limit = settings.answer_limit = http_timeout;
  } else {
    settings.answer_limit = kHttpClientTimeout;
    settings.wait_limit = own_limit.value_or(
        version < Version{0, 36, 0} ? std::chrono::seconds(10) : std::chrono::seconds(30));
  }
  settings.is_private =
      reader.one_of("DefaultVisibility", "Public", {"Public", "Private"}) == "Private";
  settings.private_paths = visibility_rules(reader.list("PathsStartWithVisibility"));
  return settings;
}

}  // namespace

GatewaySettings GatewaySettings::resolve(const Scenario& scenario, const Workload& gateway,
                                         Diagnostics& diagnostics) {
  const Version& version = scenario.versions.slimfaas;
  const Params env = slimfaas_settings(gateway);
  GatewaySettings settings;
  settings.wake_by_get = version < kPostOnly;
  settings.any_ready_releases = version < kHttpTimeout;
  settings.pick_tries = version < kHttpTimeout ? 0 : 10;
  settings.error_status = version < kOwnUrlByPod ? 500 : 503;
  settings.hold_poll =
      version < kHttpTimeout ? std::chrono::milliseconds(10) : std::chrono::milliseconds(100);
  settings.hold_refresh = std::chrono::seconds(1);
  settings.call_refresh =
      version < kOwnUrlByPod ? std::chrono::milliseconds(1000) : std::chrono::milliseconds(500);
  settings.snapshot_poll = milliseconds(env, kSnapshotPoll.of(version), diagnostics)
                               .value_or(version < kOwnUrlByPod ? std::chrono::milliseconds(1000)
                                                                : std::chrono::milliseconds(3000));

  const auto own_limit = milliseconds(env, kWaitLimit, diagnostics);
  if (own_limit && version >= kHttpTimeout)
    diagnostics.notice(
        std::string(kWaitLimit) + " is not read by SlimFaas " + to_text(version) +
        " (0.44 took it out; Configuration.DefaultSync.HttpTimeout bounds the wait)");
  if (env.has(kBaseUrl.not_of(version)))
    diagnostics.notice(std::string(kBaseUrl.not_of(version)) + " is not read by SlimFaas " +
                       to_text(version) + " (it reads " + kBaseUrl.of(version) + ")");
  const auto* url = env.find(kBaseUrl.of(version));
  const std::string pattern = url                      ? url->value
                              : version < kOwnUrlByPod ? "http://{function_name}:8080/"
                                                       : "http://{pod_ip}:{pod_port}";
  for (const FunctionSpec& function : scenario.functions) {
    const Workload& workload = scenario.manifests.workloads[function.workload];
    Function of = of_function(workload, version, own_limit, diagnostics);
    of.unreachable_why = url_problem(pattern, workload, scenario, gateway.ns);
    of.reachable = of.unreachable_why.empty();
    if (!of.reachable)
      diagnostics.notice("SlimFaas cannot reach " + function.name + ": " + of.unreachable_why +
                         " (URL " + pattern + "); its calls are answered with an error");
    settings.functions.push_back(std::move(of));
  }
  return settings;
}

}  // namespace thaw::sim
