// A folder of the test's own, and the clock on the wall.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "engine/time.hpp"

namespace thaw::gateway::async {

// Removed with all that is in it.
class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "thaw-async-XXXXXX").string()) {
    if (!mkdtemp(path_.data())) throw std::runtime_error("no folder");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline TimePoint wall_clock() {
  return {
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
}

}  // namespace thaw::gateway::async
