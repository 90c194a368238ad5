// thaw run: simulate a scenario, print what happened, write the result files.
#include <chrono>
#include <cstdio>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "app/explain.hpp"
#include "app/governors.hpp"
#include "app/precision.hpp"
#include "app/progress.hpp"
#include "app/recording_file.hpp"
#include "app/run_on_kubernetes.hpp"
#include "app/run_results.hpp"
#include "app/terminal.hpp"
#include "app/verbs.hpp"
#include "engine/report/html/page.hpp"
#include "engine/report/html/run_data.hpp"
#include "engine/report/output.hpp"
#include "engine/report/replications.hpp"
#include "engine/report/summary.hpp"
#include "engine/report/timeline.hpp"
#include "engine/scenario/load.hpp"
#include "engine/statistics/stopping.hpp"
#include "sim/simulation.hpp"
#include "sim/study/replicate.hpp"

namespace thaw::app {
namespace {

struct RunArguments {
  std::string scenario, out, format = "text", explain, record;
  std::vector<std::string> policies, overrides, traced;
  std::string on = "simulation", gateway, kubeconfig, context;
  int time_scale = 1;
  std::uint64_t seed = 1;
  std::size_t replications = 1, jobs = 1;  // with `precision` at most so many
  std::optional<double> precision;
  bool audit = false;
};

std::string data_of(const sim::RunResult& result, const Scenario& scenario) {
  return run_data(result.summary, result.timeline, scenario.start, result.series_csv);
}

int run_once(const Scenario& scenario, sim::RunOptions options, const RunArguments& arguments,
             std::chrono::steady_clock::time_point began) {
  std::optional<RecordingFile> recording;
  if (!arguments.record.empty()) recording.emplace(arguments.record).listen(scenario, options);
  sim::RunResult result;
  {
    Progress progress;
    options.progress = [&](Duration simulated) {
      progress.show(simulated, scenario.until.value_or(Duration{0}));
    };
    result = sim::simulate(scenario, options);
  }
  if (recording) {
    recording->add(result.timeline);
    recording->keep();
  }
  tell_results(scenario, result.summary, result.timeline, result.series_csv,
               measure(result.events, requests_of(result.summary), began), arguments.out,
               arguments.format);
  if (result.interrupted) {
    std::fputs("interrupted: these are the results so far\n", stderr);
    return kInterrupted;
  }
  return result.summary.held() ? kHeld : kFailed;
}

std::vector<std::string> summaries_of(const std::vector<sim::Replication>& runs) {
  std::vector<std::string> summaries;
  for (const sim::Replication& one : runs) summaries.push_back(one.summary);
  return summaries;
}

// All replications, or as many as --precision needs, looked at as engine/statistics/stopping.hpp
// says. `interrupted`: those that were complete.
std::vector<sim::Replication> run_replications(const Scenario& scenario, sim::RunOptions options,
                                               const RunArguments& arguments, bool& interrupted) {
  const std::uint64_t seed = options.seed;
  const std::size_t most = arguments.replications;
  std::vector<sim::Replication> runs;
  Progress progress;
  bool enough = false;
  while (!enough) {
    const std::size_t done = runs.size();
    const std::size_t to = arguments.precision ? next_look(done, most) : most;
    const auto render = [&](const sim::RunResult& result, bool first) {
      sim::Replication out;
      out.summary = to_json(result.summary);
      out.events = result.events;
      out.requests = requests_of(result.summary);
      if (!first || done > 0) return out;
      out.timeline = to_jsonl(result.timeline, scenario.start);
      out.series = result.series_csv;
      out.run_data = data_of(result, scenario);
      return out;
    };
    options.seed = seed + done;
    auto more = sim::replicate(
        scenario, options, to - done, arguments.jobs, render,
        [&](std::size_t of_these) { progress.show_share(done + of_these, to, "replications"); });
    interrupted = more.size() < to - done;
    std::move(more.begin(), more.end(), std::back_inserter(runs));
    enough =
        interrupted || to == most ||
        precise(merge_replications(summaries_of(runs), false).widest.share, *arguments.precision);
  }
  return runs;
}

int run_many(const Scenario& scenario, const sim::RunOptions& options,
             const RunArguments& arguments, std::chrono::steady_clock::time_point began) {
  bool interrupted = false;
  const auto runs = run_replications(scenario, options, arguments, interrupted);
  if (runs.empty()) return kInterrupted;
  std::uint64_t events = 0, requests = 0;
  for (const sim::Replication& one : runs) {
    events += one.events;
    requests += one.requests;
  }
  const Replications merged =
      merge_replications(summaries_of(runs), coloured(), arguments.precision);
  if (!arguments.out.empty()) {
    write_files(arguments.out, {{"summary.json", merged.json},
                                {"timeline.jsonl", runs.front().timeline},
                                {"series.csv", runs.front().series},
                                {"report.html", run_html(merged.json, runs.front().run_data)},
                                {"performance.json", to_json(measure(events, requests, began))}});
  }
  std::fputs(arguments.format == "json" ? merged.json.c_str() : merged.text.c_str(), stdout);
  if (interrupted) {
    std::fprintf(stderr, "interrupted: %zu of %zu replications\n", runs.size(),
                 arguments.replications);
    return kInterrupted;
  }
  return merged.held ? kHeld : kFailed;
}

int run(const RunArguments& arguments) {
  const auto began = std::chrono::steady_clock::now();
  const Scenario scenario = load_scenario(arguments.scenario, arguments.overrides);
  if (arguments.on == "kubernetes")
    return run_on_kubernetes(
        scenario, {arguments.scenario, arguments.overrides, arguments.policies, arguments.seed,
                   arguments.time_scale, arguments.gateway, arguments.kubeconfig, arguments.context,
                   arguments.out, arguments.format});
  Diagnostics problems;
  sim::RunOptions options;
  options.governors = governors_of(scenario, arguments.policies, problems);
  problems.throw_if_any();
  options.seed = arguments.seed;
  options.audit = arguments.audit;
  options.interrupted = &watch_for_interrupt();
  for (const std::string& name : arguments.traced)
    options.traced.push_back(function_named(scenario, name, "--trace " + name));
  if (!arguments.explain.empty()) return explain(scenario, std::move(options), arguments.explain);
  return arguments.replications == 1 ? run_once(scenario, std::move(options), arguments, began)
                                     : run_many(scenario, options, arguments, began);
}

// A cluster has one run at a time, at its own speed, and shows what can be seen from outside.
void add_on_kubernetes(CLI::App& verb, RunArguments& arguments) {
  CLI::Option* const on = verb.add_option("--on", arguments.on,
                                          "simulation, or kubernetes: put the manifests on a "
                                          "cluster, play the load there, take all of it away again")
                              ->check(CLI::IsMember({"simulation", "kubernetes"}))
                              ->capture_default_str();
  verb.add_option("--kubeconfig", arguments.kubeconfig, "of that cluster; default: as kubectl")
      ->needs(on);
  verb.add_option("--context", arguments.context, "of the kubeconfig; default: its current one")
      ->needs(on);
  verb.add_option("--gateway", arguments.gateway,
                  "http://HOST:PORT of a gateway in the cluster, whose owner scales; default: this "
                  "process is it")
      ->needs(on);
  verb.add_option("--time-scale", arguments.time_scale,
                  "so many times as fast; on a test fixture alone")
      ->check(CLI::Range(1, 1000))
      ->needs(on)
      ->capture_default_str();
  for (const char* const simulated :
       {"--replications", "--trace", "--audit", "--explain", "--record", "--precision"})
    verb.get_option(simulated)->excludes(on);
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  static RunArguments arguments;
  CLI::App* verb = app.add_subcommand(
      "run",
      "simulate a scenario: timeline, checks, summary\n"
      "Example: thaw run scenarios/slimfaas-kapsule/short-idle --set functions.ollama.image=8GB\n"
      "Example: thaw run scenarios/slimfaas-kapsule --explain ollama@12min30s\n"
      "Example: thaw run scenarios/suse-hpa --on kubernetes");
  verb->add_option("SCENARIO", arguments.scenario, "a folder, a file, or a variant (FOLDER/NAME)")
      ->required();
  verb->add_option("--seed", arguments.seed, "of every random stream")
      ->check(CLI::NonNegativeNumber)  // -1 would wrap around
      ->capture_default_str();
  verb->add_option("--replications", arguments.replications,
                   "runs with seeds N, N+1, …: means and 95 % intervals")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  verb->add_option("--jobs", arguments.jobs,
                   "replications at once; the results do not depend on it")
      ->check(CLI::Range(1, 1'024))
      ->capture_default_str();
  verb->add_option("--policy", arguments.policies,
                   "[FUNCTION=]NAME[:key=value,…] instead of the manifest's, or "
                   "[FUNCTION=]exec:COMMAND: a program of your own")
      ->allow_extra_args(false);
  verb->add_option("--set", arguments.overrides, "PATH=VALUE in the scenario, list items by name")
      ->allow_extra_args(false);
  verb->add_option("--out", arguments.out,
                   "folder for report.html (a page to look at), summary.json, timeline.jsonl, "
                   "series.csv, performance.json");
  CLI::Option* out = verb->get_option("--out");
  CLI::Option* format = verb->add_option("--format", arguments.format,
                                         "text, or json: the summary alone on standard output")
                            ->check(CLI::IsMember({"text", "json"}))
                            ->capture_default_str();
  CLI::Option* trace =
      verb->add_option("--trace", arguments.traced,
                       "FUNCTION: its every decision in the timeline, not only what changes")
          ->allow_extra_args(false);
  CLI::Option* audit = verb->add_flag(
      "--audit", arguments.audit,
      "prove that waits, node time and money add up, to the last unit; exit 1 if not");
  verb->add_option("--explain", arguments.explain,
                   "FUNCTION@TIME: what the last decision until then saw, its formula and limits")
      ->excludes(out, format, trace, audit, verb->get_option("--replications"));
  verb->add_option("--record", arguments.record,
                   "a file: what policies saw and decided, for thaw replay")
      ->excludes(verb->get_option("--replications"), verb->get_option("--explain"));
  add_precision(*verb, arguments.precision);
  verb->get_option("--precision")->excludes(verb->get_option("--record"));
  verb->get_option("--precision")->excludes(verb->get_option("--explain"));
  add_on_kubernetes(*verb, arguments);
  verb->callback([&exit_code, replications = verb->get_option("--replications")] {
    if (arguments.precision && replications->count() == 0)
      arguments.replications = kMostForPrecision;
    exit_code = run(arguments);
  });
}

}  // namespace thaw::app
