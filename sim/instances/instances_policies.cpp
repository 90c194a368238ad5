// The functions of a run, and the policies that govern their instances.
#include <algorithm>

#include "engine/invariant.hpp"
#include "sim/instances/instances_run.hpp"

namespace thaw::sim {
namespace {

constexpr std::size_t kMostColumns = 20;  // functions with series of their own

}  // namespace

void InstancesRun::make_functions() {
  std::uint64_t next_server = kFirstServer;
  functions_.resize(scenario_.functions.size());
  for (std::uint32_t f = 0; f < functions_.size(); ++f) {
    const FunctionSpec& spec = scenario_.functions[f];
    arena_.starts_matter |= options_.demand || !spec.standalone->currency.empty();
    if (spec.standalone->servers == 0) {
      make_pool(f);
      continue;
    }
    functions_[f].station =
        std::make_unique<Station>(spec, next_server, Random(options_.seed, "service/" + spec.name),
                                  Random(options_.seed, "dispatch/" + spec.name));
    next_server += functions_[f].station->servers();
    station_of_.resize(next_server - kFirstServer, f);
  }
  const std::size_t columns = functions_.size() <= kMostColumns ? functions_.size() : 1;
  for (std::size_t c = 0; c < columns; ++c) {
    const std::string name = columns == functions_.size() ? scenario_.functions[c].name : "all";
    for (const char* field : {"replicas", "in_flight", "queued"})
      columns_.push_back(series_.add("function", name, field));
  }
}

void InstancesRun::make_pool(FunctionId f) {
  const FunctionSpec& spec = scenario_.functions[f];
  Function& function = functions_[f];
  const auto governor = std::find_if(options_.governors.begin(), options_.governors.end(),
                                     [f](const Governor& g) { return g.spec.function == f; });
  Decision decided;
  if (governor != options_.governors.end()) {
    Spec own = governor->spec;
    own.seed = options_.seed;
    function.policy = governor->policy->make(own, notices_);
    Observation seen{};
    seen.now = seen.facts_taken = scenario_.start;
    seen.cause = Cause::start;
    if (notices_.ok() && governor->policy->governs == Governs::instances)
      decided = decide(f, *function.policy, seen);
  }
  if (!decided.instances && notices_.ok())
    notices_.error(spec.place, "functions." + spec.name,
                   "needs a policy that keeps single instances, such as keep_alive:idle=600s");
  const KeepAlive keep = decided.instances.value_or(KeepAlive{});
  refuse_what_is_not_exact(f, keep);
  const InstancePool::Luck luck{Random(options_.seed, "service/" + spec.name),
                                Random(options_.seed, "dispatch/" + spec.name),
                                Random(options_.seed, "start/" + spec.name)};
  function.pool = std::make_unique<InstancePool>(spec, f, keep, luck);
  if (decided.ask_again == TimePoint::never()) {
    function.policy.reset();
    return;
  }
  asks_.push({decided.ask_again.ns(), f});
  if (function.policy->wants().idle_times) function.pool->note_idle_times();
}

// Who knows what comes ends an instance when it became idle, as soon as it is clear that nobody
// needed it. Until then it takes nobody's place only if it would be the last to be chosen, and if
// nobody else waits for its room.
void InstancesRun::refuse_what_is_not_exact(FunctionId f, const KeepAlive& decided) {
  if (!decided.foresees) return;
  const FunctionSpec& spec = scenario_.functions[f];
  if (spec.service.dispatch != Dispatch::recently_idle)
    notices_.error(spec.place, "functions." + spec.name + ".service.dispatch",
                   "a policy that knows what comes needs recently_idle: what an instance will be "
                   "used for depends on who else is there");
  if (scenario_.cluster.instances_max > 0)
    notices_.error(spec.place, "functions." + spec.name,
                   "a policy that knows what comes is not exact where functions compete for room: "
                   "leave cluster.instances out");
  notices_.notice(spec.name +
                  " is governed by a policy that knows what comes: series.csv counts an idle "
                  "instance until it turns out that nobody needed it");
}

Decision InstancesRun::decide(FunctionId f, ScalingPolicy& policy, const Observation& seen) {
  const Decision decision = policy.decide(seen);
  THAW_CHECK(decision.ask_again > seen.now, "a policy that asks again at once would never let go");
  if (options_.decided) options_.decided({f, policy.wants(), seen, decision, decision});
  if (std::find(options_.traced.begin(), options_.traced.end(), f) != options_.traced.end()) {
    const std::string& name = scenario_.functions[f].name;
    timeline_.push_back({seen.now,
                         EventKind::decision,
                         name,
                         std::string(name_of(decision.why.code)),
                         name + ": " + to_words(decision.why),
                         {}});
  }
  return decision;
}

// Policies whose instant has come, after all that happened until then.
void InstancesRun::ask_again(std::int64_t t) {
  while (!asks_.empty() && asks_.top().at <= t) {
    const auto f = static_cast<FunctionId>(asks_.top().id);
    asks_.pop();
    InstancePool& pool = *functions_[f].pool;
    Observation seen{};
    seen.now = seen.facts_taken = TimePoint{Duration{t}};
    seen.cause = Cause::timer;
    pool.expire(seen.now, arena_, functions_[f].tally);
    seen.ready = Replicas(static_cast<std::int32_t>(pool.alive()));
    seen.in_flight = static_cast<std::uint32_t>(pool.busy());
    seen.queued = static_cast<std::uint32_t>(pool.waiting());
    seen.idle_times = pool.idle_times();
    const Decision decided = decide(f, *functions_[f].policy, seen);
    pool.idle_times().clear();
    if (decided.instances) {
      THAW_CHECK(!decided.instances->foresees, "whoever knows what comes decides once");
      pool.keep(seen.now, *decided.instances, arena_, functions_[f].tally);
      nobody_expires_before_ = 0;
    }
    if (decided.ask_again != TimePoint::never()) asks_.push({decided.ask_again.ns(), f});
  }
}

}  // namespace thaw::sim
