// The code that a text shows: what stands between fences (``` or ~~~) of Markdown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace thaw::lint {

struct CodeBlock {
  std::string language;  // the word behind the fence; empty: none
  std::string text;      // "(snip)" lines are blank
  int first_line = 0;    // in the text
};

std::vector<CodeBlock> code_blocks(std::string_view text);

}  // namespace thaw::lint
