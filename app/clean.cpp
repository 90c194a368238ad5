// thaw clean: what runs on a cluster left behind, listed or removed.
#include <cstdio>
#include <string>

#include "app/verbs.hpp"
#include "drivers/applied/clean_command.hpp"
#include "engine/diagnostic.hpp"

namespace thaw::app {

void add_clean(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<applied::CleanOptions>();
  CLI::App* const verb = app.add_subcommand(
      "clean",
      "tell what runs left on a cluster, and remove it: after a crash, or where a run could not\n"
      "Example: thaw clean --all --context kapsule   (docs/clean.md: what goes, and by which "
      "rights)");
  verb->add_option("RUN", options->runs, "ids of runs; without them and --all they are listed");
  verb->add_flag("--all", options->all, "every run that left something");
  verb->add_option("--kubeconfig", options->access.kubeconfig,
                   "default $KUBECONFIG, else ~/.kube/config");
  verb->add_option("--context", options->access.context, "default the kubeconfig's current one");
  verb->add_option("--namespace", options->namespaces,
                   "look in these alone; default the whole cluster");
  verb->callback([options, &exit_code] {
    if (options->all && !options->runs.empty())
      throw InputError({{{"thaw clean", 0, 0}, "--all", "is instead of ids of runs"}});
    options->say = [](const std::string& line) {
      std::printf("%s\n", line.c_str());
      std::fflush(stdout);
    };
    exit_code = applied::clean_command(*options) ? kHeld : kOutside;
  });
}

}  // namespace thaw::app
