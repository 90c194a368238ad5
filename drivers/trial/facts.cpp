#include "drivers/trial/facts.hpp"

#include <algorithm>

#include "engine/invariant.hpp"

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
  const auto events = [&](EventKind kind, std::string_view what) {
    return number(std::ranges::count_if(view_.timeline, [&](const TimelineEvent& event) {
      return event.kind == kind && event.name == term.name && (what.empty() || event.what == what);
    }));
  };
  if (term.field == "decision") return events(EventKind::decision, "");
  if (term.field == "pod") return events(EventKind::pod, "created");
  if (term.field == "node") return events(EventKind::node, "ordered");
  if (term.field == "fault") return events(EventKind::fault, "began");
  const workload::Tally& tally = called(term.name);
  if (term.field == "total") return number(tally.total);
  if (term.field == "completed") return number(tally.completed);
  if (term.field == "cold") return number(tally.cold);
  if (term.field == "timed_out") return number(tally.timed_out);
  if (term.field == "rejected") return number(tally.rejected);
  return number(tally.failed);
}

Value TrialFacts::response(const Term& term) const {
  const workload::Response* const response = load_.response(term.name);
  if (!response) return {};
  if (term.field == "status") return number(response->answer.status);
  if (term.field == "latency") return seconds(response->latency);
  return std::string(name_of(response->answer.cut_by));
}

}  // namespace thaw::trial
