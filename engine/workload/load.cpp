#include "engine/workload/load.hpp"

#include <algorithm>

namespace thaw::workload {
namespace {

// A guess; the simulator says so in its notices.
constexpr Duration kRefusedClientWaits = std::chrono::milliseconds(100);

enum : std::uint32_t { kStepSends, kStepLimit, kArrival, kClient };

const Pipeline* pipeline_of(const Scenario& scenario, const Arrivals& stream) {
  for (const Pipeline& pipeline : scenario.pipelines)
    if (pipeline.name == stream.pipeline) return &pipeline;
  return nullptr;
}

// Of a pipeline's stream: where its first stage is called.
std::string path_of(const Arrivals& stream, const Pipeline* pipeline) {
  if (!stream.path.empty() || !pipeline) return stream.path;
  return "/function/" + pipeline->stages.front() + "/";
}

void add_streamed(Tally& tally, const Request& request, TimePoint now) {
  if (request.output == 0) return;
  if (!tally.streamed) tally.streamed = std::make_unique<Streamed>();
  const TimePoint first = std::min(request.first_token, now);  // an only token is the last as well
  tally.streamed->first.add(first - request.arrived);
  if (request.output > 1) tally.streamed->gap.add((now - first) / (request.output - 1));
}

}  // namespace

LoadGenerator::LoadGenerator(Play& play, Requests& requests, Door& door, LoadListener& listener)
    : play_(play),
      requests_(requests),
      door_(door),
      listener_(listener),
      tallies_(play.scenario.functions.size()),
      pipeline_tallies_(play.scenario.pipelines.size()),
      pipelines_(play, requests, door, *this),
      rounds_(play, requests, door, *this) {
  for (const Step& step : play.scenario.steps) {
    steps_.emplace_back().route = door.resolve(step.method, step.path);
    step_work_.push_back(play.random("service/" + step.name));
  }
  for (const Arrivals& stream : play.scenario.arrivals) {
    if (stream.source == Arrivals::Source::trace) end_of_trace(stream, play.scenario.functions);
    const Pipeline* const pipeline = pipeline_of(play.scenario, stream);
    streams_.push_back({door.resolve(stream.method, path_of(stream, pipeline)),
                        pipeline
                            ? std::optional<std::size_t>(pipeline - play.scenario.pipelines.data())
                            : std::nullopt,
                        false,
                        0,
                        play.random("arrivals/" + stream.name),
                        play.random("service/" + stream.name),
                        {},
                        {},
                        {},
                        {}});
  }
}

void LoadGenerator::start() {
  const auto& scenario = play_.scenario;
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    if (scenario.steps[s].when) {
      steps_[s].stage = Stage::waiting;
      ++conditions_;
      steps_[s].limit = play_.events.after(scenario.steps[s].within, *this, kStepLimit, s);
    } else if (scenario.steps[s].at->anchor == Instant::Anchor::start) {
      schedule(s, scenario.start);
    }
  }
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    const Arrivals& stream = scenario.arrivals[i];
    if (stream.source != Arrivals::Source::closed) {
      if (stream.source == Arrivals::Source::trace) {
        streams_[i].trace = std::make_unique<TraceReader>(stream.trace);
      } else {
        streams_[i].arrivals.emplace(stream.process, streams_[i].think,
                                     scenario.start + stream.from);
      }
      next_arrival(i);
      continue;
    }
    streams_[i].live_clients = stream.clients;
    for (int c = 0; c < stream.clients; ++c)
      play_.events.after(stream.from, *this, kClient, i | static_cast<std::uint64_t>(c) << 32);
  }
  rounds_.start();
  check_over();
}

void LoadGenerator::fire(std::uint32_t what, std::uint64_t arg) {
  const auto index = static_cast<std::size_t>(arg & 0xFFFF'FFFF);
  const auto second = static_cast<std::uint32_t>(arg >> 32);
  switch (what) {
    case kStepSends:
      return send_step(index);
    case kStepLimit:
      return miss(index);
    case kArrival:
      return arrive(index);
    case kClient:
      return client_calls(index, second);
    default:
      return;
  }
}

// --- scripted steps ---

void LoadGenerator::schedule(std::size_t s, TimePoint anchor) {
  steps_[s].stage = Stage::sending;
  play_.events.at(anchor + play_.scenario.steps[s].at->offset, *this, kStepSends, s);
}

void LoadGenerator::settle(const Facts& facts) {
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    if (steps_[s].stage != Stage::waiting || !play_.scenario.steps[s].when->holds(facts)) continue;
    play_.events.cancel(steps_[s].limit);
    --conditions_;
    steps_[s].stage = Stage::sending;
    play_.events.after(Duration{0}, *this, kStepSends, s);
  }
}

void LoadGenerator::miss(std::size_t s) {
  steps_[s].stage = Stage::missed;
  --conditions_;
  listener_.step_missed(play_.scenario.steps[s]);
  check_over();
}

