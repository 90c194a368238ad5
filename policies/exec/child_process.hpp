// A program that is asked a line and answers a line, through pipes on its standard input and
// output.
//
// It is run by `/bin/sh -c COMMAND` in a process group of its own, so that an interrupt at the
// terminal does not reach it, with this process's environment, working directory and standard
// error, and no other open file. At the end its input is closed; what has not ended soon after is
// killed with all that it started, and reaped.
//
// Errors: std::runtime_error says what happened to it, in words. Threads: one.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/time.hpp"

namespace thaw::exec {

class OpenFile {
 public:
  OpenFile() = default;
  explicit OpenFile(int number) : number_(number) {}
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) noexcept;
  ~OpenFile() { close(); }
  int number() const { return number_; }
  void close();

 private:
  int number_ = -1;
};

class ChildProcess {
 public:
  static constexpr std::size_t kLongestLine = 1 << 20;  // bytes

  explicit ChildProcess(const std::string& command);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  // Writes the question and a line end; returns the next line without its end. `limit` is for both,
  // by the machine's clock: a timer of the kernel, since nothing here may read that clock.
  std::string ask(std::string_view question, Duration limit);

 private:
  void refuse_what_nobody_asked();
  bool write_some(std::string_view& rest);  // false: it reads no more
  bool read_some();                         // false: the end
  bool line_is_there() const { return heard_.find('\n') != std::string::npos; }
  std::string how_it_ended() const;

  pid_t process_ = -1;
  OpenFile watch_;  // readable once the process has ended
  OpenFile input_, output_;
  std::string heard_;  // what it wrote and nobody took yet
  bool patient_ = true;
};

// Text of a stranger in a message: cut after 200 bytes, control characters as "?".
std::string in_quotes(std::string_view text);

}  // namespace thaw::exec
