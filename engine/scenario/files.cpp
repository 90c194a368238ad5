#include "engine/scenario/files.hpp"

#include <glob.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "engine/diagnostic.hpp"
#include "engine/scenario/cursor.hpp"

namespace thaw::scenario {
namespace {

namespace fs = std::filesystem;

bool is_file(const std::string& path) {
  std::error_code none;
  return fs::exists(path, none) && !fs::is_directory(path, none);
}

bool is_folder(const std::string& path) {
  std::error_code none;
  return fs::is_directory(path, none);
}

// "a/b/" for "a/b/c.yaml", empty for "c.yaml".
std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

}  // namespace

std::vector<std::string> variants_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code fault;
  fs::directory_iterator entries(folder.empty() ? "." : folder, fault), end;
  for (; !fault && entries != end; entries.increment(fault)) {
    const fs::path& file = entries->path();
    if (file.extension() == ".yaml" && file.filename() != kMainFile)
      names.push_back(folder + file.stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Found find_scenario(const std::string& path) {
  std::string trimmed = path;
  while (trimmed.size() > 1 && trimmed.ends_with('/')) trimmed.pop_back();
  Found found;
  if (is_folder(trimmed)) {
    found.tried = {(trimmed == "/" ? "" : trimmed) + "/" + kMainFile};
    found.variants = variants_in(trimmed + "/");
  } else {
    found.tried = {trimmed, trimmed + ".yaml"};
    found.variants = variants_in(folder_of(trimmed));
  }
  for (const std::string& candidate : found.tried) {
    if (found.file.empty() && is_file(candidate)) found.file = candidate;
  }
  return found;
}

std::string scenario_file(const std::string& path) {
  const Found found = find_scenario(path);
  if (!found.file.empty()) return found.file;
  std::string message = "no such scenario, tried ";
  for (std::size_t i = 0; i < found.tried.size(); ++i)
    message += (i > 0 ? " and " : "") + found.tried[i];
  if (!found.variants.empty()) message += "; did you mean " + alternatives(found.variants) + "?";
  throw InputError({{{path, 0, 0}, "", message}});
}

std::string beside(const std::string& path, const std::string& name) {
  return folder_of(path) + name;
}

std::vector<std::string> matches(const std::string& path, const std::string& pattern) {
  std::string full;
  for (const char c : folder_of(path)) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos)
      full += '\\';  // the folder is no pattern
    full += c;
  }
  full += pattern;
  std::vector<std::string> files;
  glob_t result{};
  if (glob(full.c_str(), GLOB_NOSORT, nullptr, &result) == 0) {
    for (std::size_t i = 0; i < result.gl_pathc; ++i) {
      if (is_file(result.gl_pathv[i])) files.emplace_back(result.gl_pathv[i]);
    }
  }
  globfree(&result);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace thaw::scenario
