#include "tests/live/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace thaw::live {
namespace {

struct Pipe {
  int read_end, write_end;
};

// Closed on exec: no other child may hold it open.
Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  return {ends[0], ends[1]};
}

pid_t spawn(const std::vector<std::string>& command, int input, int output, int error) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid == 0) {
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    if (error >= 0) dup2(error, STDERR_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  return pid;
}

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// All at once into a file that is gone when it is closed: a pipe could fill up against a child that
// writes.
int file_with(const std::string& text) {
  const int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0 || write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::system_error(errno, std::generic_category(), "input");
  }
  lseek(file, 0, SEEK_SET);
  return file;
}

}  // namespace

Output run(const std::vector<std::string>& command, const std::string& input) {
  const int in = file_with(input);
  const Pipe out = make_pipe();
  const pid_t pid = spawn(command, in, out.write_end, out.write_end);
  close(in);
  close(out.write_end);
  Output result{};
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t count = read(out.read_end, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    result.text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  close(out.read_end);
  int status = 0;
  waitpid(pid, &status, 0);
  result.exit_code = exit_code(status);
  return result;
}

Companion::Companion(const std::vector<std::string>& command) {
  const Pipe in = make_pipe();
  const Pipe out = make_pipe();
  pid_ = spawn(command, in.read_end, out.write_end, -1);
  close(in.read_end);
  close(out.write_end);
  input_ = in.write_end;
  output_ = out.read_end;
}

Companion::~Companion() {
  stop();
  close(output_);
}

std::string Companion::line(int timeout_ms) {
  while (true) {
    if (const std::size_t end = read_.find('\n'); end != std::string::npos) {
      std::string first = read_.substr(0, end);
      read_.erase(0, end + 1);
      return first;
    }
    pollfd wait{output_, POLLIN, 0};
    if (poll(&wait, 1, timeout_ms) <= 0) return {};
    std::array<char, 4096> buffer{};
    const ssize_t count = read(output_, buffer.data(), buffer.size());
    if (count <= 0) return {};
    read_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

void Companion::tell(const std::string& text) {
  if (write(input_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::system_error(errno, std::generic_category(), "input");
  }
}

void Companion::kill() {
  if (input_ >= 0) ::kill(pid_, SIGKILL);
  stop();
}

int Companion::stop() {
  if (input_ < 0) return exit_code_;
  close(input_);
  input_ = -1;
  ::kill(pid_, SIGTERM);
  int status = 0;
  for (int waited = 0; waitpid(pid_, &status, WNOHANG) == 0; ++waited) {
    if (waited == 400) ::kill(pid_, SIGKILL);  // 20 s
    usleep(50'000);
  }
  exit_code_ = exit_code(status);
  return exit_code_;
}

}  // namespace thaw::live