void LoadGenerator::send_step(std::size_t s) {
  const Step& step = play_.scenario.steps[s];
  if (steps_[s].started == 0) {
    const std::string calls = step.count == 1 ? "" : ", " + std::to_string(step.count) + " calls";
    play_.tell(
        EventKind::note, step.name, "sent",
        step.name + ": " + (step.method == Method::get ? "GET " : "POST ") + step.path + calls);
  }
  do {
    StepState& state = steps_[s];
    ++state.started;
    if (state.started == step.count)
      state.stage = Stage::sent;
    else if (step.every > Duration{0})
      play_.events.after(step.every, *this, kStepSends, s);
    open(static_cast<std::uint32_t>(s), 0, state.route,
         draw_work(state.route, step.service, step_work_[s]));
  } while (step.every == Duration{0} && steps_[s].started < step.count);
}

// --- streams and closed loops ---

void LoadGenerator::next_arrival(std::size_t i) {
  StreamState& state = streams_[i];
  const auto t = state.trace ? next_traced(i) : std::optional(state.arrivals->next());
  if (t && *t < play_.scenario.start + play_.scenario.arrivals[i].until) {
    play_.events.at(*t, *this, kArrival, i);
    return;
  }
  streams_[i].done = true;
  check_over();
}

void LoadGenerator::arrive(std::size_t i) {
  send(i, 0);
  next_arrival(i);
}

void LoadGenerator::send(std::size_t i, std::uint32_t client) {
  StreamState& state = streams_[i];
  const auto source = static_cast<std::uint32_t>(steps_.size() + i);
  if (state.pipeline) return open_pipeline(source, client, i);
  const Work work = state.traced_work
                        ? *state.traced_work
                        : draw_work(state.route, play_.scenario.arrivals[i].service, state.work);
  open(source, client, state.route, work);
}

void LoadGenerator::client_calls(std::size_t i, std::uint32_t client) {
  StreamState& state = streams_[i];
  if (play_.now() >= play_.scenario.start + play_.scenario.arrivals[i].until) {
    state.done = --state.live_clients == 0;
    return check_over();
  }
  send(i, client);
}

// --- requests ---

const Service& LoadGenerator::service_of(const Route& route) const {
  const auto& functions = play_.scenario.functions;
  return functions[std::min(route.call.function, functions.size() - 1)].service;
}

Work LoadGenerator::draw_work(const Route& route, const std::optional<Distribution>& own,
                              Random& random) const {
  if (own) return {own->draw(random)};
  return work_of(service_of(route), random);
}

void LoadGenerator::open(std::uint32_t source, std::uint32_t client, const Route& route,
                         const Work& work) {
  const RequestId id = requests_.open();
  Request& request = requests_.get(id);
  request.arrived = play_.now();
  work.give(request);
  request.source = source;
  request.client = client;
  if (route.call.kind == Call::Kind::function) {
    request.function = static_cast<std::uint32_t>(route.call.function);
    called(request);
  }
  anchor(Instant::Anchor::last_request, "");
  door_.accept(id, route);
}

void LoadGenerator::called(const Request& request) {
  ++tallies_[request.function].total;
  listener_.called(request.function, request.arrived, request.work);
}

void LoadGenerator::open_pipeline(std::uint32_t source, std::uint32_t client, std::size_t stream) {
  const RequestId id = requests_.open();
  Request& request = requests_.get(id);
  request.arrived = play_.now();
  request.source = source;
  request.client = client;
  const std::size_t pipeline = *streams_[stream].pipeline;
  ++pipeline_tallies_[pipeline].total;
  anchor(Instant::Anchor::last_request, "");
  pipelines_.begin(id, pipeline, streams_[stream].route);
}

// Nothing: no call of a function, or one of a whole pipeline.
std::optional<std::size_t> LoadGenerator::function_of(const Request& request) const {
  if (request.whole != kNoRequest || request.rounds != kNoRequest) return request.function;
  const bool scripted = request.source < steps_.size();
  if (!scripted && streams_[request.source - steps_.size()].pipeline) return std::nullopt;
  const Route& route =
      scripted ? steps_[request.source].route : streams_[request.source - steps_.size()].route;
  if (route.call.kind != Call::Kind::function) return std::nullopt;
  return request.function;
}

// Nullptr: no call of a function.
Tally* LoadGenerator::tally_of(const Request& request) {
  if (const auto function = function_of(request)) return &tallies_[*function];
  if (request.source < steps_.size()) return nullptr;
  const auto& pipeline = streams_[request.source - steps_.size()].pipeline;
  return pipeline ? &pipeline_tallies_[*pipeline] : nullptr;
}

void Stays::add(const Request& request, TimePoint now) {
  if (request.began > now) {
    waited_in_vain += (now - request.arrived).count();
    return;
  }
  waited += (request.began - request.arrived).count();
  served += (now - request.began).count();
}

std::vector<Stays> LoadGenerator::stays() const {
  std::vector<Stays> all;
  for (const Tally& tally : tallies_) all.push_back(tally.stays);
  for (const RequestId id : requests_.under_way()) {
    const Request& request = requests_.get(id);
    if (const auto function = function_of(request)) all[*function].add(request, play_.now());
  }
  return all;
}

