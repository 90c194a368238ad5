#include "sim/instances/instances_run.hpp"

#include <algorithm>
#include <limits>

#include "engine/invariant.hpp"

namespace thaw::sim {
namespace {

constexpr std::uint64_t kLookEvery = 65'536;  // events between looks at the terminal
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

using Index = std::unordered_map<std::string_view, std::size_t>;

Index index_of(const std::vector<FunctionSpec>& functions) {
  Index index;
  for (const FunctionSpec& function : functions) index.emplace(function.name, index.size());
  return index;
}

std::int64_t latest(const Scenario& scenario) {
  Duration end{0};
  for (const Arrivals& stream : scenario.arrivals) {
    const bool traced = stream.source == Arrivals::Source::trace;
    end = std::max(end, traced ? end_of_trace(stream, scenario.functions) : stream.until);
  }
  if (scenario.until) return (scenario.start + *scenario.until).ns();
  for (const Check& check : scenario.checks) end = std::max(end, check.instant.offset);
  return (scenario.start + end).ns();
}

// A 2000th of the run, at least a second.
std::int64_t sampling_of(const Scenario& scenario, std::int64_t end) {
  if (scenario.sampling) return scenario.sampling->count();
  return std::max<std::int64_t>(1'000'000'000, (end - scenario.start.ns()) / 2000);
}

}  // namespace

InstancesRun::InstancesRun(const Scenario& scenario, const RunOptions& options)
    : scenario_(scenario),
      options_(options),
      index_(index_of(scenario.functions)),
      now_(scenario.start.ns()),
      end_(latest(scenario)),
      interval_(sampling_of(scenario, end_)),
      checker_(scenario.checks, scenario.start),
      series_(scenario.start, Duration{interval_}) {
  if (options.stop_at) end_ = std::min(end_, (scenario.start + *options.stop_at).ns());
  arena_.most = scenario.cluster.instances_max;
  arena_.warm_up = (scenario.start + scenario.warm_up).ns();
  refuse_what_is_not_known();
  make_functions();
  notices_.throw_if_any();
  make_sources();
}

InstancesRun::~InstancesRun() = default;

void InstancesRun::refuse_what_is_not_known() {
  for (const Step& step : scenario_.steps)
    notices_.error(step.place, "workload." + step.name,
                   "standalone functions take arrivals, not scripted steps");
  for (const Fault& fault : scenario_.faults)
    notices_.error(fault.place, "faults." + fault.name, "standalone functions know no faults");
  for (const Check& check : scenario_.checks) {
    const bool at_start = check.instant.anchor == Instant::Anchor::start;
    if (check.kind != Check::Kind::end && !(check.kind == Check::Kind::at && at_start))
      notices_.error(
          check.place, "checks." + check.name,
          "standalone functions are checked at an instant after the start, or at the end");
    for (const Term& term : check.expect.terms())
      if (term.kind == Term::Kind::folded && term.fold != Fold::mean)
        notices_.error(check.place, "checks." + check.name,
                       "of a standalone function's gauges only the mean is known, not max or min");
  }
}

std::size_t InstancesRun::function_index(std::string_view name) const {
  const auto found = index_.find(name);
  THAW_CHECK(found != index_.end(), "the loader let a function through that does not exist");
  return found->second;
}

void InstancesRun::make_sources() {
  sources_.resize(scenario_.arrivals.size());
  for (std::uint32_t i = 0; i < sources_.size(); ++i) {
    Source& source = sources_[i];
    const Arrivals& spec = scenario_.arrivals[i];
    source.spec = &spec;
    if (!spec.function.empty()) source.function = function_index(spec.function);
    source.think = Random(options_.seed, "arrivals/" + spec.name);
    source.work = Random(options_.seed, "work/" + spec.name);
    switch (spec.source) {
      case Arrivals::Source::process:
        source.stream.emplace(spec.process, source.think, scenario_.start + spec.from);
        break;
      case Arrivals::Source::trace:
        source.trace = std::make_unique<TraceReader>(spec.trace);
        break;
      case Arrivals::Source::closed:
        for (int c = 0; c < spec.clients; ++c)
          arrivals_.push({(scenario_.start + spec.from).ns(), i});
        continue;
    }
    schedule_next(i);
  }
}

// The stream's next arrival, if there is one before its end.
void InstancesRun::schedule_next(std::uint32_t index) {
  Source& source = sources_[index];
  const std::int64_t until = (scenario_.start + source.spec->until).ns();
  if (source.stream) {
    const std::int64_t t = source.stream->next().ns();
    if (t < until) arrivals_.push({t, index});
    return;
  }
  const auto row = source.trace->next();
  if (!row) return;
  const std::int64_t t = (scenario_.start + source.spec->from + row->arrival).ns();
  if (t >= until) return;
  if (source.spec->function.empty()) source.function = function_index(row->function);
  source.next_duration = row->duration;
  arrivals_.push({t, index});
}

void InstancesRun::play() {
  const std::int64_t start = scenario_.start.ns();
  for (const TimePoint due : checker_.anchor(Instant::Anchor::start, "", scenario_.start))
    checks_due_.push_back(due.ns());
  std::sort(checks_due_.begin(), checks_due_.end());
  std::size_t next_check = 0;
  for (std::int64_t t = start; !interrupted_ && t <= end_;) {
    run_until(t);
    ask_again(t);
    if (t == arena_.warm_up) start_counting();
    if ((t - start) % interval_ == 0) sample(t);
    for (; next_check < checks_due_.size() && checks_due_[next_check] <= t; ++next_check) settle();
    std::int64_t next = start + ((t - start) / interval_ + 1) * interval_;
    if (t < arena_.warm_up) next = std::min(next, arena_.warm_up);
    if (next_check < checks_due_.size()) next = std::min(next, checks_due_[next_check]);
    if (!asks_.empty()) next = std::min(next, asks_.top().at);
    t = t < end_ ? std::min(next, end_) : next;
  }
  // Without `until` the run goes on to its last completion.
  while (!scenario_.until && !interrupted_ && ends_.size() > arena_.returns)
    run_until(ends_.top().at);
  expire_all();
  for (const auto& result : checker_.finish(TimePoint{Duration{now_}}, *this)) tell(result);
  close();
}

void InstancesRun::settle() {
  expire_all();  // or a check would see those who are over and have not been found yet
  for (const auto& result : checker_.settle(TimePoint{Duration{now_}}, *this)) tell(result);
}

void InstancesRun::tell(const Checker::Result& result) {
  const std::string words = (result.held ? "✓ " : "✗ ") + result.name +
                            (result.detail.empty() ? "" : ": " + result.detail);
  timeline_.push_back({TimePoint{Duration{now_}},
                       EventKind::check,
                       result.name,
                       result.held ? "held" : "failed",
                       words,
                       {}});
}

// Everything that happens before or at `t`: ends of services before arrivals at one instant.
void InstancesRun::run_until(std::int64_t t) {
  while (!interrupted_) {
    const std::int64_t arrival = arrivals_.empty() ? kNever : arrivals_.top().at;
    const std::int64_t end = ends_.empty() ? kNever : ends_.top().at;
    if (std::min(arrival, end) > t) break;
    if (end <= arrival) {
      now_ = end;
      end_service();
    } else {
      now_ = arrival;
      arrive();
    }
    if (++events_ % kLookEvery == 0) {
      if (options_.progress) options_.progress(Duration{now_ - scenario_.start.ns()});
      interrupted_ = options_.interrupted && options_.interrupted->load(std::memory_order_relaxed);
    }
  }
  if (!interrupted_) now_ = std::max(now_, t);
}

void InstancesRun::arrive() {
  const auto index = static_cast<std::uint32_t>(arrivals_.top().id);
  Source& source = sources_[index];
  const std::size_t function = source.function;
  std::optional<Duration> own;
  if (source.spec->service) {
    own = source.spec->service->draw(source.work);
  } else if (source.next_duration) {
    own = source.next_duration;
  }
  // The next arrival takes this one's place at the top of the heap: one pass instead of two.
  if (source.stream) {
    const std::int64_t next = source.stream->next().ns();
    if (next < (scenario_.start + source.spec->until).ns()) {
      arrivals_.replace_top({next, index});
    } else {
      arrivals_.pop();
    }
  } else {
    arrivals_.pop();
    if (source.trace) schedule_next(index);
  }
  serve(source, index, function, own);
}

void InstancesRun::serve(Source& source, std::uint32_t index, std::size_t f,
                         const std::optional<Duration>& own) {
  Function& function = functions_[f];
  const TimePoint now{Duration{now_}};
  const bool counts = now_ >= arena_.warm_up;
  const std::int64_t lost_before = function.tally.rejected;
  if (options_.demand)
    options_.demand(
        static_cast<FunctionId>(f), now,
        function.pool ? function.pool->warm_service(own) : function.station->service(own));
  if (function.station) {
    function.station->arrive(now, index, own, counts, ends_, function.tally);
  } else {
    function.tally.total += counts;
    auto answer =
        function.pool->arrive(now, index, own, cluster_room(), arena_, ends_, function.tally);
    if (answer == InstancePool::Answer::no_room && evict_one())
      answer = function.pool->arrive(now, index, own, true, arena_, ends_, function.tally);
    if (answer == InstancePool::Answer::rejected || answer == InstancePool::Answer::no_room)
      function.pool->reject(own, counts, function.tally);
  }
  if (source.spec->source == Arrivals::Source::closed && function.tally.rejected > lost_before)
    client_returns(index);
}

// Whether another instance fits the cluster. When it is full, what has expired unseen is looked
// for, but not before the earliest instant at which that can bring anything.
bool InstancesRun::cluster_room() {
  if (arena_.most == 0 || arena_.alive < arena_.most) return true;
  if (now_ < nobody_expires_before_) return false;
  nobody_expires_before_ = kNever;
  const TimePoint now{Duration{now_}};
  for (Function& function : functions_) {
    if (!function.pool) continue;
    function.pool->expire(now, arena_, function.tally);
    nobody_expires_before_ =
        std::min(nobody_expires_before_, function.pool->next_expiry(arena_).ns());
  }
  // Whoever becomes idle later expires later than now by at least the shortest keep-alive.
  std::int64_t shortest = kNever;
  for (const Function& function : functions_)
    if (function.pool) shortest = std::min(shortest, function.pool->keep_alive());
  if (shortest < kNever - now_)
    nobody_expires_before_ = std::min(nobody_expires_before_, now_ + shortest);
  return arena_.alive < arena_.most;
}

// Greedy-dual: whoever is worth least makes room.
bool InstancesRun::evict_one() {
  Function* victim = nullptr;
  double least = std::numeric_limits<double>::infinity();
  for (Function& function : functions_) {
    const double worth = function.pool ? function.pool->least_worth(arena_) : least;
    if (!(worth < least)) continue;
    least = worth;
    victim = &function;
  }
  if (victim) victim->pool->evict(TimePoint{Duration{now_}}, arena_, victim->tally);
  return victim != nullptr;
}

void InstancesRun::come_back(std::size_t f) {
  functions_[f].pool->come_back(TimePoint{Duration{now_}}, cluster_room(), arena_,
                                functions_[f].tally);
}

void InstancesRun::end_service() {
  const std::uint64_t id = ends_.top().id;
  ends_.pop();
  const TimePoint now{Duration{now_}};
  if (id >= kFirstReturn) return come_back(id - kFirstReturn);
  if (id >= kFirstServer) {
    Function& function = functions_[station_of_[id - kFirstServer]];
    const auto& left = function.station->end(now, id, arena_.warm_up, ends_, function.tally);
    for (const std::uint32_t source : left) client_returns(source);
    return;
  }
  const auto instance = static_cast<std::uint32_t>(id);
  const std::uint32_t source = arena_.all[instance].source;
  const std::uint32_t f = arena_.all[instance].function;
  functions_[f].pool->end(now, instance, arena_, ends_, functions_[f].tally);
  client_returns(source);
}

// A client of a closed loop thinks and calls again.
void InstancesRun::client_returns(std::uint32_t index) {
  Source& source = sources_[index];
  if (source.spec->source != Arrivals::Source::closed) return;
  const Duration think = std::max(source.spec->think.draw(source.think), Duration{1});
  const std::int64_t t = now_ + think.count();
  if (t < (scenario_.start + source.spec->until).ns()) arrivals_.push({t, index});
}

}  // namespace thaw::sim
