// What is wrong with an input, and where. Loaders collect every problem they find and throw once.
//
// Errors: InputError carries all diagnostics; app/ prints them and exits with 2.
// Places are 1-based; line 0 means "the whole file" and column 0 "the whole line".
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

struct Diagnostic {
  Place place;
  std::string key;      // dotted path of the key, empty if none: "cluster.pools.gpu.nodes"
  std::string message;  // what was found and what was expected
};

// "scenario.yaml:8:11: cluster.pools.gpu: expected …, found …"
std::string to_text(const Diagnostic& d);

class InputError : public std::runtime_error {
 public:
  explicit InputError(std::vector<Diagnostic> problems);
  const std::vector<Diagnostic>& problems() const { return problems_; }

 private:
  std::vector<Diagnostic> problems_;
};

// Collects problems and notices while an input is read. Not thread-safe.
class Diagnostics {
 public:
  void error(Place place, std::string key, std::string message);
  // What an input says and thaw does not model. Repeated texts are kept once.
  void notice(std::string text);

  bool ok() const { return errors_.empty(); }
  std::size_t error_count() const { return errors_.size(); }
  const std::vector<std::string>& notices() const { return notices_; }
  void throw_if_any() const;  // InputError with all errors, each once, by file, line and column

 private:
  std::vector<Diagnostic> errors_;
  std::vector<std::string> notices_;
};

// The candidate nearest to `found` by edit distance, or empty if none is near (more than a third
// differs).
std::string nearest(std::string_view found, const std::vector<std::string>& candidates);

}  // namespace thaw
