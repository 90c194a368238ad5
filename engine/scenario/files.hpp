// Where a scenario's files are: the folder, file or variant that a user names, and globs of
// manifests. Throws nothing; a name that leads nowhere comes back empty.
#pragma once

#include <string>
#include <vector>

namespace thaw::scenario {

// The file that `path` means: a folder's scenario.yaml, the file itself, or a variant without its
// ending.
struct Found {
  std::string file;  // empty: there is none
  std::vector<std::string> tried;
  std::vector<std::string> variants;  // there instead: "scenarios/suse-hpa/as-written"
};
Found find_scenario(const std::string& path);

// A file in the same folder.
std::string beside(const std::string& path, const std::string& name);

// Regular files in the folder of `path` that match `pattern` (*, ? and […] in each part), in order
// of name.
std::vector<std::string> matches(const std::string& path, const std::string& pattern);

}  // namespace thaw::scenario
