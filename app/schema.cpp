// thaw schema: the scenario file's JSON Schema, for editors.
#include <cstdio>

#include "app/verbs.hpp"
#include "engine/scenario/load.hpp"

namespace thaw::app {

void add_schema(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand(
      "schema", "print the JSON Schema of the scenario file (thaw schema > thaw.schema.json)");
  verb->callback([&exit_code] {
    std::fputs(scenario_schema().c_str(), stdout);
    exit_code = kHeld;
  });
}

}  // namespace thaw::app
