// Lines of a shell as texts show them: words with their places. Quotes, backslashes, comments and
// continued lines are understood; nothing is expanded or run. A "<placeholder>" stays a word.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/diagnostic.hpp"

namespace thaw::lint {

struct Word {
  std::string text;
  Place place;
};

// One simple command; pipes, ;, && and || end one. The words of its here-document are not among
// them.
struct Command {
  std::vector<Word> words;

  bool is(std::string_view program) const { return !words.empty() && words[0].text == program; }
  // The word after the option, or what follows "name="; empty if it is not there.
  std::optional<Word> option(std::string_view name, std::string_view other = {}) const;
};

// What a shell would read from `<< EOF`.
struct HereDocument {
  std::string text;
  int first_line = 0;  // in the file
};

struct ShellText {
  std::vector<Command> commands;
  std::vector<HereDocument> documents;
};

// `first_line`: of the text within its file.
ShellText read_shell(std::string_view text, const std::string& file, int first_line);

}  // namespace thaw::lint
