// Reports of how busy one function is, kept until its policy asks for them.
#pragma once

#include <vector>

#include "engine/policy.hpp"

namespace thaw {

class LoadReports {
 public:
  void add(const Load& report) {
    if (reports_.size() >= kMost) reports_.erase(reports_.begin(), reports_.begin() + kMost / 2);
    reports_.push_back(report);
  }
  // Moves them to the end of `into`.
  void take(std::vector<Load>& into) {
    into.insert(into.end(), reports_.begin(), reports_.end());
    reports_.clear();
  }

 private:
  // Where no policy asks, the oldest are dropped: the longest window is an hour, of two reports a
  // second.
  static constexpr std::ptrdiff_t kMost = 7'200;
  std::vector<Load> reports_;
};

}  // namespace thaw
