// A file line by line, split at commas, with the place for what is wrong.
//
// Errors: InputError when the file cannot be read or a line is longer than 1 MiB.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/time.hpp"

namespace thaw::traces {

class Lines {
 public:
  explicit Lines(const std::string& path);

  bool next();  // false at the end; empty lines are passed over
  const std::string& text() const { return text_; }
  std::vector<std::string_view> fields() const;  // live until next()
  // Of the line that next() gave last; column 0: the whole line.
  [[noreturn]] void fail(const std::string& message) const;

  std::uint32_t tokens(std::string_view text, const char* what) const;  // 0 … 10^9
  double number(std::string_view text, const char* what) const;         // finite, at least 0
  // The header's columns by name; each has to be there.
  std::vector<std::size_t> columns(const std::vector<std::string_view>& names) const;

 private:
  std::string path_;
  std::ifstream in_;
  std::string text_;
  int line_ = 0;
};

}  // namespace thaw::traces
