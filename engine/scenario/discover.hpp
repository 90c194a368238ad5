// Every scenario below a folder: each folder with a scenario.yaml, and beside it its variants, the
// files that say `base:`, and further scenarios, those that say `kind: Scenario`.
//
// Folders that begin with a dot are left out, links to folders are not followed. Throws InputError
// when there is nothing to be found.
#pragma once

#include <string>
#include <vector>

namespace thaw {

struct ScenarioFile {
  std::string name;  // what `thaw run` is given for it: "scenarios/suse-hpa/as-written"
  std::string file;  // "scenarios/suse-hpa/as-written.yaml"
};

// `paths` are folders, or single scenarios as load_scenario takes them. Ordered by name, each once;
// what lies below the working directory is named from there.
std::vector<ScenarioFile> discover_scenarios(const std::vector<std::string>& paths);

}  // namespace thaw
