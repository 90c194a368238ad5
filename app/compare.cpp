// thaw compare: policies against each other on one scenario, under common random numbers.
#include "sim/study/compare.hpp"

#include <cstdio>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/compare/contenders.hpp"
#include "app/precision.hpp"
#include "app/progress.hpp"
#include "app/terminal.hpp"
#include "app/verbs.hpp"
#include "engine/report/comparison.hpp"
#include "engine/report/html/page.hpp"
#include "engine/report/output.hpp"
#include "engine/scenario/load.hpp"

namespace thaw::app {
namespace {

constexpr std::size_t kReplications = 10;

struct CompareArguments {
  std::string scenario, policies, out, format = "text";
  std::vector<std::string> overrides;
  std::uint64_t seed = 1;
  std::optional<std::size_t> replications;
  std::optional<double> precision;
  std::size_t jobs = std::max(1U, std::thread::hardware_concurrency());
};

void write(const std::string& folder, const Comparison& comparison) {
  const std::string json = to_json(comparison);
  write_files(folder, {{"compare.json", json},
                       {"report.html", comparison_html(json)},
                       {"compare.md", to_markdown(comparison)},
                       {"compare.csv", to_csv(comparison)}});
}

int compare(const CompareArguments& arguments) {
  const Scenario scenario = load_scenario(arguments.scenario, arguments.overrides);
  Diagnostics problems;
  sim::Tournament tournament;
  tournament.contenders = contenders_of(scenario, split_policies(arguments.policies), problems);
  problems.throw_if_any();
  tournament.seed = arguments.seed;
  tournament.jobs = arguments.jobs;
  tournament.precision = arguments.precision;
  tournament.replications =
      arguments.replications.value_or(tournament.precision ? kMostForPrecision : kReplications);
  tournament.interrupted = &watch_for_interrupt();
  sim::TournamentResult result;
  {
    Progress progress;
    tournament.progress = [&](std::size_t done, std::size_t of) {
      progress.show_share(done, of, "runs");
    };
    result = sim::compare(scenario, tournament);
  }
  if (result.comparison.replications > 0) {
    if (!arguments.out.empty()) write(arguments.out, result.comparison);
    const std::string text = arguments.format == "json" ? to_json(result.comparison)
                                                        : to_text(result.comparison, coloured());
    std::fputs(text.c_str(), stdout);
  }
  if (!result.interrupted) return kHeld;
  std::fprintf(stderr, "interrupted: %zu replications were whole\n",
               result.comparison.replications);
  return kInterrupted;
}

}  // namespace

void add_compare(CLI::App& app, int& exit_code) {
  static CompareArguments arguments;
  CLI::App* verb = app.add_subcommand(
      "compare",
      "policies against each other: cost, latency, waste, who dominates whom\n"
      "Example: thaw compare scenarios/slimfaas-kapsule\n"
      "Example: thaw compare scenarios/keep-alive --policies 'keep_alive:idle=60s;"
      "keep_alive:idle=600s' --set workload.load.until=20000s");
  verb->add_option("SCENARIO", arguments.scenario, "a folder, a file, or a variant (FOLDER/NAME)")
      ->required();
  verb->add_option(
      "--policies", arguments.policies,
      "A;B;… each [FUNCTION=]NAME[:key=value,…] or \"manifest\", what the scenario's "
      "own files ask for, or \"default\", manifest and every policy there is; {max} and {slots} "
      "are as many as the cluster has cards and a replica serves at once; a comma "
      "separates too where no setting follows it");
  verb->add_option("--replications", arguments.replications,
                   "runs of each policy, with seeds N, N+1, … (default 10)")
      ->check(CLI::Range(1, 100'000));
  add_precision(*verb, arguments.precision);
  verb->add_option("--jobs", arguments.jobs,
                   "runs at once (default: the processor's cores); no result depends on it")
      ->check(CLI::Range(1, 1'024));
  verb->add_option("--seed", arguments.seed, "of every random stream of the first replication")
      ->check(CLI::NonNegativeNumber)  // -1 would wrap around
      ->capture_default_str();
  verb->add_option("--set", arguments.overrides, "PATH=VALUE in the scenario, list items by name")
      ->allow_extra_args(false);
  verb->add_option(
      "--out", arguments.out,
      "folder for report.html (a page to look at), compare.json, compare.md, compare.csv");
  verb->add_option("--format", arguments.format, "text, or json: compare.json on standard output")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->callback([&exit_code] { exit_code = compare(arguments); });
}

}  // namespace thaw::app
