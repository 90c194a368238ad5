// The driver of a run: thaw drive in a thread of this process, with its gateway, for the functions
// that thaw scales; it serves the calls of the others too.
//
// Threads: the callbacks come on its own thread. Errors: what the driver throws, before or while it
// runs, is given to `failed`.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "drivers/applied/plan.hpp"
#include "drivers/pace.hpp"
#include "drivers/world/drive.hpp"
#include "engine/scenario/governance.hpp"
#include "engine/scenario/scenario.hpp"

namespace thaw::trial {

// Who scales the functions of a scenario, each by its index.
struct Scaling {
  std::vector<Governance> governances;
  std::vector<bool> driven;            // thaw does
  std::vector<std::string> scaled_by;  // as summary.json has it
};

// The HorizontalPodAutoscaler that a function's manifest has is left to the cluster's own
// controller, and with a gateway that is there already what its manifests say is left to whoever
// that gateway is of, unless the scenario or the command line says otherwise. Throws InputError for
// choices that cannot be made.
Scaling scaling_of(const Scenario& scenario, const std::vector<PolicyChoice>& choices,
                   bool has_gateway);

struct DrivenSettings {
  kubernetes::AccessOptions access;
  std::string run;                           // id
  DriveConfig::MetricsStore metrics;         // in wall time
  bool gateway = true;                       // of its own
  Duration timeout = std::chrono::hours(2);  // of a call there, in scenario time
};

// What `thaw drive` would be told for this run.
DriveConfig config_of(const Scenario& scenario, const applied::Plan& plan, const Scaling& scaling,
                      const Pace& pace, const DrivenSettings& settings);

class Driven {
 public:
  Driven(world::DriveOptions options, std::function<void(std::exception_ptr)> failed);
  ~Driven();  // as stop()
  Driven(const Driven&) = delete;
  Driven& operator=(const Driven&) = delete;

  void stop();  // waits for its end

 private:
  std::unique_ptr<world::Drive> drive_;
  std::thread thread_;
};

}  // namespace thaw::trial
