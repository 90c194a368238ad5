#include "engine/scenario/load.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "engine/scenario/files.hpp"
#include "engine/scenario/merge.hpp"
#include "engine/scenario/resolve.hpp"
#include "engine/scenario/sections.hpp"

namespace thaw {
Scenario load_scenario(const std::string& path, const std::vector<std::string>& overrides) {
  const std::string file = scenario::scenario_file(path);
  Diagnostics problems;
  const yaml::Node tree = scenario::assemble(file, overrides, problems);

  scenario::Reading reading{problems, {}, {}, file};
  std::optional<scenario::Document> document = scenario::document().read({tree, "", reading});
  if (document) {
    scenario::read_workloads(*document, file, problems);
    const std::vector<std::string> groups = scenario::multiply_functions(document->scenario);
    scenario::check_references(document->scenario, groups, reading);
    scenario::find_traces(document->scenario, file, problems);
    scenario::add_notices(document->scenario, reading);
  }
  problems.throw_if_any();
  document->scenario.notices = problems.notices();
  return std::move(document->scenario);
}

std::vector<ManifestSource> manifests_of_scenario(const std::string& path, Diagnostics& problems) {
  const std::string file = scenario::scenario_file(path);
  const yaml::Node tree = scenario::assemble(file, {}, problems);
  scenario::Reading reading{problems, {}, {}, file};
  const auto document = scenario::document().read({tree, "", reading});
  return document ? scenario::find_manifests(*document, file, problems)
                  : std::vector<ManifestSource>{};
}

std::string scenario_schema() { return scenario::schema_text(scenario::document().schema); }

}  // namespace thaw
