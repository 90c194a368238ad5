#include "sim/study/compare.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <type_traits>
#include <utility>

#include "engine/diagnostic.hpp"
#include "engine/statistics/stopping.hpp"
#include "sim/study/bound.hpp"
#include "sim/study/forked.hpp"

namespace thaw::sim {
namespace {

// What goes through the pipe as it is: both ends are the same program.
static_assert(std::is_trivially_copyable_v<Outcome>);

std::string to_text(const Outcome& outcome) {
  return {reinterpret_cast<const char*>(&outcome), sizeof outcome};
}

Outcome from_text(const std::string& text) {
  Outcome outcome;
  std::memcpy(static_cast<void*>(&outcome), text.data(), sizeof outcome);
  return outcome;
}

// A result file holds no path: what is wrong is told without its place.
RunResult simulate_without_places(const Scenario& scenario, const RunOptions& options) {
  try {
    return simulate(scenario, options);
  } catch (const InputError& error) {
    std::vector<Diagnostic> problems = error.problems();
    for (Diagnostic& problem : problems) problem.place = {};
    throw InputError(std::move(problems));
  }
}

// The runs of a tournament and what came of them.
class Runs {
 public:
  Runs(const Scenario& scenario, const Tournament& tournament);

  // Replications `from` to below `to` of all that stand. False: interrupted.
  bool play(std::size_t from, std::size_t to);
  bool anybody() const { return !standing().empty(); }
  // The replications that every contender who stands has been through.
  Contest contest() const;

 private:
  struct Result {
    Outcome outcome;
    std::string currency;
    std::vector<std::string> notices;
  };
  struct Entrant {
    std::string failed;                     // what the first replication that failed said
    std::size_t failed_at = 0;              // which that was
    std::map<std::size_t, Result> results;  // by replication
  };
  std::vector<std::size_t> standing() const;
  std::vector<std::string> run(std::size_t contender, std::size_t replication) const;
  void take(Entrant& entrant, std::size_t replication, const Forked& result);

