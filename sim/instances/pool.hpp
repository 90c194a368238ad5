// The instances of one standalone function: each serves one request at a time and ends when it has
// been idle for as long as its policy keeps it. Expiry is lazy: an instance that is over is found
// when somebody looks, and ends at the instant it should have.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/random.hpp"
#include "engine/scenario/scenario.hpp"
#include "sim/instances/finish_heap.hpp"
#include "sim/instances/idle_set.hpp"
#include "sim/instances/line.hpp"
#include "sim/instances/tally.hpp"

namespace thaw::sim {

// What all functions share.
struct InstanceArena {
  std::vector<Instance> all;
  std::vector<std::uint32_t> free;
  std::int64_t alive = 0;
  std::int64_t most = 0;  // of the cluster; 0: no limit
  std::int64_t warm_up = 0;
};

class InstancePool {
 public:
  InstancePool(const FunctionSpec& spec, std::uint32_t function, Duration keep_alive, Random work,
               Random choice);

  // A request. `room` says whether the cluster has room for another instance.
  enum class Answer : std::uint8_t { served, waits, rejected, no_room };
  Answer arrive(TimePoint now, std::uint32_t source, const std::optional<Duration>& own,
                bool cluster_room, InstanceArena& arena, FinishHeap& ends, InstanceTally& tally);
  void reject(bool counts, InstanceTally& tally) { tally.rejected += counts; }
  // The service on `id` is over; the first that waits starts at once.
  void end(TimePoint now, std::uint32_t id, InstanceArena& arena, FinishHeap& ends,
           InstanceTally& tally);
  // What is still there, and what it has used until `now`: a living instance, and those who wait.
  static void add_present(const Instance& instance, TimePoint now, std::int64_t warm_up,
                          InstanceTally& tally);
  void add_waiting(TimePoint now, std::int64_t warm_up, InstanceTally& tally) const;
  void expire(TimePoint now, InstanceArena& arena, InstanceTally& tally);
  // The first expiry to come, never() if nobody is idle.
  TimePoint next_expiry(const InstanceArena& arena) const;

  std::int64_t keep_alive() const { return keep_alive_; }
  std::int64_t alive() const { return alive_; }
  std::int64_t busy() const { return busy_; }
  std::int64_t waiting() const { return static_cast<std::int64_t>(line_.size()); }

 private:
  struct Waiting {
    std::int64_t arrived = 0;
    Duration work{};
    std::uint32_t source = kNoInstance;
  };
  void begin(std::uint32_t id, std::int64_t arrived, TimePoint now, Duration work,
             std::uint32_t source, InstanceArena& arena, FinishHeap& ends);
  void finish_life(std::uint32_t id, std::int64_t at, InstanceArena& arena, InstanceTally& tally);

  const FunctionSpec& spec_;
  std::uint32_t function_;
  std::int64_t keep_alive_;
  Distribution warm_, cold_;
  Random work_, choice_;
  IdleSet idle_;
  Line<Waiting> line_;
  std::int64_t alive_ = 0, busy_ = 0;
  std::uint32_t order_ = 0;
};

}  // namespace thaw::sim
