#include "tests/app/markdown.hpp"

#include "tests/app/command.hpp"

namespace thaw::test {
namespace {

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

Row cells_of(const std::string& line) {
  Row cells;
  std::size_t begin = line.find('|') + 1;
  for (std::size_t end = 0; (end = line.find('|', begin)) != std::string::npos; begin = end + 1) {
    cells.push_back(trimmed(line.substr(begin, end - begin)));
  }
  return cells;
}

// Every text between `open` and `close`.
std::vector<std::string> between(const std::string& text, const std::string& open,
                                 const std::string& close) {
  std::vector<std::string> found;
  std::size_t at = 0;
  while ((at = text.find(open, at)) != std::string::npos) {
    at += open.size();
    const std::size_t end = text.find(close, at);
    if (end == std::string::npos) break;
    found.push_back(text.substr(at, end - at));
    at = end + close.size();
  }
  return found;
}

}  // namespace

std::vector<Row> table_rows(const std::string& markdown) {
  std::vector<Row> rows;
  for (const std::string& line : lines_of(markdown)) {
    if (line.starts_with("|--") || line.starts_with("| --")) {
      if (!rows.empty()) rows.pop_back();
    } else if (line.starts_with("|")) {
      rows.push_back(cells_of(line));
    }
  }
  return rows;
}

std::vector<Fence> fences(const std::string& markdown) {
  std::vector<Fence> found;
  bool inside = false;
  int number = 0;
  for (const std::string& line : lines_of(markdown)) {
    ++number;
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) found.push_back({line.substr(3), "", number});
    } else if (inside) {
      found.back().text += line + "\n";
    }
  }
  return found;
}

std::vector<std::string> code_spans(const std::string& text) { return between(text, "`", "`"); }

// "](" is also how a lambda of C++ begins.
std::vector<std::string> link_targets(const std::string& text) {
  std::string outside;
  bool inside = false;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("```")) inside = !inside;
    if (!inside) outside += line + "\n";
  }
  return between(outside, "](", ")");
}

std::string section(const std::string& markdown, const std::string& heading) {
  std::string found;
  bool inside = false;
  for (const std::string& line : lines_of(markdown)) {
    if (line.starts_with("## ")) inside = line == "## " + heading;
    if (inside) found += line + "\n";
  }
  return found;
}

}  // namespace thaw::test
