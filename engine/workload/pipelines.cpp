#include "engine/workload/pipelines.hpp"

#include "engine/workload/call_paths.hpp"
#include "engine/workload/work.hpp"

namespace thaw::workload {
namespace {

enum : std::uint32_t { kCall };

// Hits are drawn in billionths: exact enough for any ratio that a person writes.
constexpr std::uint64_t kBillion = 1'000'000'000;

}  // namespace

Pipelines::Pipelines(Play& play, Requests& requests, Door& door, PipelineListener& listener)
    : play_(play), requests_(requests), door_(door), listener_(listener) {
  const Scenario& scenario = play.scenario;
  for (const Pipeline& pipeline : scenario.pipelines) {
    Line line{{},
              {},
              play.random("cache/" + pipeline.name),
              play.random("pipeline/" + pipeline.name),
              {}};
    for (std::size_t s = 0; s < pipeline.stages.size(); ++s) {
      line.stages.push_back(*function_named(scenario, pipeline.stages[s]));  // the loader saw to it
      if (pipeline.cache && pipeline.cache->at == pipeline.stages[s]) line.cached = s;
    }
    lines_.push_back(std::move(line));
  }
}

void Pipelines::begin(RequestId id, std::size_t pipeline, const Route& entry) {
  if (passages_.size() <= id) passages_.resize(id + 1);
  passages_[id] = {pipeline, 0, entry};
  reach(id);
}

void Pipelines::reach(RequestId id) {
  Passage& passage = passages_[id];
  Line& line = lines_[passage.pipeline];
  Duration wait{};
  if (passage.stage == line.cached) {
    const Pipeline::Cache& cache = *spec(passage).cache;
    const auto hits = static_cast<std::uint64_t>(cache.hit_ratio * double{kBillion} + 0.5);
    const bool hit = line.hits.below(kBillion) < hits;
    ++(hit ? line.use.hits : line.use.misses);
    wait = cache.latency + (hit ? Duration{0} : cache.store);
    if (hit) ++passage.stage;
  }
  if (passage.stage < line.stages.size()) wait += spec(passage).hop;
  play_.events.after(wait, *this, kCall, id);
}

void Pipelines::fire(std::uint32_t, std::uint64_t arg) { call(static_cast<RequestId>(arg)); }

void Pipelines::call(RequestId whole) {
  const Passage& passage = passages_[whole];
  Line& line = lines_[passage.pipeline];
  if (passage.stage == line.stages.size()) return listener_.pipeline_answered(whole, {});
  if (passage.stage == 0 && passage.entry.refused)
    return listener_.pipeline_answered(whole, *passage.entry.refused);
  const std::size_t function = line.stages[passage.stage];
  const RequestId id = requests_.open();
  Request& request = requests_.get(id);
  request.arrived = play_.now();
  work_of(play_.scenario.functions[function].service, line.work).give(request);
  request.function = static_cast<std::uint32_t>(function);
  request.whole = whole;
  Route route;
  if (passage.stage == 0) route = passage.entry;
  route.call = {Call::Kind::function, function, Method::post, false};
  listener_.stage_called(id);
  door_.accept(id, route);
}

void Pipelines::answered(RequestId stage, const Answer& answer) {
  const Request request = requests_.get(stage);
  Request& whole = requests_.get(request.whole);
  whole.work += request.work;
  whole.cold = whole.cold || request.cold;
  listener_.stage_answered(stage, answer);
  requests_.close(stage);
  if (answer.outcome != Outcome::completed)
    return listener_.pipeline_answered(request.whole, answer);
  ++passages_[request.whole].stage;
  reach(request.whole);
}

}  // namespace thaw::workload
