// thaw run: simulate a scenario, print what happened, write the result files.
#include <sys/resource.h>

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
  std::uint64_t seed = 1;
  std::size_t replications = 1, jobs = 1;  // with `precision` at most so many
  std::optional<double> precision;
  bool audit = false;
};

double cpu_seconds(const rusage& usage) {
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

std::uint64_t requests_of(const sim::RunResult& result) {
  std::int64_t requests = 0;
  for (const auto& [name, function] : result.summary.functions) requests += function.requests.total;
  return static_cast<std::uint64_t>(requests);
}

Performance measure(std::uint64_t events, std::uint64_t requests,
                    std::chrono::steady_clock::time_point began) {
  rusage own{}, children{};
  getrusage(RUSAGE_SELF, &own);
  getrusage(RUSAGE_CHILDREN, &children);
  Performance performance;
  performance.events = events;
  performance.cpu_s = cpu_seconds(own) + cpu_seconds(children);
  performance.wall_s = seconds(std::chrono::steady_clock::now() - began);
  performance.requests_per_cpu_second =
      performance.cpu_s > 0 ? static_cast<double>(requests) / performance.cpu_s : 0;
  performance.peak_rss_bytes = std::int64_t{std::max(own.ru_maxrss, children.ru_maxrss)} * 1024;
  performance.version = THAW_VERSION;
  return performance;
}

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
  const std::string summary = to_json(result.summary);
  if (!arguments.out.empty()) {
    write_files(arguments.out, {{"summary.json", summary},
                                {"timeline.jsonl", to_jsonl(result.timeline, scenario.start)},
                                {"series.csv", result.series_csv},
                                {"report.html", run_html(summary, data_of(result, scenario))},
                                {"performance.json",
                                 to_json(measure(result.events, requests_of(result), began))}});
  }
  if (arguments.format == "json") {
    std::fputs(summary.c_str(), stdout);
  } else {
    std::printf("%s\n%s", to_text(result.timeline, scenario.start, coloured()).c_str(),
                to_text(result.summary, coloured()).c_str());
  }
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
      out.requests = requests_of(result);
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

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  static RunArguments arguments;
  CLI::App* verb = app.add_subcommand(
      "run",
      "simulate a scenario: timeline, checks, summary\n"
      "Example: thaw run scenarios/slimfaas-kapsule/short-idle --set functions.ollama.image=8GB\n"
      "Example: thaw run scenarios/slimfaas-kapsule --explain ollama@12min30s");
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
  verb->callback([&exit_code, replications = verb->get_option("--replications")] {
    if (arguments.precision && replications->count() == 0)
      arguments.replications = kMostForPrecision;
    exit_code = run(arguments);
  });
}

}  // namespace thaw::app
