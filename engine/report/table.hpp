// Aligned columns for a terminal.
//
// A cell's width is counted in code points of UTF-8, escape sequences aside: right for everything
// that thaw itself prints. Errors: none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace thaw {

enum class Colour : unsigned char { none, bold, dim, red, green, cyan };

// The text between the escape sequences of a terminal; unchanged for Colour::none.
std::string painted(std::string_view text, Colour colour);

class Table {
 public:
  enum class Align : unsigned char { left, right };
  explicit Table(std::vector<Align> columns);
  void add(std::vector<std::string> row);  // one cell a column
  // One line a row, `indent` before it, the columns two blanks apart, none at the end.
  std::string text(std::string_view indent) const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace thaw
