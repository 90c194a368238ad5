// thaw test: every scenario and variant below some folders, their checks as tests, their decisions
// against a baseline.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "app/progress.hpp"
#include "app/terminal.hpp"
#include "app/test/decisions.hpp"
#include "app/test/report.hpp"
#include "app/test/run_scenarios.hpp"
#include "app/verbs.hpp"
#include "engine/report/output.hpp"
#include "engine/scenario/discover.hpp"

namespace thaw::app {
namespace {

struct TestArguments {
  std::vector<std::string> folders;
  std::string junit, format = "text";
  std::uint64_t seed = kBaselineSeed;
  std::size_t jobs = std::max(1U, std::thread::hardware_concurrency());
  bool write_decisions = false, audit = false;
};

int exit_code_of(const TestReport& report) {
  using State = ScenarioTest::State;
  if (report.count(State::not_run) > 0) return kInterrupted;
  if (report.count(State::refused) > 0) return kBadInput;
  if (report.count(State::broke) > 0) return kOutside;
  return report.held() == report.scenarios.size() ? kHeld : kFailed;
}

TestReport run_with_progress(const std::vector<ScenarioFile>& scenarios,
                             const TestArguments& arguments) {
  Progress progress;
  const auto show = [&](std::size_t done) {
    progress.show_share(done, scenarios.size(), "scenarios");
  };
  return run_scenarios(
      scenarios, {arguments.seed, arguments.jobs, arguments.audit, watch_for_interrupt(), show});
}

int test(const TestArguments& arguments) {
  TestReport report = run_with_progress(discover_scenarios(arguments.folders), arguments);
  if (arguments.write_decisions && exit_code_of(report) != kInterrupted) write_decisions(report);
  const int exit_code = exit_code_of(report);
  std::fputs(
      arguments.format == "json" ? to_json(report).c_str() : to_text(report, coloured()).c_str(),
      stdout);
  if (!arguments.junit.empty()) {
    const std::filesystem::path file(arguments.junit);
    const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
    write_files(folder, {{file.filename().string(), to_junit(report)}});
  }
  if (exit_code == kInterrupted) std::fputs("interrupted: these are the results so far\n", stderr);
  return exit_code;
}

}  // namespace

void add_test(CLI::App& app, int& exit_code) {
  static TestArguments arguments;
  CLI::App* verb = app.add_subcommand(
      "test",
      "run all scenarios and variants below folders: checks as tests, decisions as before\n"
      "Example: thaw test scenarios --junit out/junit.xml\n"
      "Example: thaw test scenarios/slimfaas-kapsule --write-decisions");
  verb->add_option("FOLDER", arguments.folders,
                   "with scenarios in it or below; or one scenario, as `thaw run` takes it")
      ->required();
  verb->add_option("--junit", arguments.junit, "FILE: the results as JUnit XML, too");
  CLI::Option* seed =
      verb->add_option("--seed", arguments.seed,
                       "of every random stream; decisions are compared under seed 1 only")
          ->check(CLI::NonNegativeNumber)  // -1 would wrap around
          ->capture_default_str();
  verb->add_option("--jobs", arguments.jobs,
                   "scenarios at once (default: the processor's cores); no result depends on it")
      ->check(CLI::Range(1, 1'024));
  verb->add_option("--format", arguments.format, "text, or json: one document on standard output")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->add_flag("--audit", arguments.audit,
                 "the proofs of `thaw run --audit` as checks of every scenario");
  verb->add_flag("--write-decisions", arguments.write_decisions,
                 "make what is decided now the baseline: FOLDER/decisions/*.txt")
      ->excludes(seed);
  verb->callback([&exit_code] { exit_code = test(arguments); });
}

}  // namespace thaw::app
