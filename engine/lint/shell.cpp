#include "engine/lint/shell.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace thaw::lint {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

class Scanner {
 public:
  Scanner(std::string_view text, const std::string& file, int first_line)
      : text_(text), file_(file), line_(first_line) {}

  ShellText read() {
    while (at_ < text_.size()) step();
    end_command();
    return std::move(result_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '\n') {
      end_command();
      advance();
      if (!end_mark_.empty()) take_document();
    } else if (is_blank(c)) {
      end_word();
      advance();
    } else if (c == '\\' && at_ + 1 < text_.size()) {
      advance();
      if (text_[at_] == '\n') {
        end_word();
        advance();
      } else {
        put(text_[at_]);
      }
    } else if (c == '#' && !word_) {
      while (at_ < text_.size() && text_[at_] != '\n') advance();
    } else if (c == '\'' || c == '"') {
      quoted(c);
    } else if (text_.substr(at_).starts_with("<<") && !text_.substr(at_).starts_with("<<<")) {
      here();
    } else if (c == '|' || c == ';' || c == '&') {
      end_command();
      advance();
    } else {
      put(c);
    }
  }

  void quoted(char quote) {
    begin_word();
    advance();
    while (at_ < text_.size() && text_[at_] != quote) {
      if (quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size()) advance();
      word_->text += text_[at_];
      advance();
    }
    if (at_ < text_.size()) advance();
  }

  void here() {
    end_word();
    advance();
    advance();
    if (at_ < text_.size() && text_[at_] == '-') advance();
    while (at_ < text_.size() && is_blank(text_[at_])) advance();
    std::string mark;
    while (at_ < text_.size() && !std::isspace(static_cast<unsigned char>(text_[at_])) &&
           text_[at_] != '|' && text_[at_] != ';') {
      if (text_[at_] != '\'' && text_[at_] != '"') mark += text_[at_];
      advance();
    }
    end_mark_ = mark;
  }

  void take_document() {
    HereDocument document{{}, line_};
    while (at_ < text_.size()) {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      std::string_view line = text_.substr(at_, end - at_);
      while (at_ < end) advance();
      if (at_ < text_.size()) advance();
      std::string_view bare = line;
      while (!bare.empty() && is_blank(bare.front())) bare.remove_prefix(1);
      while (!bare.empty() && is_blank(bare.back())) bare.remove_suffix(1);
      if (bare == end_mark_) break;
      document.text.append(line);
      document.text += '\n';
    }
    end_mark_.clear();
    result_.documents.push_back(std::move(document));
  }

  void advance() {
    if (text_[at_] == '\n') {
      ++line_;
      column_ = 1;
    } else {
      ++column_;
    }
    ++at_;
  }
  void begin_word() {
    if (!word_) word_ = Word{{}, {file_, line_, column_}};
  }
  void put(char c) {
    begin_word();
    word_->text += c;
    advance();
  }
  void end_word() {
    if (word_) command_.words.push_back(std::move(*word_));
    word_.reset();
  }
  void end_command() {
    end_word();
    if (!command_.words.empty()) result_.commands.push_back(std::move(command_));
    command_ = {};
  }

  std::string_view text_;
  const std::string& file_;
  int line_, column_ = 1;
  std::size_t at_ = 0;
  std::optional<Word> word_;
  Command command_;
  std::string end_mark_;
  ShellText result_;
};

}  // namespace

std::optional<Word> Command::option(std::string_view name, std::string_view other) const {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& text = words[i].text;
    if ((text == name || (!other.empty() && text == other)) && i + 1 < words.size())
      return words[i + 1];
    if (text.starts_with(name) && text.size() > name.size() && text[name.size()] == '=') {
      Word value{text.substr(name.size() + 1), words[i].place};
      value.place.column += static_cast<int>(name.size()) + 1;
      return value;
    }
  }
  return std::nullopt;
}

ShellText read_shell(std::string_view text, const std::string& file, int first_line) {
  return Scanner(text, file, first_line).read();
}

}  // namespace thaw::lint
