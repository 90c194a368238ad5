// `thaw drive`: the policies on a live cluster, until SIGTERM or SIGINT.
//
// One thread, one io_context. Throws InputError for the configuration and the kubeconfig, and
// std::runtime_error for an outside world that cannot be worked with (rights that are missing, an
// address that is taken); what fails later is retried, told in the log and counted.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "drivers/pace.hpp"
#include "drivers/world/functions.hpp"
#include "drivers/world/log.hpp"

namespace thaw::world {

// What another part of this program has of a driver that it runs.
struct DriveHost {
  DriveConfig config;  // instead of the file
  Pace pace;
  // On the driver's thread: it knows the cluster and leads, and its gateway takes calls at this
  // port (0: it has none).
  std::function<void(std::uint16_t)> ready = [](std::uint16_t) {};
  // The same: each decision, after the operator's cap.
  std::function<void(const FunctionName&, const Observation&, const Decision&)> decided =
      [](const FunctionName&, const Observation&, const Decision&) {};
};

struct DriveOptions {
  std::string config;    // path
  std::string identity;  // in the Lease; empty: POD_UID, else the host's name
  bool shadow = false;
  std::string record;  // a folder for what is seen and decided; empty: none
  FindPolicy find = nullptr;
  Log::Sink log;
  std::optional<DriveHost> host;  // empty: it ends on SIGTERM and SIGINT
};

class Drive {
 public:
  explicit Drive(const DriveOptions& options);
  ~Drive();

  void run();
  void stop();  // from any thread: what is under way comes to its end, and run() returns

 private:
  class Driver;
  std::unique_ptr<Driver> driver_;
};

void drive(const DriveOptions& options);

}  // namespace thaw::world
