// What a driver has to know before it begins: who it is, how it reaches the cluster, and its
// configuration with what the surroundings say.
//
// Errors: InputError.
#pragma once

#include <string>

#include "drivers/kubernetes/kubeconfig.hpp"
#include "drivers/world/drive.hpp"
#include "engine/scenario/drive_config.hpp"

namespace thaw::world {

std::string environment(const char* name);  // empty: not set

std::string identity_of(const DriveOptions& options);
kubernetes::Access access_of(const DriveConfig& config, const std::string& identity);
// The namespaces of the Lease and of the state, where the configuration leaves them open.
DriveConfig with_home(DriveConfig config);
// What such a driver may be asked for.
DriveConfig for_role(DriveConfig config, const DriveOptions& options);

}  // namespace thaw::world
