#include "sim/study/replicate.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace thaw::sim {
namespace {

constexpr int kFine = 0, kCut = 1, kThrew = 2, kRefused = 3;

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

struct Child {
  pid_t pid = -1;
  int fd = -1;
  std::size_t index = 0;
  std::string received;
};

// In the child. Nothing of the parent is torn down: the process just ends.
[[noreturn]] void run_child(int fd, const Scenario& scenario, RunOptions options, std::size_t index,
                            const Render& render) {
  options.seed += index;
  options.progress = nullptr;
  int status = kFine;
  try {
    const RunResult result = simulate(scenario, options);
    if (result.interrupted) _exit(kCut);
    const Replication out = render(result, index == 0);
    for (const std::string& text : {out.summary, out.timeline, out.series, out.timeline_text,
                                    std::to_string(out.events), std::to_string(out.requests)})
      write_all(fd, text);
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

Child start(const Scenario& scenario, const RunOptions& options, std::size_t index,
            const Render& render) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("a pipe for a replication");
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) fail("a process for a replication");
  if (pid == 0) {
    ::close(ends[0]);
    run_child(ends[1], scenario, options, index, render);
  }
  ::close(ends[1]);
  return {pid, ends[0], index, ""};
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

// True while there is more to come.
bool read_some(Child& child) {
  char buffer[1 << 16];
  const ssize_t n = ::read(child.fd, buffer, sizeof buffer);
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  child.received.append(buffer, static_cast<std::size_t>(n));
  return n > 0;
}

int status_of(const Child& child) {
  ::close(child.fd);
  int status = 0;
  while (::waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : kThrew;
}

}  // namespace

std::vector<Replication> replicate(const Scenario& scenario, const RunOptions& options,
                                   std::size_t replications, std::size_t jobs, const Render& render,
                                   const std::function<void(std::size_t done)>& progress) {
  std::vector<Replication> results(replications);
  std::vector<bool> complete(replications, false);
  std::vector<Child> running;
  std::size_t next = 0, done = 0;
  std::string problem, refused;
  const auto interrupted = [&] { return options.interrupted && options.interrupted->load(); };
  while (!running.empty() || (next < replications && problem.empty() && !interrupted())) {
    while (running.size() < jobs && next < replications && problem.empty() && !interrupted())
      running.push_back(start(scenario, options, next++, render));
    std::vector<pollfd> waiting;
    for (const Child& child : running) waiting.push_back({child.fd, POLLIN, 0});
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR)
      fail("waiting for replications");
    for (std::size_t i = running.size(); i-- > 0;) {
      if (waiting[i].revents == 0 || read_some(running[i])) continue;
      const int status = status_of(running[i]);
      const std::vector<std::string> texts = unframe(running[i].received);
      if (status == kFine && texts.size() == 6) {
        results[running[i].index] = {
            texts[0], texts[1], texts[2], texts[3], std::stoull(texts[4]), std::stoull(texts[5])};
        complete[running[i].index] = true;
        progress(++done);
      } else if (status == kRefused && !texts.empty()) {
        refused = texts.front();
        problem = refused;
      } else if (status != kCut) {
        problem = texts.empty() ? "a replication ended without a result" : texts.front();
      }
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  if (!refused.empty()) throw InputError({{{}, "", refused}});
  if (!problem.empty()) throw std::runtime_error(problem);
  std::vector<Replication> whole;
  for (std::size_t i = 0; i < replications; ++i)
    if (complete[i]) whole.push_back(std::move(results[i]));
  return whole;
}

}  // namespace thaw::sim
