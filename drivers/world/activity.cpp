#include "drivers/world/activity.hpp"

#include <algorithm>

namespace thaw::world {

void Activity::called(const FunctionName& function, TimePoint at) {
  TimePoint& last = last_.try_emplace(function, at).first->second;
  last = std::max(last, at);
}

void Activity::wake(const FunctionName& function, TimePoint at) {
  called(function, at);
  waking_.insert(function);
}

std::optional<TimePoint> Activity::last(const FunctionName& function) const {
  const auto found = last_.find(function);
  if (found == last_.end()) return std::nullopt;
  return found->second;
}

}  // namespace thaw::world
