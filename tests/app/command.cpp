#include "tests/app/command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

namespace thaw::test {
namespace {

constexpr unsigned kLimit_s = 300;  // twenty replications under a sanitizer take more than one

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    checked(pipe2(ends.data(), O_CLOEXEC), "pipe");
    read = ends[0];
    write = ends[1];
  }
  int read, write;
};

// The child's half: never returns. An alarm survives exec, so that no program can hang a test.
[[noreturn]] void become(const std::filesystem::path& program,
                         const std::vector<std::string>& arguments, int out, int err) {
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  std::string name = program.string();
  std::vector<std::string> words = arguments;
  std::vector<char*> pointers = {name.data()};
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  alarm(kLimit_s);
  execv(name.c_str(), pointers.data());
  _exit(127);
}

// False at the end of what there is to read. A terminal tells its end as an error.
bool read_some(int from, std::string& text) {
  std::array<char, 1 << 16> buffer{};
  const ssize_t count = read(from, buffer.data(), buffer.size());
  if (count <= 0) return count < 0 && errno == EINTR;
  text.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

int exit_code_of(int pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) checked(-1, "waitpid");
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Both are read as they come: a program that fills one pipe would otherwise wait for ever.
void read_both(int first, std::string& first_text, int second, std::string& second_text) {
  std::array<pollfd, 2> waiting{{{first, POLLIN, 0}, {second, POLLIN, 0}}};
  const std::array<std::string*, 2> texts{&first_text, &second_text};
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    if (poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) checked(-1, "poll");
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
      if (!read_some(waiting[i].fd, *texts[i])) {
        close(waiting[i].fd);
        waiting[i].fd = -1;
      }
    }
  }
}

}  // namespace

std::filesystem::path thaw_binary() {
  const char* const binary = std::getenv("THAW_BINARY");
  if (!binary) throw std::runtime_error("THAW_BINARY must name the thaw command to be tested");
  return binary;
}

Outcome run_program(const std::filesystem::path& program,
                    const std::vector<std::string>& arguments) {
  const Pipe out, err;
  const int pid = checked(fork(), "fork");
  if (pid == 0) become(program, arguments, out.write, err.write);
  close(out.write);
  close(err.write);
  Outcome outcome;
  read_both(out.read, outcome.out, err.read, outcome.err);
  outcome.code = exit_code_of(pid);
  return outcome;
}

Outcome thaw_command(const std::vector<std::string>& arguments) {
  return run_program(thaw_binary(), arguments);
}

const Outcome& run_as_written(const std::string& command) {
  static std::map<std::string, Outcome> known;
  const auto before = known.find(command);
  if (before != known.end()) return before->second;
  std::istringstream stream(command);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  if (words.size() < 2 || words[0] != "thaw")
    throw std::runtime_error("no thaw command: " + command);
  words.erase(words.begin());
  return known[command] = thaw_command(words);
}

OnTerminal::OnTerminal(const std::filesystem::path& program,
                       const std::vector<std::string>& arguments) {
  terminal_ = checked(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "a terminal");
  checked(grantpt(terminal_), "a terminal");
  checked(unlockpt(terminal_), "a terminal");
  const int far_end =
      checked(open(ptsname(terminal_), O_RDWR | O_NOCTTY | O_CLOEXEC), "a terminal");
  const Pipe out;
  pid_ = checked(fork(), "fork");
  if (pid_ == 0) become(program, arguments, out.write, far_end);
  close(far_end);
  close(out.write);
  out_ = out.read;
}

OnTerminal::~OnTerminal() {
  if (pid_ < 0) return;
  send(SIGKILL);
  exit_code_of(pid_);
  close(out_);
  close(terminal_);
}

bool OnTerminal::read_terminal() { return read_some(terminal_, seen_); }

bool OnTerminal::wait_for(const std::string& text) {
  while (!has(seen_, text)) {
    if (!read_terminal()) return false;
  }
  return true;
}

void OnTerminal::send(int signal) const { kill(pid_, signal); }

Outcome OnTerminal::finish() {
  Outcome outcome;
  read_both(out_, outcome.out, terminal_, seen_);
  outcome.err = seen_;
  outcome.code = exit_code_of(pid_);
  pid_ = -1;
  return outcome;
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string replaced(std::string text, const std::string& part, const std::string& by) {
  const std::size_t at = text.find(part);
  if (at == std::string::npos) throw std::runtime_error("nothing to replace: " + part);
  return text.replace(at, part.size(), by);
}

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "thaw_app_XXXXXX").string();
  if (!mkdtemp(pattern.data())) checked(-1, "a temporary folder");
  folder_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string TempFolder::write(const std::string& name, const std::string& text) const {
  std::filesystem::create_directories(path(name).parent_path());
  std::ofstream(path(name), std::ios::binary) << text;
  return path(name).string();
}

std::string TempFolder::copy_kapsule() const {
  const auto copy = path("kapsule");
  std::filesystem::copy(kKapsule, copy, std::filesystem::copy_options::recursive);
  return copy.string();
}

std::vector<std::string> TempFolder::names(const std::string& below) const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path(below))) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace thaw::test
