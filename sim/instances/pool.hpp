// The instances of one standalone function: each serves one request at a time and ends when it has
// been idle for as long as its policy keeps it. Expiry is lazy: an instance that is over is found
// when somebody looks, and ends at the instant it should have.
//
// What else a policy may decide (engine/policy.hpp, KeepAlive) is executed here as well, without
// asking for each request:
//   prewarm_after  an idle instance ends at once and comes back; a request that had to start one
//                  meanwhile takes the place of the next to come back
//   worth          whoever is idle stays, until the run evicts the one of least worth
//   foresees       found over, an instance ended when it became idle: with the most recently idle
//                  first nobody has missed it since
//   rests          what is left of it afterwards, remains.hpp
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/policy.hpp"
#include "engine/random.hpp"
#include "engine/scenario/scenario.hpp"
#include "sim/instances/finish_heap.hpp"
#include "sim/instances/idle_set.hpp"
#include "sim/instances/line.hpp"
#include "sim/instances/remains.hpp"
#include "sim/instances/tally.hpp"

namespace thaw::sim {

// What ends: below, a service on an instance; from here on, one on a server; from there on, the
// absence of an instance that comes back to a function.
inline constexpr std::uint64_t kFirstServer = std::uint64_t{1} << 40;
inline constexpr std::uint64_t kFirstReturn = std::uint64_t{1} << 41;

// What all functions share.
struct InstanceArena {
  std::vector<Instance> all;
  std::vector<std::uint32_t> free;
  std::int64_t alive = 0;
  std::int64_t most = 0;  // of the cluster; 0: no limit
  std::int64_t warm_up = 0;
  std::size_t returns = 0;     // of instances, among what ends
  double clock = 0;            // of evictions: the worth of the last one to go
  bool starts_matter = false;  // how much of a service is a start is of interest
};

class InstancePool {
 public:
  struct Luck {
    Random work, choice, starts;
  };
  InstancePool(const FunctionSpec& spec, std::uint32_t function, const KeepAlive& decided,
               const Luck& luck);

  // A request. `room` says whether the cluster has room for another instance.
  enum class Answer : std::uint8_t { served, waits, rejected, no_room };
  Answer arrive(TimePoint now, std::uint32_t source, const std::optional<Duration>& own,
                bool cluster_room, InstanceArena& arena, FinishHeap& ends, InstanceTally& tally);
  // What arrive() found no place for, and nobody made one.
  void reject(const std::optional<Duration>& own, bool counts, InstanceTally& tally);
  // What the next request would take on a warm instance; uses up nobody's luck.
  Duration warm_service(const std::optional<Duration>& own) const;
  // The service on `id` is over; the first that waits starts at once.
  void end(TimePoint now, std::uint32_t id, InstanceArena& arena, FinishHeap& ends,
           InstanceTally& tally);
  // At the instant that `ends` has for kFirstReturn + function.
  void come_back(TimePoint now, bool cluster_room, InstanceArena& arena, InstanceTally& tally);
  // What is still there, and what it has used until `now`: a living instance, and those who wait.
  void add_present(const Instance& instance, TimePoint now, std::int64_t warm_up,
                   InstanceTally& tally) const;
  void add_waiting(TimePoint now, std::int64_t warm_up, InstanceTally& tally) const;
  void expire(TimePoint now, InstanceArena& arena, InstanceTally& tally);
  // The first expiry to come, never() if nobody is idle.
  TimePoint next_expiry(const InstanceArena& arena) const;

  // A decision that is new from now on.
  void keep(TimePoint now, const KeepAlive& decided, InstanceArena& arena, InstanceTally& tally);
  // From the last end to the next arrival, while nobody is served; since they were last cleared.
  void note_idle_times() { notes_idle_times_ = true; }
  std::vector<Duration>& idle_times() { return idle_times_; }

  // Greedy-dual: of the idle instances the least worth; infinite if none may be evicted.
  double least_worth(const InstanceArena& arena) const;
  void evict(TimePoint now, InstanceArena& arena, InstanceTally& tally);

  std::int64_t keep_alive() const { return keep_alive_; }
  std::int64_t alive() const { return alive_; }
  std::int64_t busy() const { return busy_; }
  std::int64_t waiting() const { return static_cast<std::int64_t>(line_.size()); }
  const Remains& remains() const { return remains_; }

 private:
  struct Waiting {
    std::int64_t arrived = 0;
    Duration work{};
    std::uint32_t source = kNoInstance;
  };
  void follow(const KeepAlive& decided);
  std::uint32_t create(TimePoint now, InstanceArena& arena, InstanceTally& tally);
  Duration work_of_start(TimePoint now, const std::optional<Duration>& own, InstanceArena& arena,
                         Duration& starting);
  void begin(std::uint32_t id, std::int64_t arrived, TimePoint now, Duration work,
             std::uint32_t source, InstanceArena& arena, FinishHeap& ends);
  void sleep(TimePoint now, std::uint32_t id, InstanceArena& arena, FinishHeap& ends,
             InstanceTally& tally);
  void finish_life(std::uint32_t id, std::int64_t at, InstanceArena& arena, InstanceTally& tally);

  // First what each request needs.
  const FunctionSpec& spec_;
  std::uint32_t function_, order_ = 0;
  std::int64_t keep_alive_ = 0, prewarm_after_ = 0;
  std::int64_t alive_ = 0, busy_ = 0;
  std::int64_t uses_ = 0;            // requests served since there was no instance last
  std::int64_t idle_since_ = kBusy;  // all of them
  bool foresees_ = false, notes_idle_times_ = false;
  Distribution warm_;
  Random work_, choice_;
  IdleSet idle_;
  Line<Waiting> line_;
  Distribution cold_;
  Random starts_;
  double worth_ = 0;
  Remains remains_;
  FinishHeap asleep_;  // those that will come back
  std::vector<Duration> idle_times_;

  static constexpr std::int64_t kBusy = -1;
};

}  // namespace thaw::sim
