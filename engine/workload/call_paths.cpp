#include "engine/workload/call_paths.hpp"

#include <algorithm>

namespace thaw::workload {

bool takes_prefix(std::string_view& path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  path.remove_prefix(prefix.size());
  return true;
}

std::optional<std::size_t> function_named(const Scenario& scenario, std::string_view name) {
  const auto& functions = scenario.functions;
  const auto found = std::find_if(functions.begin(), functions.end(),
                                  [&](const FunctionSpec& f) { return f.name == name; });
  if (found == functions.end()) return std::nullopt;
  return static_cast<std::size_t>(found - functions.begin());
}

Call call_of_function(const Scenario& scenario, Method method, std::string_view path) {
  Call call;
  call.method = method;
  if (!takes_prefix(path, "/function/")) return call;
  const auto function = function_named(scenario, path.substr(0, path.find('/')));
  if (!function) return call;
  call.kind = Call::Kind::function;
  call.function = *function;
  return call;
}

Call call_of_gateway(const Scenario& scenario, Method method, std::string_view path) {
  Call call;
  call.method = method;
  if (path == "/wake-functions") call.kind = Call::Kind::wake_all;
  if (path == "/status-functions" || path == "/health" || path == "/ready")
    call.kind = Call::Kind::status;
  Call::Kind kind;
  if (takes_prefix(path, "/function/")) {
    kind = Call::Kind::function;
  } else if (takes_prefix(path, "/wake-function/")) {
    kind = Call::Kind::wake;
  } else if (takes_prefix(path, "/status-function/")) {
    kind = Call::Kind::status;
  } else {
    return call;
  }
  const auto function = function_named(scenario, path.substr(0, path.find('/')));
  if (!function) return call;
  call.kind = kind;
  call.function = *function;
  return call;
}

Call call_of_openfaas(const Scenario& scenario, Method method, std::string_view path) {
  Call call;
  call.method = method;
  if (!takes_prefix(path, "/function/")) return call;
  const std::string_view name = path.substr(0, path.find_first_of("/?"));
  const auto& functions = scenario.functions;
  for (std::size_t f = 0; f < functions.size(); ++f) {
    const Workload& workload = scenario.manifests.workloads[functions[f].workload];
    if (name != functions[f].name && name != functions[f].name + "." + workload.ns) continue;
    call.kind = Call::Kind::function;
    call.function = f;
  }
  return call;
}

}  // namespace thaw::workload
