// The outermost hop as the manifests have it: an nginx Ingress in front of the gateway, with its
// read timeout, or the mesh's gateway, whose VirtualServices take the paths that they name. Else
// calls meet the gateway directly. Answers are modelled as arriving whole, so the time between two
// reads is the time to the answer. Errors: none; who cannot be served is refused.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/scenario/scenario.hpp"
#include "engine/workload/answer.hpp"

namespace thaw::workload {

// The workloads that an Ingress leads to instead of to a function: SlimFaas, OpenFaaS's gateway.
std::vector<const Workload*> gateways_of(const Scenario& scenario);

// Of a path.
struct Entrance {
  bool through_ingress = false;
  Duration read_timeout{};
  std::optional<Answer> refused;        // no rule for it, or no Service behind that
  std::optional<std::size_t> function;  // straight to its Service; empty: to the gateways
};

// `gateways`: those of the scenario, or fewer.
Entrance entrance_of(const Scenario& scenario, const std::vector<const Workload*>& gateways,
                     std::string_view path);

}  // namespace thaw::workload
