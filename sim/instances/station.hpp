// Servers that are always there: `servers` of them with `slots` each, one central line or one line
// a server. The classical queues: M/M/c, M/G/1, processor sharing. A stale end of service is told
// by its instant.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/random.hpp"
#include "engine/scenario/scenario.hpp"
#include "sim/instances/finish_heap.hpp"
#include "sim/instances/line.hpp"
#include "sim/instances/tally.hpp"
#include "sim/server.hpp"

namespace thaw::sim {

class Station {
 public:
  Station(const FunctionSpec& spec, std::uint64_t first_id, Random work, Random choice);

  void arrive(TimePoint now, std::uint32_t source, const std::optional<Duration>& own, bool counts,
              FinishHeap& ends, InstanceTally& tally);
  // What the next request would take; uses up nobody's luck.
  Duration service(const std::optional<Duration>& own) const;
  // An end of service at `id` fell due. Returns the sources of the requests that left.
  const std::vector<std::uint32_t>& end(TimePoint now, std::uint64_t id, std::int64_t warm_up,
                                        FinishHeap& ends, InstanceTally& tally);
  std::int64_t in_service() const;
  std::int64_t waiting() const;
  std::uint64_t servers() const { return servers_.size(); }
  // Adds what servers and requests that are still there have used until `now`.
  void add_present(TimePoint now, std::int64_t warm_up, InstanceTally& tally) const;

 private:
  static constexpr std::int64_t kIdle = -1, kNotYet = -1;

  struct Request {
    std::int64_t arrived = 0, started = kNotYet;
    Duration work{};
    std::uint32_t source = 0;
    bool counts = false, live = false;
  };
  void start(std::size_t server, std::uint32_t request, TimePoint now, InstanceTally& tally);
  void rearm(std::size_t server, TimePoint now, FinishHeap& ends);
  std::size_t choose(bool need_free_slot);  // servers_.size() if there is none
  std::uint32_t open();

  const FunctionSpec& spec_;
  std::uint64_t first_id_;
  Random work_, choice_;
  std::vector<Server> servers_;
  std::vector<std::int64_t> due_;         // the end that each server waits for
  std::vector<std::int64_t> busy_since_;  // kIdle: nothing in service
  Line<std::uint32_t> central_;
  std::vector<Request> requests_;
  std::vector<std::uint32_t> free_, finished_, left_;
};

}  // namespace thaw::sim
