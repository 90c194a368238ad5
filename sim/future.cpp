#include "sim/future.hpp"

#include <algorithm>

#include "engine/arrivals.hpp"
#include "engine/workload/trace_reader.hpp"
#include "engine/workload/work.hpp"
#include "sim/requests.hpp"

namespace thaw::sim {
namespace {

bool is_open(const Arrivals& stream) {
  return stream.pipeline.empty() && stream.source != Arrivals::Source::closed;
}

}  // namespace

Future::Future(const World& world) : world_(world), known_(world.scenario.functions.size()) {}

std::span<const FutureRequest> Future::after(TimePoint now, FunctionId function) {
  auto& known = known_[function];
  if (!known) known = foresee(function);
  const auto first = std::upper_bound(
      known->begin(), known->end(), now,
      [](TimePoint t, const FutureRequest& request) { return t < request.arrival; });
  return {first, known->end()};
}

std::vector<FutureRequest> Future::foresee(FunctionId function) const {
  const Scenario& scenario = world_.scenario;
  const FunctionSpec& spec = scenario.functions[function];
  std::vector<FutureRequest> all;
  for (const Arrivals& stream : scenario.arrivals) {
    if (!is_open(stream) || (!stream.function.empty() && stream.function != spec.name)) continue;
    const TimePoint until = scenario.start + stream.until;
    Random work = world_.random("service/" + stream.name);
    const auto service = [&](const Tokens& tokens) {
      return stream.service ? stream.service->draw(work) : work_of(spec.service, work, tokens).all;
    };
    if (stream.source == Arrivals::Source::process) {
      ArrivalStream arrivals(stream.process, world_.random("arrivals/" + stream.name),
                             scenario.start + stream.from);
      for (TimePoint t = arrivals.next(); t < until; t = arrivals.next())
        all.push_back({t, service({})});
      continue;
    }
    // Rows of other functions use up the same stream of numbers, where they leave anything open.
    TraceReader trace(stream.trace);
    while (const auto row = trace.next()) {
      const TimePoint t = scenario.start + stream.from + row->arrival;
      if (t >= until) break;
      const std::string_view name = stream.function.empty() ? row->function : stream.function;
      const auto of = std::find_if(scenario.functions.begin(), scenario.functions.end(),
                                   [&](const FunctionSpec& one) { return one.name == name; });
      const bool said = row->duration && !of->service.llm;
      const Duration took = said ? *row->duration
                            : stream.service && !of->service.llm
                                ? stream.service->draw(work)
                                : work_of(of->service, work, row->tokens).all;
      if (name == spec.name) all.push_back({t, took});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const FutureRequest& a, const FutureRequest& b) {
    return a.arrival < b.arrival;
  });
  return all;
}

bool has_unknown_future(const Scenario& scenario) {
  return !scenario.steps.empty() || !scenario.rounds.empty() ||
         !std::all_of(scenario.arrivals.begin(), scenario.arrivals.end(), is_open);
}

}  // namespace thaw::sim
