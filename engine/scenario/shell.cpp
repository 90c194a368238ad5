#include "engine/scenario/shell.hpp"

#include <cstddef>
#include <optional>
#include <utility>

namespace thaw {
namespace {

class ShellReader {
 public:
  ShellReader(std::string_view text, const std::string& file, Diagnostics& problems)
      : text_(text), file_(file), problems_(problems) {}

  std::vector<ShellCommand> read() {
    while (at_ < text_.size()) step();
    end_command();
    return std::move(commands_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '\\') return backslash();
    if (c == '\'' || c == '"') return quoted(c);
    if (c == ' ' || c == '\t' || c == '\r') return end_word(), next();
    if (c == '\n' || c == ';' || c == '&' || c == '|') return end_command(), next();
    if (c == '#' && !word_) return comment();
    add(c);
    if (c == '$' || c == '`') word_->expands = true;
    next();
  }

  // The shell takes a backslash and the end of the line after it for nothing at all.
  void backslash() {
    const std::size_t after = text_.find_first_not_of("\r", at_ + 1);
    if (after == std::string_view::npos) return end_word(), next();
    if (text_[after] == '\n') {
      while (at_ <= after) next();
      return;
    }
    const std::size_t other = text_.find_first_not_of(" \t\r", at_ + 1);
    if (other == std::string_view::npos || text_[other] == '\n')
      problems_.error(place(), "", "blanks after the backslash: the command ends here");
    next();
    add(text_[at_]);
    next();
  }

  void quoted(char quote) {
    const Place begin = place();
    begin_word();
    for (next(); at_ < text_.size() && text_[at_] != quote; next()) {
      if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size()) {
        next();
        if (text_[at_] == '\n') continue;
        if (std::string_view("\"\\$`").find(text_[at_]) == std::string_view::npos) add('\\');
      } else if (quote == '"' && (text_[at_] == '$' || text_[at_] == '`')) {
        word_->expands = true;
      }
      add(text_[at_]);
    }
    if (at_ == text_.size()) return problems_.error(begin, "", "a quote without an end");
    next();
  }

  void comment() {
    while (at_ < text_.size() && text_[at_] != '\n') next();
  }

  void begin_word() {
    if (!word_) word_ = ShellWord{"", place(), false};
  }
  void add(char c) {
    begin_word();
    word_->text += c;
  }
  void end_word() {
    if (word_) command_.push_back(std::move(*word_));
    word_.reset();
  }
  void end_command() {
    end_word();
    if (!command_.empty()) commands_.push_back(std::exchange(command_, {}));
  }

  void next() {
    column_ = text_[at_] == '\n' ? 1 : column_ + 1;
    line_ += text_[at_] == '\n';
    ++at_;
  }
  Place place() const { return {file_, line_, column_}; }

  std::string_view text_;
  const std::string& file_;
  Diagnostics& problems_;
  std::size_t at_ = 0;
  int line_ = 1, column_ = 1;
  std::optional<ShellWord> word_;
  ShellCommand command_;
  std::vector<ShellCommand> commands_;
};

}  // namespace

std::vector<ShellCommand> shell_commands(std::string_view text, const std::string& file,
                                         Diagnostics& problems) {
  return ShellReader(text, file, problems).read();
}

}  // namespace thaw
