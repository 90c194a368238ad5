#include "sim/run_facts.hpp"

#include <algorithm>

#include "engine/invariant.hpp"
#include "engine/run/counted.hpp"

namespace thaw::sim {
namespace {

template <class Items>
std::size_t find_name(const Items& items, const std::string& name) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const auto& i) { return i.name == name; });
  THAW_CHECK(found != items.end(), "the loader let a name through that does not exist");
  return static_cast<std::size_t>(found - items.begin());
}

}  // namespace

std::size_t index_of(const Scenario& scenario, Gauge gauge, const std::string& name) {
  return gauge == Gauge::nodes ? find_name(scenario.cluster.pools, name)
                               : find_name(scenario.functions, name);
}

std::size_t RunFacts::function(const std::string& name) const {
  return find_name(world_.scenario.functions, name);
}

const Tally& RunFacts::called(const std::string& name) const {
  const auto& pipelines = world_.scenario.pipelines;
  const bool is_pipeline = std::any_of(pipelines.begin(), pipelines.end(),
                                       [&](const Pipeline& p) { return p.name == name; });
  return is_pipeline ? load_.pipeline_tally(find_name(pipelines, name))
                     : load_.tally(function(name));
}

Value RunFacts::value(const Term& term) const {
  switch (term.kind) {
    case Term::Kind::gauge:
    case Term::Kind::folded: {
      const TimeWeighted& gauge =
          world_.gauges.at(term.gauge, index_of(world_.scenario, term.gauge, term.name));
      if (term.kind == Term::Kind::gauge) return static_cast<double>(gauge.value());
      if (term.fold == Fold::mean) return gauge.mean(world_.now());
      return static_cast<double>(term.fold == Fold::max ? gauge.max() : gauge.min());
    }
    case Term::Kind::count:
      return count(term);
    case Term::Kind::percentile: {
      const Tally& tally = called(term.name);
      if (term.of_first_token && !tally.streamed) return {};
      const Sketch& times = term.of_first_token ? tally.streamed->first : tally.latency;
      if (times.count() == 0) return {};
      return seconds(times.quantile(term.quantile));
    }
    case Term::Kind::cost:
      return cost();
    case Term::Kind::response:
      return response(term);
    default:
      return {};
  }
}

double RunFacts::cost() const {
  ledger_.settle();
  Wide total = 0;
  for (std::size_t pool = 0; pool < world_.scenario.cluster.pools.size(); ++pool)
    total += ledger_.total(pool);
  return static_cast<double>(total) / 1e9;
}

Value RunFacts::count(const Term& term) const {
  if (const auto events = events_counted(world_.timeline, term)) return *events;
  return calls_counted(called(term.name), term);
}

Value RunFacts::response(const Term& term) const {
  const Response* response = load_.response(term.name);
  if (!response) return {};
  if (term.field == "status") return static_cast<double>(response->answer.status);
  if (term.field == "latency") return seconds(response->latency);
  return std::string(name_of(response->answer.cut_by));
}

}  // namespace thaw::sim
