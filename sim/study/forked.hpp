// Jobs in processes of their own, forked from this one (SimGrid is one engine a process, and what
// crashes takes nobody with it), at most `at_once` of them at a time.
//
// A result is told as soon as it is there, so in no fixed order; whoever wants one sorts by index.
// Errors: std::system_error when the machine gives no process or pipe. What a job throws is its
// result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace thaw::sim {

struct Forked {
  // refused: an InputError; threw: another std::exception; stopped: by an interrupt; died: ended
  // without a result.
  enum class End : std::uint8_t { returned, refused, threw, stopped, died };
  End end = End::died;
  std::vector<std::string> texts;  // what the job returned, else one message

  const std::string& message() const { return texts.front(); }
};

struct ForkedJobs {
  std::size_t count = 0, at_once = 1;
  std::function<std::vector<std::string>(std::size_t index)> job;  // in its process, which ends
  std::function<void(std::size_t index, const Forked&)> ended;
  // True: no further job is started, and those that run are sent an interrupt (SIGINT), once.
  std::function<bool()> stop;
};

void run_forked(const ForkedJobs& jobs);

}  // namespace thaw::sim
