// The demand in layers: layer k is busy while k replicas are needed, and idle otherwise. Each has
// its own idle times, and its own plan for how long the k-th replica is kept through the next.
//
// Source: the layers in which a clairvoyant pays for a demand (min(idle time, start) each).
// Units: replicas, seconds. Errors: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/state.hpp"
#include "engine/time.hpp"
#include "policies/demand/idle_gaps.hpp"

namespace thaw {

class Layers {
 public:
  static constexpr std::int32_t kMost = 32;  // above, nothing is kept

  void configure(const IdlePrices& prices);
  void count(double arrivals) { total_ += arrivals; }
  // So many of them would be late with one replica less than this one.
  void count_late(std::int32_t replica, double arrivals) {
    layers_[static_cast<std::size_t>(replica - 1)].requests += arrivals;
  }
  // From `now` on. Idle times that cannot matter are taken for busy ones.
  void turn_busy(std::int32_t replica, TimePoint now);
  void turn_idle(std::int32_t replica, TimePoint now);

  // Once an idle time is long enough to matter it is planned, with what is owed by then.
  void plan_idle(TimePoint now, double debt);
  bool is_planned(std::int32_t replica) const { return at(replica).planned; }

  const IdlePlan& plan(std::int32_t replica) const { return at(replica).plan; }
  std::size_t idle_times(std::int32_t replica) const { return at(replica).gaps.count(); }
  bool is_busy(std::int32_t replica) const { return at(replica).busy_since.has_value(); }
  // Empty: busy, or never needed.
  std::optional<TimePoint> idle_since(std::int32_t replica) const { return at(replica).idle_since; }
  // Of those that are idle: whether it is to be there now.
  bool keeps(std::int32_t replica, TimePoint now) const;

  // Of one that is busy: how likely it is to be so for as much longer.
  double lasts_ratio(std::int32_t replica, TimePoint now, double more_s) const;

  void save(StateWriter& out) const;
  void restore(const StateReader& in);

 private:
  struct Layer {
    IdleGaps gaps;
    IdlePlan plan;
    bool planned = false;                             // for the idle time that it is in
    std::optional<TimePoint> busy_since, idle_since;  // at most one of them
    // Since the last idle time that counts; and all arrivals before it.
    double busy_s = 0, requests = 0, total_before = 0;
  };
  IdlePlan plan_of(const Layer& layer, double debt) const;
  const Layer& at(std::int32_t replica) const {
    return layers_[static_cast<std::size_t>(replica - 1)];
  }

  std::vector<Layer> layers_ = std::vector<Layer>(kMost);
  IdlePrices prices_;
  double total_ = 0;
};

}  // namespace thaw
