// What a driver that writes needs to be allowed, as deploy/ grants it: no more, no less.
#pragma once

#include <string>
#include <vector>

#include "drivers/kubernetes/access_review.hpp"
#include "engine/scenario/drive_config.hpp"

namespace thaw::world {

std::vector<kubernetes::Right> rights_of(const DriveConfig& config, const std::string& state_ns);

}  // namespace thaw::world
