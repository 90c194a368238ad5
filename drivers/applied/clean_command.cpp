#include "drivers/applied/clean_command.hpp"

// clang-format off
#include "drivers/applied/clean.hpp"  // before Boost: see drivers/http/awaitable.hpp
// clang-format on

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <utility>

#include "drivers/kubernetes/reach.hpp"

namespace thaw::applied {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// "20260105-143000-k3f9: slimfaas-kapsule, since …, by HOST; in a, b"
std::string line_of(const RunLeft& run) {
  std::string line = run.id + ": ";
  line += run.scenario.empty() ? "its ConfigMaps are gone" : run.scenario + ", since " + run.since;
  if (!run.identity.empty()) line += ", by " + run.identity;
  if (!run.namespaces.empty()) line += "; in " + listed(run.namespaces);
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

Awaitable<bool> work(kubernetes::Transport& transport, const CleanOptions& options) {
  kubernetes::Reader reader(transport);
  const std::vector<RunLeft> there = co_await runs(reader, options.namespaces);
  if (options.runs.empty() && !options.all) {
    for (const RunLeft& run : there) options.say(line_of(run));
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
