// The repository as the tidy rules see it: every text file, line by line.
//
// Errors: read_tree throws std::filesystem::filesystem_error when the root cannot be walked.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace thaw::tidy {

struct SourceFile {
  std::string path;                // from the repository's root, with '/'
  std::vector<std::string> lines;  // as they are
  std::vector<std::string>
      code;  // C++: without comments and without what stands in literals; else empty

  bool is_cpp() const { return path.ends_with(".cpp") || path.ends_with(".hpp"); }
  bool is_in(std::string_view folder) const;  // "sim/" or a file's own path
};

SourceFile source_file(std::string path, std::string_view text);

// Blanks out comments and the contents of string and character literals; newlines stay where they
// are.
std::string only_code(std::string_view text);

// Sorted by path. Build folders, results of runs and what git keeps for itself are left out, so are
// binary files.
std::vector<SourceFile> read_tree(const std::filesystem::path& root);

}  // namespace thaw::tidy
