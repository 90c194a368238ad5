#include "sim/instances/pool.hpp"

#include <algorithm>

namespace thaw::sim {

InstancePool::InstancePool(const FunctionSpec& spec, std::uint32_t function, Duration keep_alive,
                           Random work, Random choice)
    : spec_(spec),
      function_(function),
      keep_alive_(keep_alive.count()),
      warm_(spec.service.duration),
      cold_(spec.service.cold.value_or(spec.service.duration)),
      work_(work),
      choice_(choice),
      idle_(spec.service.dispatch) {}

InstancePool::Answer InstancePool::arrive(TimePoint now, std::uint32_t source,
                                          const std::optional<Duration>& own, bool cluster_room,
                                          InstanceArena& arena, FinishHeap& ends,
                                          InstanceTally& tally) {
  expire(now, arena, tally);
  const bool counts = now.ns() >= arena.warm_up;
  if (!idle_.empty()) {
    const std::uint32_t id = idle_.take(arena.all, choice_);
    begin(id, now.ns(), now, own ? *own : warm_.draw(work_), source, arena, ends);
    return Answer::served;
  }
  const Standalone& rules = *spec_.standalone;
  const bool own_room = rules.instances_max == 0 || alive_ < rules.instances_max;
  if (own_room && cluster_room) {
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
    if (counts) {
      ++tally.cold;
      ++tally.created;
      tally.peak = std::max(tally.peak, alive_);
    }
    // A trace's duration is a warm one; what the start adds is the difference of the means.
    const Duration work =
        own ? *own + Duration{static_cast<std::int64_t>(std::max(0.0, cold_.mean() - warm_.mean()))}
            : cold_.draw(work_);
    begin(id, now.ns(), now, work, source, arena, ends);
    return Answer::served;
  }
  if (own_room) return Answer::no_room;
  if (!rules.wait_when_full || (rules.queue_max > 0 && waiting() >= rules.queue_max))
    return Answer::rejected;
  line_.push_back({now.ns(), own ? *own : warm_.draw(work_), source});
  return Answer::waits;
}

void InstancePool::begin(std::uint32_t id, std::int64_t arrived, TimePoint now, Duration work,
                         std::uint32_t source, InstanceArena& arena, FinishHeap& ends) {
  Instance& instance = arena.all[id];
  instance.since = arrived;
  instance.started = now.ns();
  instance.source = source;
  ++busy_;
  ends.push({now.ns() + work.count(), id});
}

void InstancePool::end(TimePoint now, std::uint32_t id, InstanceArena& arena, FinishHeap& ends,
                       InstanceTally& tally) {
  Instance& instance = arena.all[id];
  const std::int64_t arrived = instance.since, started = instance.started;
  tally.busy_ns += InstanceTally::counted(started, now.ns(), arena.warm_up);
  tally.in_system_ns += InstanceTally::counted(arrived, now.ns(), arena.warm_up);
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
  idle_.add(arena.all, id);
}

void InstancePool::add_present(const Instance& instance, TimePoint now, std::int64_t warm_up,
                               InstanceTally& tally) {
  tally.alive_ns += InstanceTally::counted(instance.created, now.ns(), warm_up);
  if (instance.source == kNoInstance) return;
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
    idle_.remove(arena.all, id);
    finish_life(id, over, arena, tally);
  }
}

void InstancePool::finish_life(std::uint32_t id, std::int64_t at, InstanceArena& arena,
                               InstanceTally& tally) {
  tally.alive_ns += InstanceTally::counted(arena.all[id].created, at, arena.warm_up);
  if (at >= arena.warm_up) {
    tally.life_ns += at - arena.all[id].created;
    ++tally.ended;
  }
  --alive_;
  --arena.alive;
  arena.all[id].function = kNoInstance;
  arena.free.push_back(id);
}

}  // namespace thaw::sim
