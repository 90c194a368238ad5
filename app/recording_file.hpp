// Recordings: one being written, beside its place until it is whole, and one being read.
#pragma once

#include <fstream>
#include <functional>
#include <string>

#include "engine/recording/recording.hpp"
#include "engine/report/timeline.hpp"
#include "engine/scenario/scenario.hpp"
#include "sim/simulation.hpp"

namespace thaw::app {

class RecordingFile {
 public:
  // Throws std::runtime_error where it cannot be written, here and in keep().
  explicit RecordingFile(std::string path);
  ~RecordingFile();  // what was not kept is gone

  // From now on the run tells it what its policies see and decide, and what comes.
  void listen(const Scenario& scenario, sim::RunOptions& options);
  void add(const Timeline& timeline);  // the stages of its pods and nodes
  void keep();

 private:
  std::string path_, part_;
  std::ofstream out_;
  recording::Writer writer_;
};

// Each line of one, with its number. A last line that a crash cut off is left out, and said.
void read_recording(const std::string& path, const std::function<void(recording::Line, int)>& tell);

}  // namespace thaw::app
