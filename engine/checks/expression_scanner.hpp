// Reads the text of an expression piece by piece: blanks, names, numbers, durations, signs.
//
// Units: numbers as they stand, durations in seconds.
// Errors: Mistake, thrown and caught inside engine/checks only; parse_expression turns it into a
// Diagnostic.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

struct Mistake {
  std::size_t at;  // offset in the text
  std::string message;
};

// "; did you mean \"ready\"?", or nothing if no known word is near.
std::string did_you_mean(std::string_view found, const std::vector<std::string>& known);

class ExpressionScanner {
 public:
  struct Number {
    double value = 0;
    bool is_time = false;
  };

  explicit ExpressionScanner(std::string_view text) : text_(text) {}

  std::size_t at() const { return at_; }
  std::string_view text_from(std::size_t begin) const { return text_.substr(begin, at_ - begin); }
  bool at_end() const { return at_ >= text_.size(); }
  bool at_digit() const;
  bool at_letter() const;
  bool at_text(std::string_view piece) const { return text_.substr(at_).starts_with(piece); }

  // The letters, digits, '-', '_' and '.' that follow; empty if there are none. Reads nothing.
  std::string_view peek_word() const;

  void skip_space();
  void skip(std::size_t count) { at_ += count; }
  bool accept(char c);                         // after blanks
  bool accept_keyword(std::string_view word);  // after blanks, and only if the word ends there
  void require(char c, std::string_view where);
  std::string name(std::string_view of_what);
  std::string one_of(const std::vector<std::string>& known, std::string_view what);
  Number number();  // "3", "1.5", "10s", "2h30min"

  [[noreturn]] void fail(std::string message) const { fail_at(at_, std::move(message)); }
  [[noreturn]] void fail_at(std::size_t at, std::string message) const;
  [[noreturn]] void expected(std::string_view what) const;  // "expected WHAT, found …"

 private:
  std::string_view take_while(bool (*belongs)(char)) const;
  std::string found() const;
  double plain_number();
  double unit_in_nanoseconds();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace thaw
