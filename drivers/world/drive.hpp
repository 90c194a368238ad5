// `thaw drive`: the policies on a live cluster, until SIGTERM or SIGINT.
//
// One thread, one io_context. Throws InputError for the configuration and the kubeconfig, and
// std::runtime_error for an outside world that cannot be worked with (rights that are missing, an
// address that is taken); what fails later is retried, told in the log and counted.
#pragma once

#include <string>

#include "drivers/world/functions.hpp"
#include "drivers/world/log.hpp"

namespace thaw::world {

struct DriveOptions {
  std::string config;    // path
  std::string identity;  // in the Lease; empty: POD_UID, else the host's name
  bool shadow = false;
  std::string record;  // a folder for what is seen and decided; empty: none
  FindPolicy find = nullptr;
  Log::Sink log;
};

void drive(const DriveOptions& options);

}  // namespace thaw::world
