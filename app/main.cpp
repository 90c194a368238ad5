// thaw: the command. Parses, calls a verb, prints what went wrong.
#include <cstdio>
#include <exception>
#include <string>

#include "app/verbs.hpp"
#include "engine/diagnostic.hpp"

namespace {

int run_command(int argc, char** argv) {
  using namespace thaw::app;
  CLI::App app(
      "thaw: which scaling policy, with which settings, keeps your latency promise at the lowest "
      "bill?\n"
      "Example: thaw run scenarios/slimfaas-kapsule --seed 7 --out results/kapsule",
      "thaw");
  app.set_version_flag("--version", "thaw " THAW_VERSION);
  app.require_subcommand(0, 1);  // CLI11 would ask for a subcommand where an unknown one stands
  int exit_code = kHeld;
  add_run(app, exit_code);
  add_compare(app, exit_code);
  add_test(app, exit_code);
  add_calibrate(app, exit_code);
  add_clean(app, exit_code);
  add_decide(app, exit_code);
  add_lint(app, exit_code);
  add_diff(app, exit_code);
  add_drive(app, exit_code);
  add_museum(app, exit_code);
  add_policies(app, exit_code);
  add_record(app, exit_code);
  add_replay(app, exit_code);
  add_schema(app, exit_code);
  add_trace(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    const int code = app.exit(problem);
    return code == 0 ? kHeld : kBadInput;
  }
  if (app.get_subcommands().empty()) {
    std::fputs(app.help().c_str(), stderr);
    return kBadInput;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace thaw::app;
  try {
    return run_command(argc, argv);
  } catch (const thaw::InputError& error) {
    for (const thaw::Diagnostic& problem : error.problems())
      std::fprintf(stderr, "%s\n", thaw::to_text(problem).c_str());
    return kBadInput;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "thaw: %s\n", error.what());
    return kOutside;
  }
}
