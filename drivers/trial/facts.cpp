#include "drivers/trial/facts.hpp"

#include <algorithm>

#include "engine/invariant.hpp"
#include "engine/run/counted.hpp"

namespace thaw::trial {
namespace {

double number(std::int64_t n) { return static_cast<double>(n); }

}  // namespace

const TimeWeighted& TrialFacts::gauge(const Term& term) const {
  const auto index = term.gauge == Gauge::nodes ? view_.pool(term.name) : view_.function(term.name);
  THAW_CHECK(index.has_value(), "the loader let a name through that does not exist");
  return view_.gauges.at(term.gauge, *index);
}

const workload::Tally& TrialFacts::called(const std::string& name) const {
  const auto& pipelines = view_.scenario().pipelines;
  const auto found = std::ranges::find(pipelines, name, &Pipeline::name);
  if (found != pipelines.end())
    return load_.pipeline_tally(static_cast<std::size_t>(found - pipelines.begin()));
  const auto function = view_.function(name);
  THAW_CHECK(function.has_value(), "the loader let a name through that does not exist");
  return load_.tally(*function);
}

Value TrialFacts::value(const Term& term) const {
  switch (term.kind) {
    case Term::Kind::gauge:
      return number(gauge(term).value());
    case Term::Kind::folded: {
      const TimeWeighted& of = gauge(term);
      if (term.fold == Fold::mean) return of.mean(view_.now());
      return number(term.fold == Fold::max ? of.max() : of.min());
    }
    case Term::Kind::count:
      return count(term);
    case Term::Kind::percentile: {
      const workload::Tally& tally = called(term.name);
      if (term.of_first_token && !tally.streamed) return {};
      const Sketch& times = term.of_first_token ? tally.streamed->first : tally.latency;
      if (times.count() == 0) return {};
      return seconds(times.quantile(term.quantile));
    }
    case Term::Kind::cost:
      bill_.settle();
      return bill_.total();
    case Term::Kind::response:
      return response(term);
    default:
      return {};
  }
}

Value TrialFacts::count(const Term& term) const {
  if (const auto events = events_counted(view_.timeline, term)) return *events;
  return calls_counted(called(term.name), term);
}

Value TrialFacts::response(const Term& term) const {
  const workload::Response* const response = load_.response(term.name);
  if (!response) return {};
  if (term.field == "status") return number(response->answer.status);
  if (term.field == "latency") return seconds(response->latency);
  return std::string(name_of(response->answer.cut_by));
}

}  // namespace thaw::trial
