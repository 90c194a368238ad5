// What gateways tell each other of calls, as the strings of one ConfigMap: a key for each.
//
// A value is JSON: {"at_ns":…,"since_ns":…,"functions":{"NAMESPACE/NAME":{"arrived":…,…}}}, of
// functions that were called within an hour. What cannot be read is left out. Errors: none.
// Threads: one.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "drivers/world/calls.hpp"
#include "engine/ports.hpp"

namespace thaw::world {

std::string to_text(const GatewayCalls& calls);
std::optional<GatewayCalls> gateway_calls_of(const std::string& text);
// An identity as a ConfigMap's key: what may not stand there is _XX, its bytes in hexadecimal.
std::string key_of(const std::string& identity);

// Of the ConfigMap as a watch tells it, and of its end: into `calls`, but for what this process
// wrote itself, which began at `since` under the identity `own`.
class HeardCalls {
 public:
  HeardCalls(Calls& calls, const std::string& own, TimePoint since, const Clock& clock)
      : calls_(calls), own_(key_of(own)), since_(since), clock_(clock) {}
  void apply(const nlohmann::json& object);
  void remove();
  std::vector<std::string> older_than(Duration age) const;  // keys, by their own word

 private:
  Calls& calls_;
  const std::string own_;
  const TimePoint since_;
  const Clock& clock_;
  std::map<std::string, TimePoint> told_;  // by key: its own instant
};

}  // namespace thaw::world
