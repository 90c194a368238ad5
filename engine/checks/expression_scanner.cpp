#include "engine/checks/expression_scanner.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "engine/diagnostic.hpp"
#include "engine/time.hpp"

namespace thaw {

namespace {

constexpr double kMostNanoseconds = 36525.0 * 24 * 3600 * 1e9;  // 100 years
constexpr std::array<std::pair<std::string_view, double>, 6> kTimeUnits{
    {{"ns", 1.0}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}, {"h", 3600e9}}};

// Unlike <cctype>, the same in every locale.
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool in_word(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

std::string did_you_mean(std::string_view found, const std::vector<std::string>& known) {
  const std::string near = nearest(found, known);
  return near.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", near);
}

bool ExpressionScanner::at_digit() const { return !at_end() && is_digit(text_[at_]); }
bool ExpressionScanner::at_letter() const { return !at_end() && is_letter(text_[at_]); }
std::string_view ExpressionScanner::peek_word() const { return take_while(in_word); }
void ExpressionScanner::skip_space() { at_ += take_while(is_space).size(); }

std::string_view ExpressionScanner::take_while(bool (*belongs)(char)) const {
  std::size_t end = at_;
  while (end < text_.size() && belongs(text_[end])) ++end;
  return text_.substr(at_, end - at_);
}

bool ExpressionScanner::accept(char c) {
  skip_space();
  if (at_end() || text_[at_] != c) return false;
  ++at_;
  return true;
}

bool ExpressionScanner::accept_keyword(std::string_view word) {
  skip_space();
  if (peek_word() != word) return false;
  at_ += word.size();
  return true;
}

void ExpressionScanner::require(char c, std::string_view where) {
  if (!accept(c)) expected(fmt::format("\"{}\" {}", c, where));
}

std::string ExpressionScanner::name(std::string_view of_what) {
  skip_space();
  const std::string_view word = peek_word();
  if (word.empty()) expected(fmt::format("the name of {}", of_what));
  at_ += word.size();
  return std::string(word);
}

std::string ExpressionScanner::one_of(const std::vector<std::string>& known,
                                      std::string_view what) {
  skip_space();
  const std::size_t from = at_;
  std::string word = name(what);
  for (const std::string& candidate : known) {
    if (candidate == word) return word;
  }
  fail_at(from, fmt::format("expected one of {}, found \"{}\"{}", fmt::join(known, ", "), word,
                            did_you_mean(word, known)));
}

// Durations are rounded to nanoseconds, as those they are compared with are, so that "== 0.1s" can
// hold.
ExpressionScanner::Number ExpressionScanner::number() {
  const std::size_t from = at_;
  const double value = plain_number();
  if (!at_letter()) return {value, false};
  double nanoseconds = value * unit_in_nanoseconds();
  while (at_digit()) {
    const double more = plain_number();
    nanoseconds += more * unit_in_nanoseconds();
  }
  if (nanoseconds > kMostNanoseconds) fail_at(from, "expected a duration of 100 years at most");
  return {seconds(Duration(static_cast<std::int64_t>(nanoseconds + 0.5))), true};
}

double ExpressionScanner::plain_number() {
  double value = 0;
  const char* const begin = text_.data() + at_;
  const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
  if (error != std::errc()) fail("expected a number, found one that is out of range");
  at_ += static_cast<std::size_t>(end - begin);
  return value;
}

double ExpressionScanner::unit_in_nanoseconds() {
  const std::string_view found_unit = take_while(is_letter);
  for (const auto& [unit, nanoseconds] : kTimeUnits) {
    if (found_unit != unit) continue;
    at_ += unit.size();
    return nanoseconds;
  }
  expected("a unit of time (ns, us, ms, s, min or h)");
}

void ExpressionScanner::fail_at(std::size_t at, std::string message) const {
  throw Mistake{at, std::move(message)};
}

void ExpressionScanner::expected(std::string_view what) const {
  fail(fmt::format("expected {}, found {}", what, found()));
}

std::string ExpressionScanner::found() const {
  if (at_end()) return "the end";
  const std::string_view word = peek_word();
  if (!word.empty()) return fmt::format("\"{}\"", word);
  switch (const char next = text_[at_]) {
    case '&':
      return "\"&\" (write \"and\")";
    case '|':
      return "\"|\" (write \"or\")";
    case ',':
      return "\",\" (join conditions with \"and\")";
    case '!':
      return "\"!\" (write \"not\")";
    case '"':
    case '\'':
      return "a quotation mark (words stand without)";
    default:
      if (next < ' ' || next > '~') return "a character that is not plain ASCII";
      return fmt::format("\"{}\"", next);
  }
}

}  // namespace thaw
