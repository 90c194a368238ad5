// A line on the terminal while a run takes its time; nothing when standard error is no terminal.
#pragma once

#include <chrono>

#include "engine/time.hpp"

namespace thaw::app {

class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `until`: how far the run goes, or zero when that is not known yet.
  void show(Duration simulated, Duration until);

 private:
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace thaw::app
