// What outlives a restart, as the strings of a ConfigMap: of each function when it was last called,
// and what its policy keeps.
//
// A key is NAMESPACE_NAME: neither may hold '_'. A value is JSON:
// {"policy":"idle_timeout","last_activity_ns":…,"up":true,"version":1,"fields":{…}}. What cannot be
// read is left out: its function starts fresh. Errors: none.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "drivers/world/activity.hpp"
#include "engine/state.hpp"

namespace thaw::world {

struct Kept {
  std::string policy;
  std::optional<TimePoint> last_activity;
  SavedState state;
  bool up = false;  // it had replicas
};

std::map<std::string, std::string> to_strings(const std::map<FunctionName, Kept>& kept);
std::map<FunctionName, Kept> from_strings(const std::map<std::string, std::string>& strings);

}  // namespace thaw::world
