#include "engine/lint/code_blocks.hpp"

#include <algorithm>
#include <optional>

namespace thaw::lint {
namespace {

std::string_view trimmed(std::string_view line) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!line.empty() && blank(line.front())) line.remove_prefix(1);
  while (!line.empty() && blank(line.back())) line.remove_suffix(1);
  return line;
}

// "```", or empty.
std::string_view fence_of(std::string_view line) {
  for (const char mark : {'`', '~'}) {
    const std::size_t end = std::min(line.find_first_not_of(mark), line.size());
    if (end >= 3) return line.substr(0, end);
  }
  return {};
}

}  // namespace

std::vector<CodeBlock> code_blocks(std::string_view text) {
  std::vector<CodeBlock> blocks;
  std::optional<CodeBlock> open;
  std::string_view mark;
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end), bare = trimmed(line);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    const std::string_view fence = fence_of(bare);
    if (!open) {
      if (fence.empty()) continue;
      mark = fence;
      open = CodeBlock{std::string(trimmed(bare.substr(fence.size()))), {}, number + 1};
    } else if (fence == bare && fence.starts_with(mark)) {
      blocks.push_back(std::move(*open));
      open.reset();
    } else {
      if (bare != "(snip)") open->text.append(line);
      open->text += '\n';
    }
  }
  if (open) blocks.push_back(std::move(*open));
  return blocks;
}

}  // namespace thaw::lint
