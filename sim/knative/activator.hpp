// One activator, as far as one revision is concerned: the calls it holds, the replicas it may send
// to, and what it reports.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "engine/policy.hpp"
#include "engine/random.hpp"
#include "engine/serving/request_stats.hpp"
#include "sim/nodes.hpp"
#include "sim/requests.hpp"

namespace thaw::sim {

class Activator {
 public:
  // Calls that one revision may have waiting here; beyond it they are refused. Where nothing limits
  // concurrency nothing limits them.
  static constexpr std::size_t kMostHeld = 10'000;

  // The first call of a revision that was forgotten is reported at once.
  std::optional<Load> arrived(TimePoint now);
  void left(TimePoint now) { stats_.finish(now); }
  // Once a second; none while the revision is forgotten.
  std::optional<Load> report(TimePoint now);

  // Its share of the ready replicas, ascending.
  void assign(std::vector<PodId> pods);
  // A replica with room, or nothing.
  std::optional<PodId> choose(std::uint32_t concurrency, Random& random);
  void sent(PodId pod) { ++in_flight_[pod]; }
  void returned(PodId pod);

  std::deque<RequestId> held;
  bool reporting = false;  // its next report is planned

 private:
  std::uint32_t in_flight(PodId pod) const;
  bool is_own(PodId pod) const;

  serving::ActivatorStats stats_;
  std::vector<PodId> pods_;
  std::map<PodId, std::uint32_t> in_flight_;  // sent and not returned; its own stay at 0
  std::size_t next_ = 0;
};

}  // namespace thaw::sim
