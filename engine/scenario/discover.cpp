#include "engine/scenario/discover.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>

#include "engine/diagnostic.hpp"
#include "engine/scenario/files.hpp"
#include "engine/scenario/yaml.hpp"

namespace thaw {
namespace {

namespace fs = std::filesystem;

// A file that cannot be parsed is one of ours when a line looks like it: its mistake is then told,
// and not passed over.
bool has_line_of_scenario(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  for (std::string line; std::getline(stream, line);)
    if (line.starts_with("base:") || line.starts_with("kind: Scenario")) return true;
  return false;
}

// Manifests may lie beside a scenario, too.
bool is_scenario(const std::string& file) {
  Diagnostics problems;
  const std::vector<yaml::Node> documents =
      yaml::parse_file(file, yaml::kScenarioLimits, {file, 0, 0}, problems);
  if (!problems.ok() || documents.empty()) return has_line_of_scenario(file);
  const yaml::Node& first = documents.front();
  if (first.kind != yaml::Node::Kind::map) return false;
  const yaml::Node* kind = first.find("kind");
  return first.find("base") != nullptr || (kind && kind->scalar == "Scenario");
}

// As a path from the working directory where it lies below it, so that a report does not depend on
// how the folder was named.
std::string from_here(const std::string& path) {
  std::error_code fault;
  const fs::path here = fs::current_path(fault);
  const fs::path given = fs::path(path).lexically_normal();
  if (fault || given.is_relative()) return given.string();
  const fs::path relative = given.lexically_relative(here);
  return relative.empty() || *relative.begin() == ".." ? given.string() : relative.string();
}

// "a/b" for "a/b/scenario.yaml", "a/b/c" for "a/b/c.yaml".
std::string name_of(const std::string& file) {
  const fs::path path(file);
  if (path.filename() == scenario::kMainFile && path.has_parent_path())
    return path.parent_path().string();
  return path.extension() == ".yaml" ? fs::path(path).replace_extension().string() : file;
}

class Search {
 public:
  void add(const std::string& file) {
    const std::string shown = from_here(file);
    files_.emplace(name_of(shown), shown);
  }

  // False: there is none.
  bool add_below(const fs::path& folder) {
    std::error_code fault;
    const std::string main = (folder / scenario::kMainFile).string();
    bool any = fs::is_regular_file(main, fault);
    if (any) add_with_siblings(folder, main);
    fs::directory_iterator entries(folder, fault), end;
    for (; !fault && entries != end; entries.increment(fault)) {
      const fs::path& below = entries->path();
      std::error_code none;
      const bool followed = entries->is_directory(none) && !entries->is_symlink(none) &&
                            !below.filename().string().starts_with('.');
      if (followed && add_below(below)) any = true;
    }
    if (fault) throw InputError({{{folder.string(), 0, 0}, "", fault.message()}});
    return any;
  }

  std::vector<ScenarioFile> found() const {
    std::vector<ScenarioFile> all;
    for (const auto& [name, file] : files_) all.push_back({name, file});
    return all;
  }

 private:
  void add_with_siblings(const fs::path& folder, const std::string& main) {
    add(main);
    for (const std::string& other : scenario::variants_in(folder.string() + "/"))
      if (is_scenario(other + ".yaml")) add(other + ".yaml");
  }

  std::map<std::string, std::string> files_;  // by name
};

}  // namespace

std::vector<ScenarioFile> discover_scenarios(const std::vector<std::string>& paths) {
  Search search;
  for (const std::string& path : paths) {
    std::error_code none;
    if (!fs::is_directory(path, none)) {
      search.add(scenario::scenario_file(path));
      continue;
    }
    if (!search.add_below(from_here(path)))
      throw InputError({{{path, 0, 0},
                         "",
                         "there is no scenario in this folder or below it: expected a file " +
                             std::string(scenario::kMainFile)}});
  }
  return search.found();
}

}  // namespace thaw
