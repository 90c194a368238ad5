#include "engine/scenario/yaml_text.hpp"

#include <algorithm>

namespace thaw::yaml {
namespace {

constexpr std::size_t kQuoted = 60;

// Length of the UTF-8 character that begins at text[i], 0 if there is none. Overlong forms,
// surrogates and code points above U+10FFFF are none (Unicode, table 3-7).
std::size_t character_length(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) {
    return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U;
  };
  const auto follows = [&](std::size_t k, unsigned least = 0x80, unsigned most = 0xBF) {
    return byte(k) >= least && byte(k) <= most;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first == 0xE0) return follows(1, 0xA0) && follows(2) ? 3 : 0;
  if (first == 0xED) return follows(1, 0x80, 0x9F) && follows(2) ? 3 : 0;
  if (first >= 0xE1 && first <= 0xEF) return follows(1) && follows(2) ? 3 : 0;
  if (first == 0xF0) return follows(1, 0x90) && follows(2) && follows(3) ? 4 : 0;
  if (first == 0xF4) return follows(1, 0x80, 0x8F) && follows(2) && follows(3) ? 4 : 0;
  if (first >= 0xF1 && first <= 0xF3) return follows(1) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

std::string hexadecimal(char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return {'0', 'x', kDigits[byte / 16], kDigits[byte % 16]};
}

}  // namespace

std::string quote(std::string_view text) {
  std::size_t keep = std::min(text.size(), kQuoted);
  // Not in the middle of a character.
  while (keep < text.size() && keep > 0 &&
         (static_cast<unsigned char>(text[keep]) & 0xC0U) == 0x80U)
    --keep;
  std::string result = "\"";
  for (const char c : text.substr(0, keep)) {
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else {
      result += is_control(c) || c == '\r' ? '?' : c;
    }
  }
  return result + (keep < text.size() ? "…\"" : "\"");
}

Text::Text(std::string_view text, std::string file)
    : text_(text), file_(std::move(file)), starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts_.push_back(i + 1);
  }
}

Place Text::place(int line, int column) const {
  return line < 0 ? Place{file_, 0, 0} : Place{file_, line + 1, column + 1};
}

std::string_view Text::line(int number) const {
  const auto index = static_cast<std::size_t>(number - 1);
  if (number < 1 || index >= starts_.size()) return {};
  const std::size_t end = index + 1 < starts_.size() ? starts_[index + 1] : text_.size();
  return text_.substr(starts_[index], end - starts_[index]);
}

std::optional<std::pair<Place, std::string>> Text::first_unreadable() const {
  for (std::size_t i = 0; i < text_.size();) {
    const std::size_t length = character_length(text_, i);
    if (length == 0 || is_control(text_[i])) {
      const auto after = std::upper_bound(starts_.begin(), starts_.end(), i);
      const auto line_number = static_cast<int>(after - starts_.begin());
      const auto column = static_cast<int>(i - *(after - 1)) + 1;
      const std::string what = length == 0 ? "is not UTF-8" : "is a control character";
      return std::pair(Place{file_, line_number, column},
                       "the byte " + hexadecimal(text_[i]) + " " + what);
    }
    i += length;
  }
  return {};
}

std::optional<Place> Text::tab_in_indentation(const Place& place) const {
  const std::string_view content = line(place.line);
  for (std::size_t i = 0; i < content.size() && (content[i] == ' ' || content[i] == '\t'); ++i) {
    if (content[i] == '\t') return Place{file_, place.line, static_cast<int>(i) + 1};
  }
  return {};
}

std::optional<Place> Text::tab_before(const Place& place) const {
  const std::string_view content = line(place.line);
  const auto before = content.substr(0, static_cast<std::size_t>(std::max(place.column - 1, 0)));
  if (before.find_first_not_of(" \t") != std::string_view::npos) return {};
  const auto tab = before.find('\t');
  return tab == std::string_view::npos
             ? std::nullopt
             : std::optional(Place{file_, place.line, static_cast<int>(tab) + 1});
}

std::string_view Text::from(const Place& place) const {
  const auto index = static_cast<std::size_t>(place.line - 1);
  if (place.line < 1 || index >= starts_.size()) return {};
  const std::size_t begin =
      starts_[index] + static_cast<std::size_t>(std::max(place.column - 1, 0));
  return text_.substr(std::min(begin, text_.size()));
}

bool Text::quote_is_closed(const Place& place) const {
  std::string_view rest = from(place);
  while (!rest.empty() && (rest[0] == '!' || rest[0] == '&')) {
    rest.remove_prefix(std::min(rest.size(), rest.find_first_of(" \t\r\n")));
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(" \t\r\n")));
  }
  if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) return true;
  const char mark = rest[0];
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (mark == '"' && rest[i] == '\\') {
      ++i;
    } else if (mark == '\'' && rest.substr(i, 2) == "''") {
      ++i;
    } else if (rest[i] == mark) {
      return true;
    }
  }
  return false;
}

}  // namespace thaw::yaml
