#include "drivers/applied/clean_command.hpp"

// clang-format off
#include "drivers/applied/clean.hpp"  // before Boost: see drivers/http/awaitable.hpp
// clang-format on

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <map>
#include <optional>
#include <utility>

#include "drivers/fixture/fixture.hpp"
#include "drivers/kubernetes/reach.hpp"

namespace thaw::applied {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

using PoolsByRun = std::map<std::string, std::vector<std::string>>;  // of a test fixture

// "20260105-143000-k3f9: slimfaas-kapsule, since …, by HOST; in a, b; pools gpu"
std::string line_of(const RunLeft& run, const PoolsByRun& pools) {
  std::string line = run.id + ": ";
  line +=
      run.scenario.empty() ? "no ConfigMap of it is there" : run.scenario + ", since " + run.since;
  if (!run.identity.empty()) line += ", by " + run.identity;
  if (!run.namespaces.empty()) line += "; in " + listed(run.namespaces);
  if (const auto its = pools.find(run.id); its != pools.end())
    line += "; pools " + listed(its->second);
  return line;
}

std::vector<std::string> ids_of(const std::vector<RunLeft>& runs) {
  std::vector<std::string> ids;
  for (const RunLeft& run : runs) ids.push_back(run.id);
  return ids;
}

void expect_known(const std::vector<std::string>& wanted, const std::vector<RunLeft>& there) {
  const std::vector<std::string> known = ids_of(there);
  Diagnostics problems;
  for (const std::string& run : wanted) {
    if (std::ranges::find(known, run) != known.end()) continue;
    problems.error(
        {"thaw clean", 0, 0}, run,
        "no run of this id left anything" +
            (known.empty() ? std::string("; no run did") : "; these did: " + listed(known)));
  }
  problems.throw_if_any();
}

// A run that crashed before it had made anything else is known by its pools alone.
void add_runs_of(const PoolsByRun& pools, std::vector<RunLeft>& there) {
  const std::vector<std::string> known = ids_of(there);
  for (const auto& [run, names] : pools)
    if (std::ranges::find(known, run) == known.end()) there.push_back({run, {}, {}, {}, {}});
  std::ranges::sort(there, {}, &RunLeft::id);
}

Awaitable<bool> work(kubernetes::Transport& transport, const CleanOptions& options) {
  kubernetes::Reader reader(transport);
  std::vector<RunLeft> there = co_await runs(reader, options.namespaces);
  std::optional<fixture::Fixture> fixture = co_await fixture::Fixture::find(reader);
  PoolsByRun pools;
  if (fixture) pools = co_await fixture->pools_by_run();
  // A pool is in no namespace: who looks in some alone has those of the runs that are found there.
  if (options.namespaces.empty()) add_runs_of(pools, there);
  if (options.runs.empty() && !options.all) {
    for (const RunLeft& run : there) options.say(line_of(run, pools));
    options.say(there.empty() ? "no run left anything"
                              : "`thaw clean RUN…` removes what a run left, --all what all did");
    co_return true;
  }
  expect_known(options.runs, there);
  kubernetes::Writer writer(transport);
  bool complete = true;
  const std::vector<std::string> wanted = options.all ? ids_of(there) : options.runs;
  for (const std::string& run : wanted) {
    CleanSettings settings;
    settings.namespaces = options.namespaces;
    settings.within = options.within;
    settings.log = options.say;
    const Cleaned cleaned = co_await clean(reader, writer, run, settings);
    for (const std::string& left : cleaned.left) options.say("left: " + left);
    std::vector<std::string> removed;
    if (fixture) removed = co_await fixture->remove_pools_of(run);
    for (const std::string& pool : removed) options.say("Pool " + pool + " is removed");
    if (cleaned.left.empty()) options.say(run + " is gone");
    complete &= cleaned.left.empty();
  }
  co_return complete;
}

}  // namespace

bool clean_command(const CleanOptions& options) {
  kubernetes::Access access = kubernetes::reach(options.access, "clean");
  options.say(kubernetes::title_of(access));
  boost::asio::io_context io;
  kubernetes::Transport transport(io.get_executor(), std::move(access));
  bool complete = false;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, work(transport, options),
                        [&](std::exception_ptr thrown, bool all_gone) {
                          failure = std::move(thrown);
                          complete = all_gone;
                          transport.close();
                        });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return complete;
}

}  // namespace thaw::applied
