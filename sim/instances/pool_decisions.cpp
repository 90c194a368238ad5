// What a pool does for its policy beyond letting idle instances go: seldom, and apart from what is
// done for each request.
#include <algorithm>
#include <limits>

#include "sim/instances/pool.hpp"

namespace thaw::sim {
namespace {

constexpr std::int64_t kForEver = std::int64_t{1} << 61;  // 73 years, in ns

}  // namespace

void InstancePool::follow(const KeepAlive& decided) {
  keep_alive_ = decided.worth > 0 ? kForEver : decided.idle.count();
  prewarm_after_ = decided.prewarm_after.count();
  worth_ = decided.worth;
  foresees_ = decided.foresees;
}

// Whoever has been idle for longer than it is kept from now on ends now and not before.
void InstancePool::keep(TimePoint now, const KeepAlive& decided, InstanceArena& arena,
                        InstanceTally& tally) {
  expire(now, arena, tally);
  follow(decided);
  while (next_expiry(arena) <= now) {
    const std::uint32_t id = idle_.longest_idle();
    idle_.remove(arena.all, id);
    finish_life(id, now.ns(), arena, tally);
  }
}

// It ends, and is there again later.
void InstancePool::sleep(TimePoint now, std::uint32_t id, InstanceArena& arena, FinishHeap& ends,
                         InstanceTally& tally) {
  finish_life(id, now.ns(), arena, tally);
  const std::int64_t back = now.ns() + prewarm_after_;
  asleep_.push({back, id});
  ends.push({back, kFirstReturn + function_});
  ++arena.returns;
}

void InstancePool::come_back(TimePoint now, bool cluster_room, InstanceArena& arena,
                             InstanceTally& tally) {
  --arena.returns;
  if (asleep_.empty() || asleep_.top().at > now.ns()) return;  // a request took its place
  asleep_.pop();
  const int most = spec_.standalone->instances_max;
  expire(now, arena, tally);
  if (!cluster_room || (most > 0 && alive_ >= most)) return;
  const std::uint32_t id = create(now, arena, tally);
  tally.prewarmed += now.ns() >= arena.warm_up;
  Instance& instance = arena.all[id];
  instance.since = now.ns();
  instance.source = kNoInstance;
  idle_.add(arena.all, id);
}

// All of a function's instances have its number of uses, so the one that was not used for longest
// has the earliest clock.
double InstancePool::least_worth(const InstanceArena& arena) const {
  if (worth_ == 0 || idle_.empty()) return std::numeric_limits<double>::infinity();
  return arena.all[idle_.longest_idle()].clock + static_cast<double>(uses_) * worth_;
}

void InstancePool::evict(TimePoint now, InstanceArena& arena, InstanceTally& tally) {
  arena.clock = std::max(arena.clock, least_worth(arena));
  const std::uint32_t id = idle_.longest_idle();
  idle_.remove(arena.all, id);
  finish_life(id, now.ns(), arena, tally);
}

}  // namespace thaw::sim
