#include "sim/study/forked.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "engine/diagnostic.hpp"

namespace thaw::sim {
namespace {

constexpr int kLook_ms = 200;  // how often stop() is asked while nothing comes
constexpr int kReturned = 0, kThrew = 2, kRefused = 3;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void write_all(int fd, const std::string& text) {
  const auto size = static_cast<std::uint64_t>(text.size());
  std::string framed(reinterpret_cast<const char*>(&size), sizeof size);
  framed += text;
  for (std::size_t at = 0; at < framed.size();) {
    const ssize_t n = ::write(fd, framed.data() + at, framed.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) _exit(kThrew);
    at += static_cast<std::size_t>(n);
  }
}

std::vector<std::string> unframe(const std::string& received) {
  std::vector<std::string> texts;
  for (std::size_t at = 0; at + sizeof(std::uint64_t) <= received.size();) {
    std::uint64_t size = 0;
    std::memcpy(&size, received.data() + at, sizeof size);
    at += sizeof size;
    texts.push_back(received.substr(at, size));
    at += size;
  }
  return texts;
}

struct Child {
  pid_t pid = -1;
  int fd = -1;
  std::size_t index = 0;
  std::string received;
};

// In the child. Nothing of the parent is torn down: the process just ends.
[[noreturn]] void run_child(int fd, std::size_t index, const ForkedJobs& jobs) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody is left to read a result
  int status = kReturned;
  try {
    for (const std::string& text : jobs.job(index)) write_all(fd, text);
  } catch (const InputError& error) {
    std::string text;
    for (const Diagnostic& problem : error.problems())
      text += (text.empty() ? "" : "\n") + to_text(problem);
    write_all(fd, text);
    status = kRefused;
  } catch (const std::exception& error) {
    write_all(fd, error.what());
    status = kThrew;
  }
  _exit(status);
}

Child start(std::size_t index, const ForkedJobs& jobs) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("a pipe for a run");
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) fail("a process for a run");
  if (pid == 0) {
    ::close(ends[0]);
    run_child(ends[1], index, jobs);
  }
  ::close(ends[1]);
  return {pid, ends[0], index, ""};
}

// True while there is more to come.
bool read_some(Child& child) {
  char buffer[1 << 16];
  const ssize_t n = ::read(child.fd, buffer, sizeof buffer);
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  child.received.append(buffer, static_cast<std::size_t>(n));
  return n > 0;
}

// Waits for the process, which has closed its end of the pipe.
Forked result_of(const Child& child) {
  ::close(child.fd);
  int status = 0;
  while (::waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT)
    return {Forked::End::stopped, {"interrupted"}};
  if (!WIFEXITED(status)) {
    return {Forked::End::died,
            {"ended by signal " + std::to_string(WTERMSIG(status)) + " without a result"}};
  }
  Forked result{Forked::End::returned, unframe(child.received)};
  if (WEXITSTATUS(status) == kReturned) return result;
  if (result.texts.empty()) return {Forked::End::died, {"ended without a result"}};
  result.end = WEXITSTATUS(status) == kRefused ? Forked::End::refused : Forked::End::threw;
  return result;
}

}  // namespace

void run_forked(const ForkedJobs& jobs) {
  std::vector<Child> running;
  std::size_t next = 0;
  bool stopping = false;
  while (true) {
    if (!stopping && jobs.stop()) {
      stopping = true;
      for (const Child& child : running) ::kill(child.pid, SIGINT);
    }
    while (!stopping && running.size() < jobs.at_once && next < jobs.count)
      running.push_back(start(next++, jobs));
    if (running.empty()) return;
    std::vector<pollfd> waiting;
    for (const Child& child : running) waiting.push_back({child.fd, POLLIN, 0});
    if (::poll(waiting.data(), waiting.size(), kLook_ms) < 0 && errno != EINTR)
      fail("waiting for runs");
    for (std::size_t i = running.size(); i-- > 0;) {
      if (waiting[i].revents == 0 || read_some(running[i])) continue;
      const Child child = std::move(running[i]);
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
      jobs.ended(child.index, result_of(child));
    }
  }
}

}  // namespace thaw::sim
