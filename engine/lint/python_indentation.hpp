// What Python's tokenizer says of a script's indentation, without running it.
//
// Source: CPython's tokenizer (Parser/tokenizer.c): each line's indentation is measured twice, with
// tabs to the next multiple of eight and with tabs of one column; where the two disagree about
// which line is deeper, it is a TabError.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace thaw::lint {

struct IndentationProblem {
  int line = 0;      // within the script, from 1
  std::string what;  // "TabError: inconsistent use of tabs and spaces in indentation"
};

// The first one, as Python stops at it.
std::optional<IndentationProblem> python_indentation(std::string_view script);

}  // namespace thaw::lint
