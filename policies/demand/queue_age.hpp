// How long the oldest request in a queue has waited, where only its length and the arrivals are
// known: first come first served, those that wait are the latest to have arrived.
//
// Units: seconds, to the second, up to two minutes. Errors: none.
#pragma once

#include <array>
#include <cstdint>

#include "engine/policy.hpp"

namespace thaw {

class QueueAge {
 public:
  static constexpr std::int64_t kLongest = 120;

  void add(const Load& load) {
    const std::int64_t second = load.at.since_epoch / std::chrono::seconds(1);
    Second& slot = seconds_[static_cast<std::size_t>(second % kLongest)];
    if (slot.number != second) slot = {second, 0};
    slot.arrived += load.requests - load.proxied_requests;
  }
  // Of so many that wait, those that have waited for longer than so many whole seconds.
  double waiting_longer(double waiting, std::int64_t than_s, TimePoint now) const {
    double left = waiting;
    for (std::int64_t s = 0; s < than_s && s < kLongest && left > 0; ++s) left -= arrived(now, s);
    return left > 0 ? left : 0;
  }
  double oldest_s(double waiting, TimePoint now) const {
    std::int64_t s = 0;
    for (double left = waiting; s < kLongest && left > 0; ++s) left -= arrived(now, s);
    return static_cast<double>(s);
  }

 private:
  struct Second {
    std::int64_t number = -1;
    double arrived = 0;
  };
  // In the second that ended `ago` seconds before now's began.
  double arrived(TimePoint now, std::int64_t ago) const {
    const std::int64_t second = now.since_epoch / std::chrono::seconds(1) - 1 - ago;
    const Second& slot = seconds_[static_cast<std::size_t>(second % kLongest)];
    return slot.number == second ? slot.arrived : 0;
  }

  std::array<Second, kLongest> seconds_{};
};

}  // namespace thaw
