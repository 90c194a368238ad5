// A pool alone, driven by hand.
#pragma once

#include <optional>
#include <utility>

#include "sim/instances/pool.hpp"

namespace thaw::sim {

using Wide = InstanceTally::Wide;

inline InstancePool::Luck pool_luck() {
  return {Random(1, "work"), Random(1, "choice"), Random(1, "start")};
}

inline constexpr Duration kWarm = 2s, kCold = 5s;

// A pool alone, its instances and its ends of service. Times count from 0.
struct Bed {
  explicit Bed(Duration idle, Standalone rules = {}, Dispatch dispatch = Dispatch::newest)
      : Bed(KeepAlive{.idle = idle}, std::move(rules), dispatch) {}
  explicit Bed(const KeepAlive& decided, Standalone rules = {},
               Dispatch dispatch = Dispatch::recently_idle) {
    spec.name = "f";
    spec.standalone = std::move(rules);
    spec.service.duration = Distribution::constant(kWarm);
    spec.service.cold = Distribution::constant(kCold);
    spec.service.dispatch = dispatch;
    pool.emplace(spec, 0, decided, pool_luck());
  }

  InstancePool::Answer arrive(Duration at, std::optional<Duration> own = {}, bool room = true) {
    end_until(at);
    return pool->arrive({at}, 0, own, room, arena, ends, tally);
  }
  // Services that end by then, that instant included.
  void end_until(Duration at) {
    while (!ends.empty() && ends.top().at <= at.count()) {
      const FinishHeap::Entry next = ends.top();
      ends.pop();
      last_end = Duration{next.at};
      if (next.id >= kFirstReturn) {
        pool->come_back({last_end}, true, arena, tally);
      } else {
        pool->end({last_end}, static_cast<std::uint32_t>(next.id), arena, ends, tally);
      }
    }
  }
  void close(Duration at) {
    end_until(at);
    pool->expire({at}, arena, tally);
    for (const Instance& instance : arena.all)
      if (instance.function != kNoInstance) pool->add_present(instance, {at}, arena.warm_up, tally);
    pool->add_waiting({at}, arena.warm_up, tally);
  }

  FunctionSpec spec;
  InstanceArena arena;
  FinishHeap ends;
  InstanceTally tally;
  std::optional<InstancePool> pool;
  Duration last_end{};
};

}  // namespace thaw::sim
