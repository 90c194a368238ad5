// The configuration as a file that may change under a running driver, as a mounted ConfigMap does.
#pragma once

#include <optional>
#include <string>

#include "drivers/world/log.hpp"
#include "engine/scenario/drive_config.hpp"

namespace thaw::world {

class ConfigFile {
 public:
  explicit ConfigFile(std::string path) : path_(std::move(path)) {}

  DriveConfig load();  // InputError
  // The file anew, if its text is another than when it was last looked at. What is wrong with it
  // goes to the log, once, and nothing changes.
  std::optional<DriveConfig> changed(Log& log);

 private:
  std::optional<std::string> text() const;
  std::string path_, last_;
};

// What cannot change without a restart, if it did: "namespaces, listen"; else empty.
std::string needs_restart(const DriveConfig& before, const DriveConfig& after);

}  // namespace thaw::world
