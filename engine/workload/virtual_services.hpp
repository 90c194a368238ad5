// Where Istio's gateway sends a call from outside, by the VirtualServices among the manifests.
//
// The first route with a matching prefix takes the call. To a Knative Service it leads only under
// that service's own authority: Knative's gateway routes by it and answers 404 to any other.
// Source: Istio's VirtualService reference; Knative's documentation of a service mesh in front of
// it. Not modelled: hosts, retries, mTLS (which changes no route and costs a hop, if anything).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "engine/scenario/scenario.hpp"

namespace thaw::workload {

struct MeshRoute {
  std::optional<std::size_t> function;
  int status = 0;      // of the answer where it leads to no function: 404, 503
  Duration timeout{};  // 0: none
};

// Empty: no VirtualService has a route for the path.
std::optional<MeshRoute> mesh_route(const Scenario& scenario, std::string_view path);

}  // namespace thaw::workload