  const Scenario& scenario_;
  const Tournament& tournament_;
  std::vector<Entrant> entrants_;
  std::size_t ended_ = 0;
};

Runs::Runs(const Scenario& scenario, const Tournament& tournament)
    : scenario_(scenario), tournament_(tournament), entrants_(tournament.contenders.size()) {
  for (std::size_t i = 0; i < entrants_.size(); ++i)
    entrants_[i].failed = tournament.contenders[i].not_run;
}

std::vector<std::size_t> Runs::standing() const {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < entrants_.size(); ++i)
    if (entrants_[i].failed.empty()) all.push_back(i);
  return all;
}

bool Runs::play(std::size_t from, std::size_t to) {
  const std::vector<std::size_t> who = standing();
  const auto interrupted = [&] {
    return tournament_.interrupted && tournament_.interrupted->load();
  };
  ForkedJobs jobs;
  jobs.count = who.size() * (to - from);
  jobs.at_once = tournament_.jobs;
  jobs.job = [&](std::size_t i) { return run(who[i % who.size()], from + i / who.size()); };
  jobs.ended = [&](std::size_t i, const Forked& result) {
    take(entrants_[who[i % who.size()]], from + i / who.size(), result);
    ++ended_;
  };
  const std::size_t foreseen = ended_ + jobs.count;
  jobs.stop = [&] {
    if (tournament_.progress) tournament_.progress(ended_, foreseen);
    return interrupted();
  };
  run_forked(jobs);
  return !interrupted();
}

// In its own process; an interrupted run has nothing to tell.
std::vector<std::string> Runs::run(std::size_t contender, std::size_t replication) const {
  RunOptions options;
  options.seed = tournament_.seed + replication;
  options.governors = tournament_.contenders[contender].governors;
  options.interrupted = tournament_.interrupted;
  Bound bound(scenario_, options.governors);
  // A bill that begins later is no bill of all the requests.
  const bool bounded = has_prices(scenario_) && scenario_.warm_up == Duration{0};
  if (bounded)
    options.demand = [&bound](FunctionId function, TimePoint arrival, Duration service) {
      bound.add(function, arrival, service);
    };
  const RunResult result = simulate_without_places(scenario_, options);
  if (result.interrupted) return {};
  Outcome outcome = outcome_of(scenario_, result);
  if (bounded && outcome.answered == outcome.requests && outcome.requests > 0) {
    const TimePoint end = scenario_.start + Distribution::rounded(result.summary.simulated_s * 1e9);
    if (const auto nobody_waits = bound.total({}, end)) outcome.optimum = nobody_waits->total;
    const auto& waits = result.longest_waits;
    const Paid paid{.serving = outcome.useful,
                    .keeping = outcome.idle_warm,
                    .starting = outcome.cold_start,
                    .unused = outcome.stranded + outcome.draining,
                    .longest_wait = waits.empty() ? Duration{0} : *std::ranges::max_element(waits)};
    if (const auto as_long = bound.total(waits, end))
      if (const auto far = distance(paid, *as_long))
        outcome.over_optimum = {
            far->ratio, far->served_longer / as_long->total, far->kept_longer / as_long->total,
            far->started_more / as_long->total, far->nodes_unused / as_long->total};
  }
  std::vector<std::string> texts{
      to_text(outcome), has_prices(scenario_) ? result.summary.cost.currency : "instance hours"};
  const auto& notices = result.summary.notices;
  texts.insert(texts.end(), notices.begin(), notices.end());
  return texts;
}

void Runs::take(Entrant& entrant, std::size_t replication, const Forked& result) {
  if (result.end == Forked::End::stopped || result.texts.empty()) return;
  if (result.end == Forked::End::returned) {
    Result& taken = entrant.results[replication];
    taken.outcome = from_text(result.texts.at(0));
    taken.currency = result.texts.at(1);
    taken.notices.assign(result.texts.begin() + 2, result.texts.end());
  } else if (entrant.failed.empty() || replication < entrant.failed_at) {
    entrant.failed = result.message();
    std::replace(entrant.failed.begin(), entrant.failed.end(), '\n', ';');
    entrant.failed_at = replication;
  }
}

// Of the first that answered all requests in every replication.
std::optional<Contest::Bound> optimum_of(const Contest& contest,
                                         const std::vector<std::size_t>& who) {
  for (const std::size_t i : who) {
    const auto& runs = contest.contenders[i].runs;
    if (runs.empty() ||
        !std::all_of(runs.begin(), runs.end(), [](const Outcome& o) { return o.optimum; }))
      continue;
    Contest::Bound bound;
    for (const Outcome& run : runs) bound.totals.push_back(*run.optimum);
    return bound;
  }
  return std::nullopt;
}

Contest Runs::contest() const {
  Contest contest;
  contest.scenario = scenario_.name;
  contest.seed = tournament_.seed;
  contest.warm_up_s = seconds(scenario_.warm_up);
  contest.same_load =
      scenario_.rounds.empty() && std::none_of(scenario_.arrivals.begin(), scenario_.arrivals.end(),
                                               [](const Arrivals& stream) {
                                                 return stream.source == Arrivals::Source::closed;
                                               });
  for (std::size_t i = 0; i < entrants_.size(); ++i) {
    const Contender& one = tournament_.contenders[i];
    contest.contenders.push_back({one.name, one.settings, entrants_[i].failed, {}, one.foresees});
  }
  const std::vector<std::size_t> who = standing();
  if (who.empty()) return contest;
  for (const auto& [replication, first] : entrants_[who.front()].results) {
    if (std::any_of(who.begin(), who.end(),
                    [&](std::size_t i) { return !entrants_[i].results.contains(replication); }))
      continue;
    for (const std::size_t i : who) {
      const Result& result = entrants_[i].results.at(replication);
      contest.currency = result.currency;
      contest.contenders[i].runs.push_back(result.outcome);
      for (const std::string& notice : result.notices)
        if (std::find(contest.notices.begin(), contest.notices.end(), notice) ==
            contest.notices.end())
          contest.notices.push_back(notice);
    }
  }
  if (contest.same_load) contest.optimum = optimum_of(contest, who);
  return contest;
}

[[noreturn]] void refuse(const Tournament& tournament, const Contest& contest) {
  Diagnostics problems;
  for (std::size_t i = 0; i < tournament.contenders.size(); ++i)
    problems.error({}, contest.contenders[i].name,
                   "not run, because " + contest.contenders[i].not_run);
  problems.throw_if_any();
  throw InputError({{{}, "", "there is nobody to compare"}});
}

}  // namespace

TournamentResult compare(const Scenario& scenario, const Tournament& tournament) {
  Runs runs(scenario, tournament);
  TournamentResult result;
  std::size_t done = 0;
  bool enough = false;
  while (!enough && runs.anybody()) {
    const std::size_t to =
        tournament.precision ? next_look(done, tournament.replications) : tournament.replications;
    result.interrupted = !runs.play(done, to);
    if (result.interrupted) break;
    done = to;
    enough = done == tournament.replications ||
             precise(widest_mean(compared(runs.contest())).share, *tournament.precision);
  }
  const Contest contest = runs.contest();
  if (!runs.anybody()) refuse(tournament, contest);
  if (contest.replications() == 0) return result;  // interrupted before one was whole
  result.comparison = compared(contest);
  add_own_notices(result.comparison, tournament.precision);
  return result;
}

}  // namespace thaw::sim
