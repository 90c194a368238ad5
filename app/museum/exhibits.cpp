#include "app/museum/exhibits.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "app/governors.hpp"
#include "engine/diagnostic.hpp"
#include "engine/scenario/load.hpp"
#include "sim/simulation.hpp"
#include "sim/study/forked.hpp"

namespace thaw::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMended = "scenario.yaml";
constexpr const char* kAsItWas = "as-it-was.yaml";
constexpr std::string_view kSource = "Source: ";

struct Head {
  std::string sentence, source;
};

// The comment that a file begins with: a sentence, which may go over several lines, and a source.
Head head_of(const std::string& file, Diagnostics& problems) {
  std::ifstream stream(file);
  Head head;
  for (std::string line; std::getline(stream, line) && line.starts_with("# ");) {
    line.erase(0, 2);
    if (line.starts_with(kSource)) {
      head.source = line.substr(kSource.size());
      break;
    }
    head.sentence += (head.sentence.empty() ? "" : " ") + line;
  }
  if (head.sentence.empty())
    problems.error({file, 1, 1}, "",
                   "expected a comment of one sentence: what happened, or what mends it");
  return head;
}

Exhibit exhibit_in(const fs::path& folder, Diagnostics& problems) {
  const std::string mended = (folder / kMended).string(), was = (folder / kAsItWas).string();
  Exhibit exhibit;
  exhibit.name = folder.filename().string();
  exhibit.folder = folder.string();
  if (!fs::is_regular_file(was)) {
    problems.error({exhibit.folder, 0, 0}, "",
                   "expected a variant with the old settings, as-it-was.yaml");
    return exhibit;
  }
  const Head then = head_of(was, problems);
  exhibit.happened = then.sentence;
  exhibit.source = then.source;
  exhibit.mended = head_of(mended, problems).sentence;
  if (exhibit.source.empty())
    problems.error({was, 1, 1}, "", "expected a line \"# Source: URL\" in the comment at its head");
  return exhibit;
}

// Nothing when it was interrupted.
std::vector<std::string> run_one(const Exhibit& exhibit, bool as_it_was,
                                 const std::atomic<bool>& interrupted) {
  const auto load = [&](bool was) {
    return load_scenario(exhibit.folder + "/" + (was ? kAsItWas : kMended));
  };
  Scenario scenario = load(as_it_was);
  const Scenario other = load(!as_it_was);
  const std::size_t own = scenario.checks.size(), all = own + other.checks.size();
  if (own == 0)
    throw InputError({{{exhibit.folder, 0, 0}, "", "expected checks in both of its scenarios"}});
  scenario.checks.insert(scenario.checks.end(), other.checks.begin(), other.checks.end());
  Diagnostics problems;
  sim::RunOptions options;
  options.governors = governors_of(scenario, {}, problems);
  problems.throw_if_any();
  options.interrupted = &interrupted;
  const sim::RunResult result = sim::simulate(scenario, options);
  if (result.interrupted) return {};
  // Behind the checks stand steps that never began; of those the scenario at hand is to blame.
  bool others_hold = true;
  std::vector<std::string> texts{""};
  for (std::size_t i = 0; i < result.summary.checks.size(); ++i) {
    const Summary::CheckResult& check = result.summary.checks[i];
    if (check.held) continue;
    if (i >= own && i < all) {
      others_hold = false;
    } else {
      texts.push_back(check.name + ": " + check.detail);
    }
  }
  texts.front() = others_hold ? "also the other" : "";
  return texts;
}

void take(const sim::Forked& result, bool as_it_was, Showing& showing, int& runs) {
  using End = sim::Forked::End;
  if (result.end == End::stopped || (result.end == End::returned && result.texts.empty())) return;
  const std::string where = as_it_was ? "as it was, " : "mended, ";
  showing.ran = ++runs == 2;
  if (result.end != End::returned) {
    (result.end == End::refused ? showing.refused : showing.broke) = true;
    showing.problems.push_back(result.message());
    return;
  }
  for (std::size_t i = 1; i < result.texts.size(); ++i)
    showing.problems.push_back(where + result.texts[i]);
  if (!result.texts.front().empty())
    showing.problems.push_back(as_it_was ? "as it was, all that it shows mended holds already"
                                         : "mended, all that it showed as it was still holds");
}

}  // namespace

std::vector<Exhibit> exhibits_in(const std::string& folder) {
  std::vector<fs::path> found;
  std::error_code fault;
  if (fs::is_regular_file(fs::path(folder) / kMended, fault)) {
    found.push_back(fs::path(folder).lexically_normal());
  } else {
    fs::directory_iterator entries(folder, fault), end;
    for (; !fault && entries != end; entries.increment(fault)) {
      std::error_code none;
      if (fs::is_regular_file(entries->path() / kMended, none)) found.push_back(entries->path());
    }
    if (fault) throw InputError({{{folder, 0, 0}, "", fault.message()}});
  }
  if (found.empty())
    throw InputError(
        {{{folder, 0, 0}, "", "expected folders with a scenario.yaml and an as-it-was.yaml"}});
  std::sort(found.begin(), found.end());
  Diagnostics problems;
  std::vector<Exhibit> exhibits;
  for (const fs::path& path : found) exhibits.push_back(exhibit_in(path, problems));
  problems.throw_if_any();
  return exhibits;
}

std::vector<Showing> show(const std::vector<Exhibit>& exhibits, std::size_t jobs,
                          const std::atomic<bool>& interrupted) {
  std::vector<Showing> showings(exhibits.size());
  std::vector<int> runs(exhibits.size(), 0);
  sim::ForkedJobs both;
  both.count = 2 * exhibits.size();
  both.at_once = jobs;
  both.job = [&](std::size_t index) {
    return run_one(exhibits[index / 2], index % 2 == 1, interrupted);
  };
  both.ended = [&](std::size_t index, const sim::Forked& result) {
    take(result, index % 2 == 1, showings[index / 2], runs[index / 2]);
  };
  both.stop = [&] { return interrupted.load(); };
  sim::run_forked(both);
  // Which run ends first is the machine's affair.
  for (Showing& showing : showings) std::sort(showing.problems.begin(), showing.problems.end());
  return showings;
}

}  // namespace thaw::app
