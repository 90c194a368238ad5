// What OpenFaaS's gateway does with a call: by the environment of its own Deployment, or as its
// chart has it where that is not among the manifests; and by the functions' watchdogs.
//
// A watchdog's own limits hold only where the function's environment names them: what the image's
// defaults are, or whether there is a watchdog in it, its manifest does not say.
// Source: as engine/scenario/openfaas_limits.hpp.
// Errors: settings that cannot be read, and steps that call asynchronously, which is not modelled.
#pragma once

#include <optional>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/openfaas_limits.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::sim {

struct OpenFaasSettings {
  struct Function {
    std::optional<Duration> exec_timeout;  // from the call's arrival at its replica
    int max_in_flight = 0;                 // on one replica; 0: no limit
  };

  static constexpr Duration kPoll = kOpenFaasPoll;
  static constexpr int kPolls = kOpenFaasPolls;
  static constexpr Duration kCache = std::chrono::milliseconds(250);

  bool scale_from_zero = true;
  Duration upstream_timeout{};      // of a call that was forwarded
  Duration connection_timeout{};    // of the whole call
  std::vector<Function> functions;  // by function id

  static OpenFaasSettings resolve(const Scenario& scenario, Diagnostics& diagnostics);
};

}  // namespace thaw::sim
