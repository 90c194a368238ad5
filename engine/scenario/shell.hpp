// A shell file as far as it is commands of words: comments, quotes, backslashes and lines that go
// on. Nothing is run and nothing is expanded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/diagnostic.hpp"

namespace thaw {

struct ShellWord {
  std::string text;
  Place place;
  bool expands = false;  // has a $ or a ` that the shell would replace
};

using ShellCommand = std::vector<ShellWord>;

// Never throws on input: a quote without an end and a backslash that blanks keep from its line's
// end are told.
std::vector<ShellCommand> shell_commands(std::string_view text, const std::string& file,
                                         Diagnostics& problems);

}  // namespace thaw
