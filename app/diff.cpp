// thaw diff: two timelines held against each other.
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "app/terminal.hpp"
#include "app/verbs.hpp"
#include "engine/diagnostic.hpp"
#include "engine/diff/difference.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::app {
namespace {

struct DiffArguments {
  std::string a, b, within, settle = "1s", format = "text";
  std::vector<std::string> measures;
};

Duration duration_of(const std::string& text, const char* option) {
  const std::optional<Duration> length = units::duration(text);
  if (length && *length >= Duration{0}) return *length;
  throw InputError(
      {{{}, option, "expected a duration such as 2s or 500ms, found \"" + text + "\""}});
}

std::vector<diff::Measure> measures_of(const std::vector<std::string>& names) {
  std::vector<diff::Measure> measures;
  for (const diff::Measure measure : diff::Options{}.measures) {
    for (const std::string& name : names) {
      if (name == name_of(measure)) measures.push_back(measure);
    }
  }
  return measures;
}

int diff_timelines(const DiffArguments& arguments) {
  diff::Options options;
  options.settle = duration_of(arguments.settle, "--settle");
  if (!arguments.within.empty()) options.within = duration_of(arguments.within, "--within");
  if (!arguments.measures.empty()) options.measures = measures_of(arguments.measures);
  const diff::Difference difference =
      compare(diff::read_tracks(arguments.a), diff::read_tracks(arguments.b), options);
  const std::string text =
      arguments.format == "json" ? to_json(difference) : to_text(difference, coloured());
  std::fputs(text.c_str(), stdout);
  return difference.same() ? kHeld : kFailed;
}

}  // namespace

void add_diff(CLI::App& app, int& exit_code) {
  static DiffArguments arguments;
  CLI::App* verb = app.add_subcommand(
      "diff",
      "two timelines: the same changes of replicas and nodes, and who is later; 1 if they differ\n"
      "Example: thaw diff results/simulated results/observed --within 2s");
  verb->add_option("A", arguments.a, "a timeline.jsonl, or a folder that --out wrote")->required();
  verb->add_option("B", arguments.b, "the other")->required();
  verb->add_option("--within", arguments.within, "how late a change may be; default: any lag");
  verb->add_option("--settle", arguments.settle, "changes so close to one another are one")
      ->capture_default_str();
  verb->add_option("--of", arguments.measures, "of desired,replicas,ready,nodes; default: all")
      ->delimiter(',')
      ->check(CLI::IsMember({"desired", "replicas", "ready", "nodes"}));
  verb->add_option("--format", arguments.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->callback([&exit_code] { exit_code = diff_timelines(arguments); });
}

}  // namespace thaw::app
