#include "engine/scenario/slimfaas_gateway.hpp"

#include <algorithm>
#include <optional>

#include "engine/scenario/services.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::slimfaas {
namespace {

constexpr Version kLongerWait{0, 36, 0};
// .NET's HttpClient gives up after 100 s unless told otherwise, and these versions did not tell it.
constexpr Duration kHttpClientTimeout = std::chrono::seconds(100);
constexpr const char* kHttpTimeoutKey = "Configuration.DefaultSync.HttpTimeout";

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

}  // namespace

std::optional<Duration> milliseconds(const Params& environment, const std::string& name,
                                     Diagnostics& diagnostics) {
  const auto* entry = environment.find(name);
  if (!entry) return std::nullopt;
  const auto value = units::integer(entry->value);
  if (value && *value > 0 && *value <= 86'400'000) return std::chrono::milliseconds(*value);
  diagnostics.error(entry->place, name,
                    "expected milliseconds, 1 to 86400000, found \"" + entry->value + "\"");
  return std::nullopt;
}

Limits limits_of(const Params& annotations, const Params& environment, const Version& version,
                 Diagnostics& diagnostics) {
  Limits limits;
  ParamsReader reader(annotations, diagnostics, "SlimFaas");
  const Duration http_timeout =
      std::chrono::seconds(reader.integer(kHttpTimeoutKey, 120, 1, 86'400));
  const auto own = milliseconds(environment, kWaitLimit, diagnostics);
  const bool by_http_timeout = version >= kHttpTimeout;
  if (by_http_timeout) {
    limits.wait = limits.answer = http_timeout;
  } else {
    limits.answer = kHttpClientTimeout;
    limits.wait = own.value_or(std::chrono::seconds(version < kLongerWait ? 10 : 30));
  }
  if (const auto* set =
          by_http_timeout ? annotations.find(kHttpTimeoutKey) : environment.find(kWaitLimit))
    limits.place = set->place;
  return limits;
}

std::string base_url(const Params& environment, const Version& version) {
  if (const auto* set = environment.find(kBaseUrl.of(version))) return set->value;
  return version < kUrlByPod ? "http://{function_name}:8080/" : "http://{pod_ip}:{pod_port}";
}

std::string url_problem(const std::string& pattern, const Workload& function,
                        const std::vector<ServiceObject>& services,
                        const std::string& gateway_namespace) {
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
  for (const ServiceObject& service : services) {
    if (service.name != name || !selects_pods_of(service, function)) continue;
    for (const ServicePort& p : service.ports)
      if (p.port == *port && listens_on(function, target_port(p, function))) return "";
  }
  return "no Service " + name + " leads from port " + std::to_string(*port) + " to pods of " +
         function.name;
}

}  // namespace thaw::slimfaas
