// What SlimFaas does with a call, by its version, its environment and the functions' annotations.
//
// Source: as engine/scenario/slimfaas_gateway.hpp. A boundary that the change log does not state is
// an assumption: errors are 503 instead of 500 and in-flight calls refresh each 500 ms from 0.50.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::sim {

struct GatewaySettings {
  struct Function {
    Duration wait_limit{};    // how long a call is held for a replica
    Duration answer_limit{};  // from sending to the answer
    bool reachable = true;    // the URL that SlimFaas builds leads to the function's pods
    std::string unreachable_why;
    bool is_private = false;  // by default
    std::vector<std::pair<std::string, bool>>
        private_paths;  // prefix → private; the first match wins
  };

  bool wake_by_get = false;  // until 0.57; POST alone from 0.60
  bool any_ready_releases =
      false;           // a ready pod of any function lets every held call go (until 0.43)
  int pick_tries = 0;  // further attempts to find a pod once the wait is over
  int error_status = 503;
  Duration hold_poll{}, snapshot_poll{}, hold_refresh{}, call_refresh{};
  std::vector<Function> functions;  // by function id

  // Problems of the manifests go to `diagnostics`. `gateway` is SlimFaas's own workload.
  static GatewaySettings resolve(const Scenario& scenario, const Workload& gateway,
                                 Diagnostics& diagnostics);
};

}  // namespace thaw::sim
