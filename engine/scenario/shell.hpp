// Lines of a shell as far as they are commands of words: comments, quotes, backslashes, lines that
// go on, here-documents. Nothing is run and nothing is expanded; a "<placeholder>" stays a word.
#pragma once

#include <optional>
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

// One simple command; pipes, ;, & and && end one.
struct ShellCommand {
  std::vector<ShellWord> words;

  bool is(std::string_view program) const { return !words.empty() && words[0].text == program; }
  // The word after the option, or what follows "name="; empty if it is not there.
  std::optional<ShellWord> option(std::string_view name, std::string_view other = {}) const;
};

// What a shell would read from `<< EOF`; its lines are no commands.
struct HereDocument {
  std::string text;
  int first_line = 0;  // in the file
};

struct ShellText {
  std::vector<ShellCommand> commands;
  std::vector<HereDocument> documents;
};

// `first_line`: of the text within its file. Never throws on input: a quote without an end and a
// backslash that blanks keep from its line's end are told.
ShellText read_shell(std::string_view text, const std::string& file, int first_line,
                     Diagnostics& problems);

}  // namespace thaw
