#include "engine/scenario/shell.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace thaw {
namespace {

class ShellReader {
 public:
  ShellReader(std::string_view text, const std::string& file, int first_line, Diagnostics& problems)
      : text_(text), file_(file), problems_(problems), line_(first_line) {}

  ShellText read() {
    while (at_ < text_.size()) step();
    end_command();
    return std::move(result_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '\\') return backslash();
    if (c == '\'' || c == '"') return quoted(c);
    if (c == ' ' || c == '\t' || c == '\r') return end_word(), next();
    if (c == '\n') return end_line();
    if (c == ';' || c == '&' || c == '|') return end_command(), next();
    if (begins_document()) return document_mark();
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

  void end_line() {
    end_command();
    next();
    if (!mark_.empty()) take_document();
  }

  // <<< is another thing.
  bool begins_document() const {
    const std::string_view rest = text_.substr(at_);
    return rest.starts_with("<<") && !rest.starts_with("<<<");
  }

  void document_mark() {
    end_word();
    next();
    next();
    if (at_ < text_.size() && text_[at_] == '-') next();
    while (at_ < text_.size() && is_blank(text_[at_])) next();
    for (; at_ < text_.size() && !ends_mark(text_[at_]); next())
      if (text_[at_] != '\'' && text_[at_] != '"') mark_ += text_[at_];
  }

  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
  static bool ends_mark(char c) { return is_blank(c) || c == '\n' || c == '|' || c == ';'; }

  void take_document() {
    HereDocument document{{}, line_};
    while (at_ < text_.size()) {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      const std::string_view line = text_.substr(at_, end - at_);
      while (at_ < end) next();
      if (at_ < text_.size()) next();
      std::string_view bare = line;
      while (!bare.empty() && is_blank(bare.front())) bare.remove_prefix(1);
      while (!bare.empty() && is_blank(bare.back())) bare.remove_suffix(1);
      if (bare == mark_) break;
      document.text.append(line);
      document.text += '\n';
    }
    mark_.clear();
    result_.documents.push_back(std::move(document));
  }

  void begin_word() {
    if (!word_) word_ = ShellWord{"", place(), false};
  }
  void add(char c) {
    begin_word();
    word_->text += c;
  }
  void end_word() {
    if (word_) command_.words.push_back(std::move(*word_));
    word_.reset();
  }
  void end_command() {
    end_word();
    if (!command_.words.empty()) result_.commands.push_back(std::exchange(command_, {}));
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
  int line_, column_ = 1;
  std::optional<ShellWord> word_;
  ShellCommand command_;
  std::string mark_;  // that ends the here-document of this line; empty: it has none
  ShellText result_;
};

}  // namespace

std::optional<ShellWord> ShellCommand::option(std::string_view name, std::string_view other) const {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& text = words[i].text;
    if ((text == name || (!other.empty() && text == other)) && i + 1 < words.size())
      return words[i + 1];
    if (text.starts_with(name) && text.size() > name.size() && text[name.size()] == '=') {
      ShellWord value{text.substr(name.size() + 1), words[i].place, words[i].expands};
      value.place.column += static_cast<int>(name.size()) + 1;
      return value;
    }
  }
  return std::nullopt;
}

ShellText read_shell(std::string_view text, const std::string& file, int first_line,
                     Diagnostics& problems) {
  return ShellReader(text, file, first_line, problems).read();
}

}  // namespace thaw
