// When a pod or a node entered each of its stages for the first time: a container that starts over
// is in the stage in which it died for so long, and a node whose removal is called off stays usable
// since it was. Errors: none.
#pragma once

#include <array>
#include <cstddef>

#include "engine/time.hpp"

namespace thaw {

// Before every run: what was so from the start, or has not happened.
inline constexpr TimePoint kLongAgo{Duration::min()};

template <class Stage, Stage kLast>
class Entered {
 public:
  Entered() { instants_.fill(kLongAgo); }

  void note(Stage stage, TimePoint now) {
    TimePoint& first = instants_[static_cast<std::size_t>(stage)];
    if (first == kLongAgo) first = now;
  }
  TimePoint operator[](Stage stage) const { return instants_[static_cast<std::size_t>(stage)]; }

 private:
  std::array<TimePoint, static_cast<std::size_t>(kLast) + 1> instants_;
};

}  // namespace thaw
