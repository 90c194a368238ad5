#include "tests/tidy/source_tree.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <utility>

namespace thaw::tidy {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool continues_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Where the comment or literal that opens at `at` ends (one past it); `at` itself when none opens
// there.
std::size_t end_of_hidden(std::string_view text, std::size_t at) {
  const auto past = [&](std::string_view closing, std::size_t from) {
    const std::size_t found = text.find(closing, from);
    return found == std::string_view::npos ? text.size() : found + closing.size();
  };
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("//")) return std::min(text.find('\n', at), text.size());
  if (rest.starts_with("/*")) return past("*/", at + 2);
  const bool in_word = at > 0 && continues_word(text[at - 1]);
  if (rest.starts_with("R\"") && !in_word) {
    const std::size_t open = std::min(text.find('(', at), text.size());
    return past(")" + std::string(text.substr(at + 2, open - at - 2)) + "\"", open);
  }
  const char quote = rest.front();
  if (quote != '"' && (quote != '\'' || in_word)) return at;  // 1'000 has a quote inside a word
  std::size_t end = at + 1;
  while (end < text.size() && text[end] != quote && text[end] != '\n')
    end += text[end] == '\\' ? 2U : 1U;
  return std::min(end + 1, text.size());
}

bool is_left_out(const fs::path& relative) {
  const std::string first = relative.begin()->string();
  const std::string last = relative.filename().string();
  return first == "build" || first.starts_with("build-") || first == "out" ||
         first == "compile_commands.json" || last == ".git" || last == ".cache" ||
         last == "__pycache__";
}

}  // namespace

bool SourceFile::is_in(std::string_view folder) const { return path.starts_with(folder); }

std::string only_code(std::string_view text) {
  std::string code(text);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_hidden(text, at);
    for (std::size_t i = at; i < end; ++i) {
      if (code[i] != '\n') code[i] = ' ';
    }
    at = std::max(end, at + 1);
  }
  return code;
}

SourceFile source_file(std::string path, std::string_view text) {
  SourceFile file{std::move(path), lines_of(text), {}};
  if (file.is_cpp()) file.code = lines_of(only_code(text));
  return file;
}

std::vector<SourceFile> read_tree(const fs::path& root) {
  std::vector<SourceFile> files;
  for (auto entry = fs::recursive_directory_iterator(root);
       entry != fs::recursive_directory_iterator(); ++entry) {
    const fs::path relative = entry->path().lexically_relative(root);
    const bool left_out = is_left_out(relative);
    if (left_out && entry->is_directory()) entry.disable_recursion_pending();
    if (left_out || !entry->is_regular_file()) continue;
    std::ifstream in(entry->path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (text.find('\0') == std::string::npos)
      files.push_back(source_file(relative.generic_string(), text));
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

}  // namespace thaw::tidy
