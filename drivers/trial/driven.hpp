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

// Whether the cluster's own autoscaler scales this function: the HorizontalPodAutoscaler that its
// manifest has, unless the scenario or the command line says otherwise.
bool left_to_cluster(const Scenario& scenario, const Governance& governance,
                     const std::vector<PolicyChoice>& choices);

struct DrivenSettings {
  kubernetes::AccessOptions access;
  std::string run;                           // id
  std::vector<bool> driven;                  // of each function
  DriveConfig::MetricsStore metrics;         // in wall time
  Duration timeout = std::chrono::hours(2);  // of a call at the gateway, in scenario time
};

// What `thaw drive` would be told for this run.
DriveConfig config_of(const Scenario& scenario, const applied::Plan& plan,
                      const std::vector<Governance>& governances, const Pace& pace,
                      const DrivenSettings& settings);

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
