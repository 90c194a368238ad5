#include "sim/instances/pool.hpp"

#include <algorithm>

namespace thaw::sim {

InstancePool::InstancePool(const FunctionSpec& spec, std::uint32_t function,
                           const KeepAlive& decided, const Luck& luck)
    : spec_(spec),
      function_(function),
      warm_(spec.service.duration),
      work_(luck.work),
      choice_(luck.choice),
      idle_(spec.service.dispatch),
      cold_(spec.service.cold.value_or(spec.service.duration)),
      starts_(luck.starts) {
  follow(decided);
  remains_.follow(decided.idle, decided.rests);
}

InstancePool::Answer InstancePool::arrive(TimePoint now, std::uint32_t source,
                                          const std::optional<Duration>& own, bool cluster_room,
                                          InstanceArena& arena, FinishHeap& ends,
                                          InstanceTally& tally) {
  expire(now, arena, tally);
  if (notes_idle_times_ && idle_since_ != kBusy) {
    idle_times_.push_back(Duration{now.ns() - idle_since_});
    idle_since_ = kBusy;
  }
  if (!idle_.empty()) {
    const std::uint32_t id = idle_.take(arena.all, choice_);
    begin(id, now.ns(), now, own ? *own : warm_.draw(work_), source, arena, ends);
    return Answer::served;
  }
  const Standalone& rules = *spec_.standalone;
  const bool own_room = rules.instances_max == 0 || alive_ < rules.instances_max;
  if (own_room && cluster_room) {
    const std::uint32_t id = create(now, arena, tally);
    tally.cold += now.ns() >= arena.warm_up;
    Duration starting{0};
    const Duration work = work_of_start(now, own, arena, starting);
    arena.all[id].starting = starting.count();
    tally.longest_start = std::max(tally.longest_start, starting.count());
    if (!asleep_.empty()) asleep_.pop();
    begin(id, now.ns(), now, work, source, arena, ends);
    return Answer::served;
  }
  if (own_room) return Answer::no_room;
  if (!rules.wait_when_full || (rules.queue_max > 0 && waiting() >= rules.queue_max))
    return Answer::rejected;
  line_.push_back({now.ns(), own ? *own : warm_.draw(work_), source});
  return Answer::waits;
}

std::uint32_t InstancePool::create(TimePoint now, InstanceArena& arena, InstanceTally& tally) {
  std::uint32_t id;
  if (arena.free.empty()) {
    id = static_cast<std::uint32_t>(arena.all.size());
    arena.all.emplace_back();
    arena.free.reserve(arena.all.capacity());  // all may be free one day: no allocation then
  } else {
    id = arena.free.back();
    arena.free.pop_back();
  }
  Instance& instance = arena.all[id];
  instance.created = now.ns();
  instance.function = function_;
  instance.order = order_++;
  ++alive_;
  ++arena.alive;
  if (now.ns() >= arena.warm_up) {
    ++tally.created;
    tally.peak = std::max(tally.peak, alive_);
  }
  return id;
}

Duration InstancePool::warm_service(const std::optional<Duration>& own) const {
  Random twin = work_;
  return own ? *own : warm_.draw(twin);
}

// The whole service of a request that starts its instance, from nothing or from what is left of
// one. `starting`: how much of it is the start, if that matters.
Duration InstancePool::work_of_start(TimePoint now, const std::optional<Duration>& own,
                                     InstanceArena& arena, Duration& starting) {
  if (remains_.any()) {
    if (const auto level = remains_.take(now.ns(), arena.warm_up)) {
      starting = spec_.standalone->levels[*level - 1].to_serve.draw(starts_);
      return starting + (own ? *own : warm_.draw(work_));
    }
  }
  // A trace's duration is a warm one; what the start adds is the difference of the means.
  if (own) {
    starting = Duration{static_cast<std::int64_t>(std::max(0.0, cold_.mean() - warm_.mean()))};
    return *own + starting;
  }
  // From the same numbers as a warm one, which are used up either way: under a policy that keeps
  // more or fewer instances the next request has the same luck.
  Random twin = work_;
  const Duration warm = warm_.draw(work_), work = cold_.draw(twin);
  if (arena.starts_matter) starting = std::max(work - warm, Duration{0});
  return work;
}

void InstancePool::reject(const std::optional<Duration>& own, bool counts, InstanceTally& tally) {
  if (!own) warm_.draw(work_);  // its luck is used up all the same
  tally.rejected += counts;
}

void InstancePool::begin(std::uint32_t id, std::int64_t arrived, TimePoint now, Duration work,
                         std::uint32_t source, InstanceArena& arena, FinishHeap& ends) {
  Instance& instance = arena.all[id];
  instance.since = arrived;
  instance.started = now.ns();
  instance.source = source;
  ++uses_;
  ++busy_;
  ends.push({now.ns() + work.count(), id});
}

void InstancePool::end(TimePoint now, std::uint32_t id, InstanceArena& arena, FinishHeap& ends,
                       InstanceTally& tally) {
  Instance& instance = arena.all[id];
  const std::int64_t arrived = instance.since, started = instance.started;
  tally.busy_ns += InstanceTally::counted(started, now.ns(), arena.warm_up);
  tally.in_system_ns += InstanceTally::counted(arrived, now.ns(), arena.warm_up);
  if (instance.starting > 0) {
    tally.starting_ns +=
        InstanceTally::counted(started, started + instance.starting, arena.warm_up);
    instance.starting = 0;
  }
  if (arrived >= arena.warm_up) {
    ++tally.completed;
    tally.latency.add(Duration{now.ns() - arrived});
    tally.wait.add(Duration{started - arrived});
    tally.waited += started > arrived;
  }
  --busy_;
  if (!line_.empty()) {
    const Waiting next = line_.front();
    line_.pop_front();
    begin(id, next.arrived, now, next.work, next.source, arena, ends);
    return;
  }
  instance.since = now.ns();
  instance.source = kNoInstance;
  instance.clock = arena.clock;
  if (notes_idle_times_ && busy_ == 0) idle_since_ = now.ns();
  if (prewarm_after_ > 0) return sleep(now, id, arena, ends, tally);
  idle_.add(arena.all, id);
}

void InstancePool::add_present(const Instance& instance, TimePoint now, std::int64_t warm_up,
                               InstanceTally& tally) const {
  const bool idle = instance.source == kNoInstance;
  const std::int64_t end = idle && foresees_ ? instance.since : now.ns();
  tally.alive_ns += InstanceTally::counted(instance.created, end, warm_up);
  if (idle) return;
  tally.starting_ns += InstanceTally::counted(
      instance.started, std::min(instance.started + instance.starting, now.ns()), warm_up);
  tally.busy_ns += InstanceTally::counted(instance.started, now.ns(), warm_up);
  tally.in_system_ns += InstanceTally::counted(instance.since, now.ns(), warm_up);
}

void InstancePool::add_waiting(TimePoint now, std::int64_t warm_up, InstanceTally& tally) const {
  for (std::size_t i = 0; i < line_.size(); ++i)
    tally.in_system_ns += InstanceTally::counted(line_[i].arrived, now.ns(), warm_up);
}

TimePoint InstancePool::next_expiry(const InstanceArena& arena) const {
  if (idle_.empty()) return TimePoint::never();
  return TimePoint{Duration{arena.all[idle_.longest_idle()].since}} + Duration{keep_alive_};
}

void InstancePool::expire(TimePoint now, InstanceArena& arena, InstanceTally& tally) {
  while (!idle_.empty()) {
    const std::uint32_t id = idle_.longest_idle();
    const std::int64_t over = arena.all[id].since + keep_alive_;
    if (over > now.ns()) return;
    const std::int64_t since = arena.all[id].since;
    idle_.remove(arena.all, id);
    finish_life(id, foresees_ ? since : over, arena, tally);
    if (remains_.any()) remains_.leave(since);
  }
}

void InstancePool::finish_life(std::uint32_t id, std::int64_t at, InstanceArena& arena,
                               InstanceTally& tally) {
  tally.alive_ns += InstanceTally::counted(arena.all[id].created, at, arena.warm_up);
  if (at >= arena.warm_up) {
    tally.life_ns += at - arena.all[id].created;
    ++tally.ended;
  }
  if (--alive_ == 0) uses_ = 0;
  --arena.alive;
  arena.all[id].function = kNoInstance;
  arena.free.push_back(id);
}

}  // namespace thaw::sim
