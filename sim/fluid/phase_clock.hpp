// Own integer nanoseconds against SimGrid's clock, a double that counts the seconds of active
// phases only.
//
// Each phase has its origin: the own instant and the SimGrid date at which its first flow started.
// So neither the date of a run nor an earlier phase costs precision, and a flow ends where
// arithmetic from the phase's start says, rounded to the nearest nanosecond.
#pragma once

#include <cmath>

#include "engine/time.hpp"

namespace thaw::sim {

class PhaseClock {
 public:
  void begin(TimePoint own, double date) {
    own_ = own;
    date_ = date;
  }
  TimePoint own_time(double date) const {
    return own_ + Duration(static_cast<std::int64_t>(std::llround((date - date_) * 1e9)));
  }
  double date(TimePoint own) const { return date_ + seconds(own - own_); }

 private:
  TimePoint own_{};
  double date_ = 0;
};

}  // namespace thaw::sim
