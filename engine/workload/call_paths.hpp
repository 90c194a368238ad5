// How the paths of calls name functions; shared by the gateways.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "engine/scenario/scenario.hpp"
#include "engine/workload/door.hpp"

namespace thaw::workload {

// Whether `path` begins with `prefix`, which it then loses.
bool takes_prefix(std::string_view& path, std::string_view prefix);

std::optional<std::size_t> function_named(const Scenario& scenario, std::string_view name);

// "/function/NAME/rest": how a workload names a function that has no gateway with paths of its own.
Call call_of_function(const Scenario& scenario, Method method, std::string_view path);

// By the paths that SlimFaas's gateway knows, and thaw's own: also /wake-function/NAME,
// /wake-functions, /status-function/NAME and what tells of the gateway itself. What is not found is
// unknown.
Call call_of_gateway(const Scenario& scenario, Method method, std::string_view path);

// By OpenFaaS's: "/function/NAME/rest" or "/function/NAME.NAMESPACE/rest", also with a query.
Call call_of_openfaas(const Scenario& scenario, Method method, std::string_view path);

}  // namespace thaw::workload
