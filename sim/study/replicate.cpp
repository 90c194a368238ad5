#include "sim/study/replicate.hpp"

#include <stdexcept>
#include <utility>

#include "sim/study/forked.hpp"

namespace thaw::sim {
namespace {

// An interrupted run has nothing to tell.
std::vector<std::string> run_one(const Scenario& scenario, RunOptions options, std::size_t index,
                                 const Render& render) {
  options.seed += index;
  options.progress = nullptr;
  const RunResult result = simulate(scenario, options);
  if (result.interrupted) return {};
  const Replication out = render(result, index == 0);
  return {out.summary,
          out.timeline,
          out.series,
          out.run_data,
          std::to_string(out.events),
          std::to_string(out.requests)};
}

Replication from_texts(const std::vector<std::string>& texts) {
  return {texts[0], texts[1], texts[2], texts[3], std::stoull(texts[4]), std::stoull(texts[5])};
}

}  // namespace

std::vector<Replication> replicate(const Scenario& scenario, const RunOptions& options,
                                   std::size_t replications, std::size_t jobs, const Render& render,
                                   const std::function<void(std::size_t done)>& progress) {
  std::vector<Replication> results(replications);
  std::vector<bool> complete(replications, false);
  std::size_t done = 0;
  std::string problem, refused;
  ForkedJobs runs;
  runs.count = replications;
  runs.at_once = jobs;
  runs.job = [&](std::size_t index) { return run_one(scenario, options, index, render); };
  runs.ended = [&](std::size_t index, const Forked& result) {
    if (result.end == Forked::End::refused) refused = result.message();
    if (result.end == Forked::End::stopped) return;
    if (result.end != Forked::End::returned) {
      problem = result.message();
    } else if (!result.texts.empty()) {
      results[index] = from_texts(result.texts);
      complete[index] = true;
      progress(++done);
    }
  };
  runs.stop = [&] {
    return !problem.empty() || (options.interrupted && options.interrupted->load());
  };
  run_forked(runs);
  if (!refused.empty()) throw InputError({{{}, "", refused}});
  if (!problem.empty()) throw std::runtime_error(problem);
  std::vector<Replication> whole;
  for (std::size_t i = 0; i < replications; ++i)
    if (complete[i]) whole.push_back(std::move(results[i]));
  return whole;
}

}  // namespace thaw::sim
