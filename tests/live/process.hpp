// Child processes of the live tests: run one to its end, or keep one whose life hangs on ours.
//
// Errors: std::system_error where the system refuses a pipe or a process; a program that cannot be
// executed ends with 127.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace thaw::live {

struct Output {
  int exit_code;     // 128 + the signal that ended it
  std::string text;  // standard output and error, as they came
};

// Waits for the end; input is all of its standard input.
Output run(const std::vector<std::string>& command, const std::string& input = {});

// A process that gets the end of its standard input when we end, however that is.
class Companion {
 public:
  explicit Companion(const std::vector<std::string>& command);
  ~Companion();
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;

  // The next line of its standard output; empty when there is none within the time, or it ended.
  std::string line(int timeout_ms);
  void tell(const std::string& text);  // to its standard input
  pid_t pid() const { return pid_; }
  // Asks it to end and waits; kills it after 20 s. Its exit code, as above.
  int stop();
  void kill();  // at once, as kill -9 does

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string read_;  // beyond the last line
  int exit_code_ = -1;
};

}  // namespace thaw::live
