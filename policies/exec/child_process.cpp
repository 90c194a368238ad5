#include "policies/exec/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace thaw::exec {
namespace {

// How long a program may take to end once its input is closed.
constexpr int kFarewell_ms = 1000;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Where this process has no standard files itself, a pipe would take their numbers, which the child
// needs.
OpenFile beyond_standard(int number) {
  if (number > STDERR_FILENO) return OpenFile(number);
  const OpenFile low(number);
  const int moved = fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (moved < 0) fail("a pipe");
  return OpenFile(moved);
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("a pipe");
    read = beyond_standard(ends[0]);
    write = beyond_standard(ends[1]);
  }
  OpenFile read, write;
};

void never_wait_on(const OpenFile& file) {
  const int flags = fcntl(file.number(), F_GETFL);
  if (flags < 0 || fcntl(file.number(), F_SETFL, flags | O_NONBLOCK) < 0) fail("a pipe");
}

// In the child: only what may be called between fork and exec.
[[noreturn]] void become(const char* command, int input, int output, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a parent that is killed cannot say farewell
  if (getppid() != parent) _exit(127);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  close_range(STDERR_FILENO + 1, ~0U, 0);
  execl("/bin/sh", "sh", "-c", command, static_cast<char*>(nullptr));
  _exit(127);
}

// Keeps SIGPIPE from ending this process while it writes to one that may be gone.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    sigemptyset(&signal_);
    sigaddset(&signal_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &signal_, &before_);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;
  ~WithoutSigpipe() {
    const timespec at_once{};
    while (!was_pending_ && sigtimedwait(&signal_, nullptr, &at_once) < 0 && errno == EINTR) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t signal_{}, before_{};
  bool was_pending_ = false;
};

OpenFile timer(Duration limit) {
  OpenFile file(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  itimerspec when{};
  when.it_value.tv_sec = limit / 1s;
  when.it_value.tv_nsec = (limit % 1s).count();
  if (file.number() < 0 || timerfd_settime(file.number(), 0, &when, nullptr) != 0) fail("a timer");
  return file;
}

}  // namespace

OpenFile::OpenFile(OpenFile&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

void OpenFile::close() {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

ChildProcess::ChildProcess(const std::string& command) {
  Pipe to, from;
  never_wait_on(to.write);
  never_wait_on(from.read);
  const pid_t parent = getpid();
  process_ = fork();
  if (process_ < 0) fail("a process");
  if (process_ == 0) become(command.c_str(), to.read.number(), from.write.number(), parent);
  setpgid(process_, process_);  // whoever is first; afterwards it is there to be killed
  watch_ = OpenFile(static_cast<int>(syscall(SYS_pidfd_open, process_, 0)));
  input_ = std::move(to.write);
  output_ = std::move(from.read);
}

ChildProcess::~ChildProcess() {
  input_.close();
  output_.close();
  pollfd end{watch_.number(), POLLIN, 0};
  if (patient_ && watch_.number() >= 0) poll(&end, 1, kFarewell_ms);
  kill(-process_, SIGKILL);  // before it is reaped, while its number is still its own
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::string ChildProcess::ask(std::string_view question, Duration limit) {
  refuse_what_nobody_asked();
  std::string line(question);
  line += '\n';
  std::string_view rest = line;
  const OpenFile alarm = timer(limit);
  while (!line_is_there()) {
    std::array<pollfd, 3> waiting{{{output_.number(), POLLIN, 0},
                                   {alarm.number(), POLLIN, 0},
                                   {rest.empty() ? -1 : input_.number(), POLLOUT, 0}}};
    if (poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) fail("waiting");
    if (waiting[2].revents != 0 && !write_some(rest)) rest = {};
    if (waiting[0].revents != 0) {
      if (!read_some()) throw std::runtime_error(how_it_ended());
    } else if (waiting[1].revents != 0) {
      patient_ = false;
      throw std::runtime_error(
          "no answer within " + to_text(limit) +
          (heard_.empty() ? "" : ", only the beginning of a line: " + in_quotes(heard_)));
    }
    if (heard_.size() > kLongestLine && heard_.find('\n') > kLongestLine)
      throw std::runtime_error("a line of more than 1 MiB: " + in_quotes(heard_));
  }
  const std::size_t end = heard_.find('\n');
  std::string answer = heard_.substr(0, end);
  heard_.erase(0, end + 1);
  return answer;
}

// A second answer to one question would be taken for the answer to the next.
void ChildProcess::refuse_what_nobody_asked() {
  pollfd more{output_.number(), POLLIN, 0};
  while (heard_.empty() && poll(&more, 1, 0) > 0 && (more.revents & POLLIN) != 0 && read_some()) {
  }
  if (!heard_.empty())
    throw std::runtime_error("it wrote more than one line to one question: " + in_quotes(heard_));
}

bool ChildProcess::write_some(std::string_view& rest) {
  const WithoutSigpipe guard;
  const ssize_t count = write(input_.number(), rest.data(), rest.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  rest.remove_prefix(static_cast<std::size_t>(count));
  return true;
}

bool ChildProcess::read_some() {
  std::array<char, 1 << 16> buffer{};
  const ssize_t count = read(output_.number(), buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  heard_.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::string ChildProcess::how_it_ended() const {
  const std::string last =
      heard_.empty() ? "" : "; its last words were no whole line: " + in_quotes(heard_);
  pollfd end{watch_.number(), POLLIN, 0};
  siginfo_t status{};
  if (watch_.number() < 0 || poll(&end, 1, kFarewell_ms) <= 0 ||
      waitid(P_PID, static_cast<id_t>(process_), &status, WEXITED | WNOWAIT) != 0)
    return "it closed its standard output" + last;
  const bool exited = status.si_code == CLD_EXITED;
  return (exited ? "it ended with exit code " : "it was killed by signal ") +
         std::to_string(status.si_status) + last;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kMost = 200;
  std::string shown(text.substr(0, kMost));
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  return '"' + shown + (text.size() > kMost ? "…\"" : "\"");
}

}  // namespace thaw::exec
