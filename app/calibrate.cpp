// thaw calibrate: what recordings say of how long things take.
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "app/recording_file.hpp"
#include "app/verbs.hpp"
#include "engine/calibration/calibration.hpp"
#include "engine/report/output.hpp"

namespace thaw::app {
namespace {

struct CalibrateArguments {
  std::vector<std::string> files;
  std::string out, base = "scenario.yaml", format = "text";
};

int calibrate_files(const CalibrateArguments& arguments) {
  calibration::Observed together;
  for (const std::string& file : arguments.files) {
    calibration::Observing observing;
    read_recording(file, [&](recording::Line line, int) { observing.take(line); });
    together.add(observing.finish());
  }
  const std::vector<calibration::Fitted> fitted = calibrate(together);
  if (!arguments.out.empty()) {
    const std::filesystem::path out(arguments.out);
    const std::string folder = out.has_parent_path() ? out.parent_path().string() : ".";
    write_files(folder, {{out.filename().string(), to_overlay(fitted, arguments.base)}});
  }
  const std::string text = arguments.format == "json" ? to_json(fitted) : to_text(fitted);
  std::fputs(text.c_str(), stdout);
  return kHeld;
}

}  // namespace

void add_calibrate(CLI::App& app, int& exit_code) {
  static CalibrateArguments arguments;
  CLI::App* verb = app.add_subcommand(
      "calibrate",
      "what recordings say of how long nodes, containers and requests take, with intervals\n"
      "Example: thaw calibrate monday.jsonl tuesday.jsonl --out scenarios/mine/observed.yaml");
  verb->add_option("FILE", arguments.files,
                   "that thaw run --record or thaw record wrote; several count together")
      ->required();
  verb->add_option("--out", arguments.out, "a variant with what was observed");
  verb->add_option("--base", arguments.base, "what the variant is of")->capture_default_str();
  verb->add_option("--format", arguments.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->callback([&exit_code] { exit_code = calibrate_files(arguments); });
}

}  // namespace thaw::app
