// Where a scenario's files are: the folder, file or variant that a user names, and globs of
// manifests. A name that leads nowhere comes back empty; only scenario_file throws.
#pragma once

#include <string>
#include <vector>

namespace thaw::scenario {

inline constexpr const char* kMainFile = "scenario.yaml";

// The file that `path` means: a folder's scenario.yaml, the file itself, or a variant without its
// ending.
struct Found {
  std::string file;  // empty: there is none
  std::vector<std::string> tried;
  std::vector<std::string> variants;  // there instead: "scenarios/suse-hpa/as-written"
};
Found find_scenario(const std::string& path);
// The same, or InputError with what was tried and what is there instead.
std::string scenario_file(const std::string& path);

// The other .yaml files of a folder ("a/b/", or "" for the working directory), without their
// ending, in order of name; whether they are variants is not looked at.
std::vector<std::string> variants_in(const std::string& folder);

// A file in the same folder.
std::string beside(const std::string& path, const std::string& name);

// Regular files in the folder of `path` that match `pattern` (*, ? and […] in each part), in order
// of name.
std::vector<std::string> matches(const std::string& path, const std::string& pattern);

}  // namespace thaw::scenario