void LoadGenerator::count(const Request& request, const Answer& answer, Tally& tally) const {
  const Duration latency = play_.now() - request.arrived;
  tally.cold += request.cold;
  tally.stays.add(request, play_.now());
  if (answer.outcome != Outcome::completed) tally.in_vain += latency;
  switch (answer.outcome) {
    case Outcome::completed:
      ++tally.completed;
      tally.latency.add(latency);
      tally.wait.add(latency - request.work);
      add_streamed(tally, request, play_.now());
      break;
    case Outcome::timed_out:
      ++tally.timed_out;
      break;
    case Outcome::rejected:
      ++tally.rejected;
      break;
    case Outcome::failed:
      ++tally.failed;
      break;
  }
}

void LoadGenerator::stage_answered(RequestId id, const Answer& answer) {
  const Request& request = requests_.get(id);
  count(request, answer, tallies_[request.function]);
  listener_.load_moved();
}

void LoadGenerator::round_called(RequestId id) {
  called(requests_.get(id));
  anchor(Instant::Anchor::last_request, "");
}

void LoadGenerator::round_answered(RequestId id, const Answer& answer) {
  const Request& request = requests_.get(id);
  count(request, answer, tallies_[request.function]);
}

void LoadGenerator::rounds_moved() {
  listener_.load_moved();
  anchor(Instant::Anchor::last_completion, "");
  check_over();
}

void LoadGenerator::replied(RequestId id, const Answer& answer) {
  if (pipelines_.is_stage(id)) return pipelines_.answered(id, answer);
  if (rounds_.owns(id)) return rounds_.answered(id, answer);
  finish(id, answer);
}

// Answered to whoever called: a step, a stream, a client.
void LoadGenerator::finish(RequestId id, const Answer& answer) {
  const Request request = requests_.get(id);
  requests_.close(id);
  const Duration latency = play_.now() - request.arrived;
  const bool scripted = request.source < steps_.size();
  if (Tally* const tally = tally_of(request)) count(request, answer, *tally);
  listener_.load_moved();
  if (scripted) {
    StepState& state = steps_[request.source];
    state.last = Response{answer, latency};
    if (++state.answered == play_.scenario.steps[request.source].count) {
      state.stage = Stage::done;
      tell_answer(play_.scenario.steps[request.source], *state.last);
      anchor(Instant::Anchor::step, play_.scenario.steps[request.source].name);
    }
  } else {
    const std::size_t i = request.source - steps_.size();
    const Arrivals& stream = play_.scenario.arrivals[i];
    if (stream.source == Arrivals::Source::closed) {
      // Who is refused at once would come back for ever within the same instant.
      const Duration least = latency > Duration{0} ? Duration{1} : kRefusedClientWaits;
      const Duration think = std::max(stream.think.draw(streams_[i].think), least);
      play_.events.after(think, *this, kClient,
                         i | static_cast<std::uint64_t>(request.client) << 32);
    }
  }
  anchor(Instant::Anchor::last_completion, "");
  check_over();
}

void LoadGenerator::tell_answer(const Step& step, const Response& last) {
  const std::string cut = last.answer.cut_by == CutBy::none
                              ? ""
                              : ", cut by " + std::string(name_of(last.answer.cut_by));
  const Duration shown = std::chrono::round<std::chrono::milliseconds>(last.latency);
  play_.tell(
      EventKind::note, step.name, "answered",
      step.name + ": " + std::to_string(last.answer.status) + " after " + to_text(shown) + cut,
      {{"status", std::int64_t{last.answer.status}},
       {"latency_s", seconds(last.latency)},
       {"cut_by", std::string(name_of(last.answer.cut_by))}});
}

// Steps that start after something; the listener hears of it too.
void LoadGenerator::anchor(Instant::Anchor kind, const std::string& step) {
  if (kind == Instant::Anchor::step) {
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      const auto& at = play_.scenario.steps[s].at;
      if (steps_[s].stage == Stage::asleep && at && at->anchor == kind && at->step == step)
        schedule(s, play_.now());
    }
  }
  listener_.anchor_reached(kind, step);
}

// Over: no source will send again and nothing is under way. A step that waits for one which never
// came is dropped.
void LoadGenerator::check_over() {
  if (over_ || requests_.open_count() > 0 || conditions_ > 0) return;
  const bool sending = std::any_of(steps_.begin(), steps_.end(),
                                   [](const StepState& s) { return s.stage == Stage::sending; });
  const bool flowing =
      std::any_of(streams_.begin(), streams_.end(), [](const StreamState& s) { return !s.done; });
  over_ = !sending && !flowing && rounds_.over();
}

const Response* LoadGenerator::response(const std::string& name) const {
  for (std::size_t s = 0; s < steps_.size(); ++s)
    if (play_.scenario.steps[s].name == name) return steps_[s].last ? &*steps_[s].last : nullptr;
  return rounds_.last(name);
}

}  // namespace thaw::workload
