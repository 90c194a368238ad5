// What is left of the instances of one function once their idle time is over: each stands at a
// level below serving, and goes down one after another at the instants that its policy named
// (KeepAlive::rests), until nothing is left. Like expiry this is lazy: what has gone down is found
// when somebody looks.
//
// Whoever became idle last stands highest, so that is the one to start from.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/policy.hpp"
#include "sim/instances/line.hpp"
#include "sim/instances/tally.hpp"

namespace thaw::sim {

class Remains {
 public:
  // What one level was used for, after the warm-up.
  struct Use {
    InstanceTally::Wide kept_ns = 0;
    std::int64_t starts = 0;
  };

  // `idle`: how long an instance was ready before.
  void follow(Duration idle, std::span<const Rest> rests);
  bool any() const { return !rests_.empty(); }

  void leave(std::int64_t idle_since) { left_.push_back(idle_since); }
  // Takes the highest. Its level; nothing: there is none.
  std::optional<std::size_t> take(std::int64_t now, std::int64_t warm_up);
  void settle(std::int64_t now, std::int64_t warm_up);
  // By level of Spec::levels, what still stands there included.
  std::vector<Use> uses(std::int64_t now, std::int64_t warm_up) const;

 private:
  // Counts from when it left serving until `now`; where it stands then.
  std::optional<std::size_t> count(std::int64_t since, std::int64_t now, std::int64_t warm_up,
                                   std::vector<Use>& uses) const;

  std::int64_t idle_ = 0;
  std::vector<Rest> rests_;
  Line<std::int64_t> left_;  // since when they are idle
  std::vector<Use> uses_;
};

}  // namespace thaw::sim
