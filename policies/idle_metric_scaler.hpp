// SlimFaas's metric scaler: how many replicas the triggers of its Scale annotation ask for.
//
//   trigger     AverageValue: ceil(value / threshold); Value: ceil(replicas × value / threshold),
//               each within ReplicasMin … ReplicaMax; the highest counts. No tolerance
//   no value    an answer that is missing, empty, negative or too old: ignored, but it keeps the
//               function from shrinking; without any value it stays as it is
//   growing     the most that one of the policies allows, which is nothing where the number was
//               changed within its period, and never more pods than its Value, be that per cent;
//               with a window not above the highest recent decision
//   shrinking   the least that one of the policies allows; not below the highest number that was
//               asked for within the window, even if that is above the present one
// Units: replicas; times of its histories are whole seconds, as SlimFaas keeps them.
// Source: SlimFaas AutoScaler.cs, 0.81. Its histories (1024 entries each) live in memory: nothing
// is kept over a restart.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "policies/idle_metric_settings.hpp"

namespace thaw {

class IdleMetricScaler {
 public:
  struct Wish {
    std::int32_t replicas = 0;
    Reason why;  // its trigger is -1 where none has a value
  };

  void settings(MetricSettings settings, std::int32_t replicas_min);
  bool has_triggers() const { return !settings_.triggers.empty(); }
  std::span<const MetricRef> metrics() const { return settings_.metrics; }

  // One pass of the loop, with the answers to metrics(); `current` is above zero. It remembers.
  Wish pass(TimePoint now, std::int32_t current, std::span<const MetricFacts> answers);
  // A change that was not its own, and counts as one (from 0.84 on).
  void changed(TimePoint now, std::int32_t replicas);
  void forget();

 private:
  struct Sample {
    std::int64_t at_s;
    std::int32_t replicas;
  };
  using History = std::vector<Sample>;
  // The lowest and the highest since an instant; none: low > high.
  struct Range {
    std::int32_t low = std::numeric_limits<std::int32_t>::max(), high = -1;
    bool empty() const { return low > high; }
  };

  Wish by_triggers(TimePoint now, std::int32_t current, std::span<const MetricFacts> answers) const;
  std::int32_t within_bounds(std::int32_t replicas) const;
  Wish grown(Wish wish, std::int32_t current, std::int64_t now_s) const;
  Wish shrunk(Wish wish, std::int32_t current, std::int64_t now_s) const;
  void remember(History& history, std::int64_t now_s, std::int32_t replicas) const;
  static Range since(const History& history, std::int64_t from_s);

  MetricSettings settings_;
  std::int32_t replicas_min_ = 0;
  std::int64_t longest_s_ = 0;  // how far back anything looks
  History asked_for_, decided_;
};

}  // namespace thaw
