// The thaw command under test, and a folder of a test's own.
//
// The binary is the one that the environment variable THAW_BINARY names; paths are relative to the
// repository's root, the working directory of every test. Errors: what the machine refuses (fork,
// a pipe) ends the test by an exception; a command that runs for more than five minutes is
// killed, and its exit code is then that of a signal.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace thaw::test {

inline const std::string kKapsule = "scenarios/slimfaas-kapsule";
inline const std::string kKeepAlive = "scenarios/keep-alive";

struct Outcome {
  int code = 0;  // 128 + N when signal N ended it, as in a shell
  std::string out, err;
};

std::filesystem::path thaw_binary();

// Runs a program to its end; nothing is read from standard input.
Outcome run_program(const std::filesystem::path& program,
                    const std::vector<std::string>& arguments);
Outcome thaw_command(const std::vector<std::string>& arguments);
// "thaw run SCENARIO OPTIONS…" as a document has it, its words parted by blanks. Run once: the
// same command gives the same again.
const Outcome& run_as_written(const std::string& command);

// A program that is left running, with a terminal as its standard error.
class OnTerminal {
 public:
  OnTerminal(const std::filesystem::path& program, const std::vector<std::string>& arguments);
  OnTerminal(const OnTerminal&) = delete;
  OnTerminal& operator=(const OnTerminal&) = delete;
  ~OnTerminal();

  // Reads what it writes to the terminal until `text` is there. False: it ended without.
  bool wait_for(const std::string& text);
  void send(int signal) const;
  Outcome finish();  // `err` is all that was written to the terminal

 private:
  bool read_terminal();

  int pid_ = -1, out_ = -1, terminal_ = -1;
  std::string seen_;
};

std::string read_text(const std::filesystem::path& file);
std::vector<std::string> lines_of(const std::string& text);
bool has(const std::string& text, const std::string& part);
std::string replaced(std::string text, const std::string& part, const std::string& by);

class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();

  std::filesystem::path path(const std::string& name = "") const { return folder_ / name; }
  std::string write(const std::string& name, const std::string& text) const;  // the file's path
  // A copy of the Kapsule scenario, to be changed; the folder's path.
  std::string copy_kapsule() const;
  std::vector<std::string> names(const std::string& below = "") const;  // sorted

 private:
  std::filesystem::path folder_;
};

}  // namespace thaw::test
