// A line on the terminal while a run takes its time; nothing when standard error is no terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

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
  // `words` instead of how much is simulated.
  void show(Duration passed, Duration until, const std::string& words);
  void show_share(std::size_t done, std::size_t all, const char* of_what);

 private:
  bool due();  // not more often than the eye follows
  void bar(double done, const char* words);

  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace thaw::app
