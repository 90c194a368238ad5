// The few things of Markdown that the documents are held to: tables, fenced blocks, code, quotes.
// Errors: none; what is not of the form is not found.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace thaw::test {

// The cells of every row of every table, blanks trimmed; the rows above a dashed line are headings
// and left out.
using Row = std::vector<std::string>;
std::vector<Row> table_rows(const std::string& markdown);

struct Fence {
  std::string info;  // what follows the three backticks: "yaml"
  std::string text;
  int line = 0;  // of the opening backticks
};
std::vector<Fence> fences(const std::string& markdown);

std::vector<std::string> code_spans(const std::string& text);  // `like this`
// [words](target), outside of fenced blocks.
std::vector<std::string> link_targets(const std::string& text);
// From "## HEADING" to the next heading of that level.
std::string section(const std::string& markdown, const std::string& heading);

}  // namespace thaw::test
