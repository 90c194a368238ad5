// thaw drive, thaw record: be the autoscaler of a cluster, or watch beside the one that is there.
#include "drivers/world/drive.hpp"

#include <cstdio>
#include <string>

#include "app/verbs.hpp"
#include "policies/all.hpp"

namespace thaw::app {

namespace {

int drive(world::DriveOptions& options) {
  options.find = find_policy;
  options.log = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  world::drive(options);
  return kHeld;
}

}  // namespace

void add_drive(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<world::DriveOptions>();
  CLI::App* const verb = app.add_subcommand(
      "drive",
      "be the autoscaler of a Kubernetes cluster, until SIGTERM\n"
      "Example: thaw drive drive.yaml --shadow   (docs/drive.md says what the file holds)");
  verb->add_option("CONFIG", options->config, "apiVersion: thaw/v1, kind: Drive")->required();
  verb->add_flag("--shadow", options->shadow,
                 "decide beside the cluster's own autoscaler, and write nothing");
  verb->add_option("--identity", options->identity,
                   "in the Lease; default $POD_UID, else the host's name");
  verb->add_option("--record", options->record,
                   "a folder: what is seen and decided, for thaw replay and thaw calibrate");
  verb->callback([options, &exit_code] { exit_code = drive(*options); });
}

void add_record(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<world::DriveOptions>();
  options->shadow = true;
  CLI::App* const verb = app.add_subcommand(
      "record",
      "look on as thaw drive --shadow does, and write down all of it, until SIGTERM\n"
      "Example: thaw record drive.yaml --out recorded/");
  verb->add_option("CONFIG", options->config, "as of thaw drive")->required();
  verb->add_option("--out", options->record, "a folder; earlier recordings in it stay")->required();
  verb->callback([options, &exit_code] { exit_code = drive(*options); });
}

}  // namespace thaw::app
