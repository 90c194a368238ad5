// A recording being written: beside its place until it is whole.
#pragma once

#include <fstream>
#include <string>

#include "engine/recording/recording.hpp"
#include "sim/simulation.hpp"

namespace thaw::app {

class RecordingFile {
 public:
  // Throws std::runtime_error where it cannot be written, here and in keep().
  explicit RecordingFile(std::string path);
  ~RecordingFile();  // what was not kept is gone

  // From now on the run tells it what its policies see and decide.
  void listen(sim::RunOptions& options);
  void keep();

 private:
  std::string path_, part_;
  std::ofstream out_;
  recording::Writer writer_;
};

}  // namespace thaw::app
