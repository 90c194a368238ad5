#include "engine/report/table.hpp"

#include <algorithm>
#include <utility>

#include "engine/invariant.hpp"

namespace thaw {
namespace {

constexpr char kEscape = '\x1b';

std::string_view code_of(Colour colour) {
  switch (colour) {
    case Colour::none:
      return "";
    case Colour::bold:
      return "\x1b[1m";
    case Colour::dim:
      return "\x1b[2m";
    case Colour::red:
      return "\x1b[31m";
    case Colour::green:
      return "\x1b[32m";
    case Colour::cyan:
      return "\x1b[36m";
  }
  return "";
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  bool escaped = false;
  for (const char c : text) {
    if (c == kEscape) escaped = true;
    const bool continues =
        (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;  // of a longer code point
    if (!escaped && !continues) ++width;
    if (c == 'm') escaped = false;
  }
  return width;
}

}  // namespace

std::string painted(std::string_view text, Colour colour) {
  std::string out(code_of(colour));
  out += text;
  if (colour != Colour::none) out += "\x1b[0m";
  return out;
}

Table::Table(std::vector<Align> columns) : columns_(std::move(columns)) {}

void Table::add(std::vector<std::string> row) {
  THAW_CHECK(row.size() == columns_.size(), "a row has one cell a column");
  rows_.push_back(std::move(row));
}

std::string Table::text(std::string_view indent) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line(indent);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - width_of(row[i]), ' ');
      if (i > 0) line += "  ";
      line += columns_[i] == Align::left ? row[i] + blanks : blanks + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace thaw
