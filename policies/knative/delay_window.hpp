// The highest replica count wanted lately: Knative's scale-down-delay.
//
// Time is cut into slots of one autoscaler tick (2 s since the epoch); a count is forgotten when
// as many slots have passed as the delay has. Memory is taken once. Errors: none.
// Source: Knative Serving, pkg/autoscaler/aggregation/max, 1.23.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/time.hpp"

namespace thaw::knative {

class DelayWindow {
 public:
  explicit DelayWindow(Duration delay);  // longer than none

  // Takes a count in and says which is the highest in the window, that one included.
  std::int32_t record(TimePoint now, std::int32_t count);

 private:
  struct Peak {
    std::int64_t slot;
    std::int32_t count;
  };
  Peak& peak(std::size_t nth) { return peaks_[(first_ + nth) % peaks_.size()]; }

  std::vector<Peak> peaks_;  // a ring: falling counts, each higher than all after it
  std::size_t first_ = 0, size_ = 0;
};

}  // namespace thaw::knative
