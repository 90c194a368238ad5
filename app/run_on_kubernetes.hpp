// thaw run --on kubernetes: the same flow and checks on a cluster.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/scenario/scenario.hpp"

namespace thaw::app {

struct OnKubernetes {
  std::string scenario;  // path, and what is set in it
  std::vector<std::string> overrides, policies;
  std::uint64_t seed = 1;
  int time_scale = 1;
  std::string gateway, kubeconfig, context, out, format;
};

int run_on_kubernetes(const Scenario& scenario, const OnKubernetes& arguments);

}  // namespace thaw::app
