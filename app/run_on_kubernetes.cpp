#include "app/run_on_kubernetes.hpp"

#include <chrono>
#include <cstdio>

#include "app/governors.hpp"
#include "app/progress.hpp"
#include "app/run_results.hpp"
#include "app/terminal.hpp"
#include "app/verbs.hpp"
#include "drivers/trial/trial.hpp"
#include "policies/all.hpp"

namespace thaw::app {
namespace {

// What the driver logs: all of it is kept beside the results, and what a person has to know is told
// at once. Lines come from the driver's thread alone.
class DriverLog {
 public:
  explicit DriverLog(bool kept) : kept_(kept) {}

  void take(const std::string& line) {
    if (kept_) lines_ += line + "\n";
    if (line.find(R"("level":"warning")") != std::string::npos)
      std::fprintf(stderr, "%s\n", line.c_str());
  }
  const std::string& lines() const { return lines_; }

 private:
  bool kept_;
  std::string lines_;
};

}  // namespace

int run_on_kubernetes(const Scenario& scenario, const OnKubernetes& arguments) {
  const auto began = std::chrono::steady_clock::now();
  trial::Options options;
  options.objects = objects_of_scenario(arguments.scenario, arguments.overrides);
  Diagnostics problems;
  for (const std::string& text : arguments.policies)
    options.policies.push_back(PolicyChoice::parse(text, problems));
  for (const sim::Governor& one : governors_of(scenario, arguments.policies, problems))
    one.policy->make(one.spec, problems);  // settings that are wrong are found before anything is
  problems.throw_if_any();
  options.find = find_policy;
  options.access.kubeconfig = arguments.kubeconfig;
  options.access.context = arguments.context;
  options.time_scale = arguments.time_scale;
  options.seed = arguments.seed;
  options.gateway = arguments.gateway;
  options.say = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  DriverLog log(!arguments.out.empty());
  options.drive = [&log](const std::string& line) { log.take(line); };
  options.interrupted = &watch_for_interrupt();
  trial::Result result;
  {
    Progress progress;
    options.progress = [&](Duration passed, Duration until, const std::string& words) {
      progress.show(passed, until, words);
    };
    result = trial::run(scenario, options);
  }
  if (!arguments.out.empty()) write_files(arguments.out, {{"drive.jsonl", log.lines()}});
  const std::uint64_t requests = requests_of(result.summary);
  tell_results(scenario, result.summary, result.timeline, result.series_csv,
               measure(0, requests, began), arguments.out, arguments.format);
  if (result.interrupted) {
    std::fputs("interrupted: these are the results so far\n", stderr);
    return kInterrupted;
  }
  return result.summary.held() ? kHeld : kFailed;
}

}  // namespace thaw::app
