// A sum whose terms fade by half-lives: the rate of what was added, seen through an exponential
// kernel. Only what is added moves it, so that when it is read cannot be seen.
//
// Units: what is added, and that a second. Source: exponential smoothing for irregular times.
#pragma once

#include <algorithm>

#include "engine/math.hpp"
#include "engine/time.hpp"

namespace thaw {

class DecayingSum {
 public:
  explicit DecayingSum(Duration memory = std::chrono::minutes(10)) : memory_s_(seconds(memory)) {}

  void add(TimePoint t, double amount) {
    if (amount == 0) return;
    const TimePoint at = std::max(t, at_);
    sum_ = value(at) + amount;
    at_ = at;
  }
  double value(TimePoint t) const {
    if (sum_ == 0 || t <= at_) return sum_;
    return sum_ * math::exp(-seconds(t - at_) / memory_s_);
  }
  // A second, as if it had been listened to since `since`.
  double rate(TimePoint t, TimePoint since) const {
    constexpr double kLeast = 10;  // s: before that a single arrival would be a high rate
    const double seen = std::max(seconds(t - since), std::min(kLeast, memory_s_));
    return value(t) / (memory_s_ * (1 - math::exp(-seen / memory_s_)));
  }
  double memory_s() const { return memory_s_; }

  double sum() const { return sum_; }
  TimePoint at() const { return at_; }
  void put(double sum, TimePoint at) { sum_ = sum, at_ = at; }

 private:
  double memory_s_;
  double sum_ = 0;
  TimePoint at_;
};

}  // namespace thaw
