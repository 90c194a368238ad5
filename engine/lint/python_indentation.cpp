#include "engine/lint/python_indentation.hpp"

#include <vector>

namespace thaw::lint {
namespace {

constexpr const char* kTabs = "TabError: inconsistent use of tabs and spaces in indentation";
constexpr const char* kDedent =
    "IndentationError: unindent does not match any outer indentation level";

struct Indent {
  int columns = 0, alternative = 0;
};

// What goes on over the end of a line: brackets, and strings in three quotes.
class Continuation {
 public:
  bool open() const { return depth_ > 0 || !quote_.empty() || escaped_; }

  void read(std::string_view line) {
    escaped_ = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (!quote_.empty()) {
        in_string(line, i);
      } else if (line[i] == '#') {
        return;
      } else if (line[i] == '"' || line[i] == '\'') {
        const std::string three(3, line[i]);
        quote_ = line.substr(i).starts_with(three) ? three : three.substr(0, 1);
        i += quote_.size() - 1;
      } else if (line[i] == '(' || line[i] == '[' || line[i] == '{') {
        ++depth_;
      } else if ((line[i] == ')' || line[i] == ']' || line[i] == '}') && depth_ > 0) {
        --depth_;
      } else if (line[i] == '\\' && i + 1 == line.size()) {
        escaped_ = true;
      }
    }
    if (quote_.size() == 1) quote_.clear();  // an ordinary string ends with its line
  }

 private:
  void in_string(std::string_view line, std::size_t& i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line.substr(i).starts_with(quote_)) {
      i += quote_.size() - 1;
      quote_.clear();
    }
  }

  int depth_ = 0;
  std::string quote_;
  bool escaped_ = false;
};

Indent indent_of(std::string_view line, std::size_t& begin) {
  Indent indent;
  for (begin = 0; begin < line.size(); ++begin) {
    if (line[begin] == ' ') {
      ++indent.columns;
      ++indent.alternative;
    } else if (line[begin] == '\t') {
      indent.columns = (indent.columns / 8 + 1) * 8;
      ++indent.alternative;
    } else {
      break;
    }
  }
  return indent;
}

// What is wrong with a line that begins like this; null: nothing.
const char* enter(std::vector<Indent>& stack, const Indent& line) {
  if (line.columns > stack.back().columns) {
    if (line.alternative <= stack.back().alternative) return kTabs;
    stack.push_back(line);
    return nullptr;
  }
  while (stack.size() > 1 && line.columns < stack.back().columns) stack.pop_back();
  if (line.columns != stack.back().columns) return kDedent;
  return line.alternative == stack.back().alternative ? nullptr : kTabs;
}

}  // namespace

std::optional<IndentationProblem> python_indentation(std::string_view script) {
  std::vector<Indent> stack{{}};
  Continuation continuation;
  for (int number = 1; !script.empty(); ++number) {
    const std::size_t end = script.find('\n');
    std::string_view line = script.substr(0, end);
    script.remove_prefix(end == std::string_view::npos ? script.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    std::size_t begin = 0;
    const Indent indent = indent_of(line, begin);
    const bool blank = begin == line.size() || line[begin] == '#';
    if (!continuation.open() && !blank) {
      if (const char* const what = enter(stack, indent)) return IndentationProblem{number, what};
    }
    continuation.read(line);
  }
  return std::nullopt;
}

}  // namespace thaw::lint
