#include "app/test/difference.hpp"

#include <algorithm>
#include <cstdint>

namespace thaw::app {
namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t kAround = 3;
constexpr std::size_t kMostCells = 16'000'000;  // of a table of four bytes each

struct Change {
  char mark;  // ' ', '-' or '+'
  const std::string* line;
};

// The middle of both lists, what they have in common at both ends set aside.
struct Middle {
  const Lines &before, &after;
  std::size_t head = 0, tail = 0;

  Middle(const Lines& a, const Lines& b) : before(a), after(b) {
    const std::size_t shorter = std::min(a.size(), b.size());
    while (head < shorter && a[head] == b[head]) ++head;
    while (tail < shorter - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  }
  std::size_t rows() const { return before.size() - head - tail; }
  std::size_t columns() const { return after.size() - head - tail; }
  const std::string& row(std::size_t i) const { return before[head + i]; }
  const std::string& column(std::size_t j) const { return after[head + j]; }
};

// lengths[i][j]: of the longest common subsequence of rows from i on and columns from j on.
std::vector<std::uint32_t> common_lengths(const Middle& middle) {
  const std::size_t width = middle.columns() + 1;
  std::vector<std::uint32_t> lengths((middle.rows() + 1) * width, 0);
  for (std::size_t i = middle.rows(); i-- > 0;) {
    for (std::size_t j = middle.columns(); j-- > 0;) {
      lengths[i * width + j] =
          middle.row(i) == middle.column(j)
              ? lengths[(i + 1) * width + j + 1] + 1
              : std::max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  return lengths;
}

void add_middle(const Middle& middle, std::vector<Change>& changes) {
  const std::size_t rows = middle.rows(), columns = middle.columns(), width = columns + 1;
  std::size_t i = 0, j = 0;
  if ((rows + 1) * width <= kMostCells) {
    const std::vector<std::uint32_t> lengths = common_lengths(middle);
    while (i < rows && j < columns) {
      if (middle.row(i) == middle.column(j)) {
        changes.push_back({' ', &middle.row(i++)});
        ++j;
      } else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) {
        changes.push_back({'-', &middle.row(i++)});
      } else {
        changes.push_back({'+', &middle.column(j++)});
      }
    }
  }
  while (i < rows) changes.push_back({'-', &middle.row(i++)});
  while (j < columns) changes.push_back({'+', &middle.column(j++)});
}

std::vector<Change> all_changes(const Lines& before, const Lines& after) {
  const Middle middle(before, after);
  std::vector<Change> changes;
  for (std::size_t i = 0; i < middle.head; ++i) changes.push_back({' ', &before[i]});
  add_middle(middle, changes);
  for (std::size_t i = before.size() - middle.tail; i < before.size(); ++i)
    changes.push_back({' ', &before[i]});
  return changes;
}

// "7,3", and as diff writes it, the line before for an empty range: "6,0".
std::string range(std::size_t first, std::size_t count) {
  return std::to_string(count == 0 ? first : first + 1) + "," + std::to_string(count);
}

}  // namespace

Lines difference(const Lines& before, const Lines& after) {
  const std::vector<Change> changes = all_changes(before, after);
  const auto changed = [](const Change& change) { return change.mark != ' '; };
  Lines text;
  std::size_t row = 0, column = 0, at = 0;  // of both lists, and of the changes, told so far
  const auto skip_to = [&](std::size_t end) {
    for (; at < end; ++at) {
      if (changes[at].mark != '+') ++row;
      if (changes[at].mark != '-') ++column;
    }
  };
  while (true) {
    const auto from = changes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto next = std::find_if(from, changes.end(), changed);
    if (next == changes.end()) return text;
    const auto first = static_cast<std::size_t>(next - changes.begin());
    std::size_t last =
        first;  // of this hunk: changes with at most twice kAround lines between them
    for (std::size_t i = first; i < changes.size() && i <= last + 2 * kAround + 1; ++i)
      if (changed(changes[i])) last = i;
    skip_to(first - std::min(first - at, kAround));
    const std::size_t begin = at, begin_row = row, begin_column = column;
    skip_to(std::min(changes.size(), last + kAround + 1));
    text.push_back("@@ -" + range(begin_row, row - begin_row) + " +" +
                   range(begin_column, column - begin_column) + " @@");
    for (std::size_t i = begin; i < at; ++i) text.push_back(changes[i].mark + *changes[i].line);
  }
}

}  // namespace thaw::app
